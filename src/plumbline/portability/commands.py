"""An exported organization into an empty installation: all rows in one transaction, or none."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import IntegrityError, connection, models, transaction

from plumbline.config import Config
from plumbline.identity.models import Person, Unit
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.portability import manifest, reading
from plumbline.portability.export import KIND
from plumbline.portability.manifest import Manifest
from plumbline.portability.tables import SECRET, Column, Table, natural_name, tables
from plumbline.records import guard
from plumbline.records.list_index import commands as list_index
from plumbline.records.models import Record
from plumbline.records.search_index import commands as search_index
from plumbline.telemetry import transfer as telemetry
from plumbline.telemetry.store.port import EvidenceStore
from plumbline.telemetry.transfer import SegmentCopy
from plumbline.trail.transfer import commands as log
from plumbline.trail.transfer.commands import OldLog
from plumbline.trail.transfer.queries import LogOpening

_CHUNK: Final = 500


@dataclass(frozen=True)
class Moved:
    """An organization that has come in: its old log, the keys of the new one, how many rows and events."""

    old: OldLog
    rows: int
    events: int
    vkey: str
    pack_vkey: str
    recovery: str


def refuse_used(config: Config) -> None:
    """Raise `Conflict` unless the installation is empty: no person, record or entry, and no keys."""
    log.refuse_used_log()
    if Person.objects.exists() or Record.objects.exists() or (config.data / "keys" / "log.key").exists():
        raise Conflict("The installation has people, records or keys already. Import into a new one.")


def read(folder: Path) -> tuple[Manifest, OldLog]:
    """The manifest of an export, every file of it compared, and the log it says it has. Raises `Invalid`."""
    found = manifest.read(folder, KIND)
    manifest.check(folder, found)
    try:
        said = found.facts["log"]
        root = bytes.fromhex(said["root"])
        old = OldLog(str(said["origin"]), int(said["size"]), root, str(said["checkpoint"]), str(said["vkey"]))
    except (KeyError, TypeError, ValueError):
        raise manifest.refused(
            manifest.NAME, "says nothing of the log", "take a copy that is whole"
        ) from None
    return found, old


def take_in(config: Config, folder: Path, origin: str, store: EvidenceStore) -> Moved:
    """Import the export in ``folder`` into the empty installation of ``config``, as the log ``origin``.

    Raises `Conflict` for an installation that is not empty and `Invalid` naming file, line and field.
    """
    found, old = read(folder)
    refuse_used(config)
    _copy_files(folder / "files", config.data / "attachments")
    with guard.opened("import of an organization"), transaction.atomic(durable=True):
        log.take_over(old, _entries(folder), _openings(folder))
        names = _Names(folder)
        count = sum(_insert(folder, table, names) for table in tables())
        _reset_sequences()
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise Invalid(
                say(
                    "portability.broken-link",
                    "A line names a row that is not in the export: {error}",
                    error=str(error),
                )
            ) from None
        report = log.begin(config.data, config.guard_file, origin, old, _sequences())
    list_index.refresh()
    search_index.refresh()
    events = telemetry.take_in(config.data, store, _segments(folder), _counters(folder))
    del found
    return Moved(old, count, events, report.vkey, report.pack_vkey, report.recovery)


class _Names:
    """The rows that lines refer to, by the name that they have outside.

    All of them are read before the first row is written: kinds of record refer to each other in both
    directions, and units to units.
    """

    def __init__(self, folder: Path) -> None:
        self._keys: dict[type[models.Model], dict[Any, Any]] = {Person: {}, Unit: {}, Record: {}}
        for table in tables():
            for model, keys in self._keys.items():
                if issubclass(table.model, model):
                    by = natural_name(model)
                    keys |= {line.get(by): line.get("id") for _, line in reading.lines(folder, table.place)}

    def resolve(self, column: Column, value: Any) -> Any:
        """The key of the row that ``value`` names. Raises ``KeyError`` for none."""
        assert column.target is not None
        for model, keys in self._keys.items():
            if issubclass(column.target, model):
                return keys[value]
        return value  # the number of a line of another table; the database checks it


def _insert(folder: Path, table: Table, names: _Names) -> int:
    """Insert every line of a table; answers how many there were."""
    count = 0
    found = reading.rows(folder, table, names.resolve)
    for part in _in_chunks(found):
        made = []
        for number, values in part:
            row = table.model(**_attributes(table, values))
            _give_secrets(table, row)
            made.append((number, values, row))
        try:
            _write(table, [row for _, _, row in made])
            _write_lists(table, [(row, values) for _, values, row in made])
        except IntegrityError:
            last = say("portability.twice", "up to line {line} something stands twice", line=made[-1][0])
            raise reading.refused(table.place, made[0][0], "", last) from None
        count += len(made)
    return count


def _attributes(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    found = {column.field.attname: values[column.name] for column in table.columns if not column.is_list}
    if issubclass(table.model, Record):
        found[table.model._meta.pk.attname] = found["id"]  # the key of a kind's row is that of its base row
    return found


def _give_secrets(table: Table, row: models.Model) -> None:
    """What stayed in the old installation is replaced by something that nobody can sign in with."""
    for name in SECRET.get(table.label, ()):
        setattr(row, name, make_password(None))


def _write(table: Table, rows: Sequence[models.Model]) -> None:
    parents = [model for model in table.model._meta.parents if model is Record]
    for parent in parents:
        names = [field.attname for field in parent._meta.concrete_fields]
        _insert_rows(parent, [parent(**{name: getattr(row, name) for name in names}) for row in rows])
    _insert_rows(table.model, rows)


def _insert_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows with the keys that they have; Django's bulk insert refuses a table that extends another."""
    if not rows:
        return
    fields, quote = model._meta.local_concrete_fields, connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _write_lists(table: Table, rows: Sequence[tuple[models.Model, Mapping[str, Any]]]) -> None:
    for column in table.columns:
        if column.is_list:
            field = column.field
            assert isinstance(field, models.ManyToManyField)
            through: Any = field.remote_field.through
            source, target = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
            pairs = [(row.pk, key) for row, values in rows for key in values[column.name]]
            through._default_manager.bulk_create(
                [through(**{source: own, target: key}) for own, key in pairs]
            )


def _reset_sequences() -> None:
    """Have the database go on counting behind the keys that came in."""
    made = [table.model for table in tables()] + [Record]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), made):
            cursor.execute(statement)


def _sequences() -> dict[str, int]:
    from plumbline.records.models import Sequence as Numbers

    return dict(Numbers.objects.values_list("prefix", "last"))


def _in_chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while part := list(islice(remaining, _CHUNK)):
        yield part


def _entries(folder: Path) -> Iterator[bytes]:
    place = "log/entries.jsonl"
    for number, line in reading.lines(folder, place):
        try:
            yield reading.exact(line, "entry")
        except (KeyError, ValueError):
            raise reading.refused(place, number, "entry", "is missing or no entry") from None


def _openings(folder: Path) -> Iterator[LogOpening]:
    place = "log/openings.jsonl"
    for number, line in reading.lines(folder, place):
        try:
            salt, body = reading.unpacked(line["salt"]), reading.exact(line, "body")
            yield LogOpening(int(line["index"]), str(line["slot"]), salt, body, str(line["retention"]))
        except (KeyError, ValueError, TypeError):
            raise reading.refused(place, number, "", "is no opening") from None


def _segments(folder: Path) -> Iterator[SegmentCopy]:
    """The segments with their events; both files are in the order of the entries."""
    place = "events/openings.jsonl"
    waiting = reading.lines(folder, place)
    ahead = next(waiting, None)
    for number, line in reading.lines(folder, "events/segments.jsonl"):
        opened: dict[int, tuple[bytes, bytes]] = {}
        try:
            leaf, packed = int(line["leaf"]), reading.unpacked(line["digests"])
            recorded = clock.parse_rfc3339(str(line["recorded"]))
        except (KeyError, ValueError, TypeError):
            raise reading.refused("events/segments.jsonl", number, "", "is no segment") from None
        while ahead is not None and ahead[1].get("leaf") == leaf:
            opened |= _event(place, *ahead)
            ahead = next(waiting, None)
        digests = tuple(packed[start : start + 32] for start in range(0, len(packed), 32))
        yield SegmentCopy(leaf, recorded, digests, opened)
    if ahead is not None:
        raise reading.refused(place, ahead[0], "leaf", "is of no segment in the export")


def _event(place: str, number: int, line: Mapping[str, Any]) -> dict[int, tuple[bytes, bytes]]:
    try:
        return {int(line["position"]): (reading.unpacked(line["salt"]), reading.exact(line, "body"))}
    except (KeyError, ValueError, TypeError):
        raise reading.refused(place, number, "", "is no event") from None


def _counters(folder: Path) -> Iterator[dict[str, Any]]:
    place = "events/counters.jsonl"
    for number, line in reading.lines(folder, place):
        try:
            gaps = [[int(first), int(last)] for first, last in line["gaps"]]
            yield {"source": str(line["source"]), "next": int(line["next"]), "gaps": gaps}
        except (KeyError, ValueError, TypeError):
            raise reading.refused(place, number, "", "is no counter") from None


def _copy_files(source: Path, target: Path) -> None:
    for file in sorted(source.iterdir()) if source.is_dir() else ():
        if manifest.digest_of(file)[1] != file.name:
            raise Invalid(
                "A file of the export is not the one whose SHA-256 is its name. Nothing was imported."
            )
        (target / file.name[:2]).mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(file, target / file.name[:2] / file.name)
