"""The rows of an import beside their records as they stand now: fields that are not as in the file, and who
decided it. Nothing here writes, and nothing of it is kept: it is worked out from file, map and revisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.imports import mapping, queries, sheets, targets
from plumbline.imports.differences import texts
from plumbline.imports.directory.declarations import Directory
from plumbline.imports.judging import same, usable
from plumbline.imports.lookup import types_of
from plumbline.imports.mapping import FieldMap, RegisterMap
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.imports.rows import MappedRow, mapped_rows
from plumbline.imports.stated.queries import CONFIRMED, kept_rows
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import files, read_log
from plumbline.records import queries as records
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

AT_ONCE = 200
"""Rows that are compared at once."""
READ, LEFT_OUT, HERE = "read", "left out", "here"
"""A text was taken as something else by the map; was not taken; or somebody has changed the field here."""
SORTS = (READ, LEFT_OUT, HERE)


@dataclass(frozen=True)
class Difference:
    """One field that does not stand here as in the file: the text of the file, what stands here, why it is,
    who decided it and when; ``leaf`` is the entry of a change made here."""

    sort: str
    field: str
    label: str
    column: str
    text: str
    here: str
    why: Text
    by: str
    at: datetime | None
    leaf: int | None = None


@dataclass(frozen=True)
class ComparedRow:
    """One row of the file with its record; ``compared`` is how many fields the file has a text for."""

    line: int
    reference: str
    title: str
    compared: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Compared:
    """An import that was written, ready to be compared: its map, who answers for it, and its rows in all."""

    handle: str
    file_name: str
    kind: Kind
    register: RegisterMap
    by: str
    at: datetime | None
    rows: int
    left: Mapping[str, int]
    """Rows of the file without a record of their own, by outcome."""


def compared(actor: Actor, handle: str) -> Compared:
    """An import as a whole. Raises `NotFound`, or `Conflict` for one that has written no records."""
    job = _written(actor, handle)
    kind = targets.kind(job.kind)
    counts = queries.view(job).counts
    left = {outcome: counts[outcome] for outcome in ("repeat", "skip", "faulty") if counts[outcome]}
    person = job.author or job.person
    return Compared(
        handle=job.handle,
        file_name=job.file_name,
        kind=kind,
        register=mapping.parse(job.map_text),
        by=person.full_name if person else job.actor,
        at=job.confirmed_at,
        rows=_rows(job).count(),
        left=left,
    )


def rows(actor: Actor, handle: str, *, page: int = 1, size: int = 25) -> list[ComparedRow]:
    """Some rows with what is not as in the file, in order of line; those whose record ``actor`` sees."""
    job = _written(actor, handle)
    listed = list(_rows(job)[(page - 1) * size : page * size])
    found = list(_of(actor, job, listed, _mapped(job)))
    read_log.of_list(actor, targets.kind(job.kind), len(found))
    return found


def every(actor: Actor, handle: str) -> Iterator[ComparedRow]:
    """All rows, as `rows` gives them."""
    job = _written(actor, handle)
    said, total = _mapped(job), _rows(job).count()
    read_log.of_list(actor, targets.kind(job.kind), total)
    for start in range(0, total, AT_ONCE):
        yield from _of(actor, job, list(_rows(job)[start : start + AT_ONCE]), said)


def _written(actor: Actor, handle: str) -> ImportJob:
    job = queries.job_row(actor, handle)
    if isinstance(targets.get(job.kind), Directory) or job.state not in CONFIRMED:
        why = say("imports.no-records-to-compare", "has written no records to compare with its file")
        raise Conflict("There is nothing to compare.", [Fault("import", why, "confirm it first")])
    return job


def _rows(job: ImportJob) -> Any:
    found = ImportRow.objects.filter(kept_rows(), job_id=job.pk).exclude(reference="")
    return found.exclude(outcome=ImportRow.Outcome.FAULTY).order_by("line")


def _mapped(job: ImportJob) -> dict[int, MappedRow]:
    """Every row as file and map say it, by line. Raises `NotFound` for a file that was erased."""
    register = mapping.parse(job.map_text)
    sheet = sheets.read(files.read(job.file_sha256), register.options)
    return {row.line: row for row in mapped_rows(sheet, register, types_of(targets.kind(job.kind)))}


def _of(
    actor: Actor, job: ImportJob, listed: Sequence[ImportRow], said: Mapping[int, MappedRow]
) -> Iterator[ComparedRow]:
    kind = targets.kind(job.kind)
    known = queries.by_reference(kind, [row.reference for row in listed])
    seen = queries.visible_among(actor, kind, list(known.values()))
    notices = _notices(listed)
    comparing = _Comparing(job, kind)
    for row in listed:
        record = known.get(row.reference)
        if record is not None and record.pk in seen and row.line in said:
            yield comparing.row(row, record, said[row.line], notices.get(row.pk, {}))


def _notices(listed: Sequence[ImportRow]) -> dict[int, dict[str, ImportFault]]:
    found: dict[int, dict[str, ImportFault]] = {}
    for notice in ImportFault.objects.filter(row__in=[row.pk for row in listed]).order_by("id"):
        found.setdefault(notice.row_id, {})[notice.field] = notice
    return found


class _Comparing:
    """File, map and records of one import."""

    def __init__(self, job: ImportJob, kind: Kind) -> None:
        person = job.author or job.person
        self._by, self._at = person.full_name if person else job.actor, job.confirmed_at
        self._kind, self._register = kind, mapping.parse(job.map_text)

    def row(
        self, row: ImportRow, record: Record, said: MappedRow, notices: Mapping[str, ImportFault]
    ) -> ComparedRow:
        """One row beside its record."""
        now = plain_values.of_record(record, self._kind)
        filled = [item for item in self._register.fields if said.texts.get(item.name)]
        found: list[Difference] = []
        made = usable(self._kind, row.values, new=False)
        changed = {item.name for item in self._register.fields if _changed(row, made, now, item)}
        history = records.revisions(record, self._kind, limit=100) if changed else ()
        for item in self._register.fields:
            text = said.texts.get(item.name, "")
            if item.name in changed:
                found.append(self._made_here(item, record, text, history))
            elif text and not texts.says(self._kind, record, item.name, now[item.name], text):
                empty = row.values.get(item.name, "") in ("", [])
                found.append(self._by_map(item, record, text, notices.get(item.name), empty))
        title = str(record.title)
        return ComparedRow(row.line, row.reference, title, len(filled), tuple(found))

    def _made_here(self, item: FieldMap, record: Record, text: str, history: Any) -> Difference:
        entry = next(
            (one for one in history if any(change.field == item.name for change in one.changes)), None
        )
        if entry is None:
            why: Text = say("imports.kept-unsaid", "stood here before the import")
            return self._difference(HERE, item, record, text, why, "", None, None)
        why = say("imports.changed-in-revision", "changed here in revision {number}", number=entry.number)
        return self._difference(HERE, item, record, text, why, entry.actor_name, entry.at, entry.leaf)

    def _by_map(
        self, item: FieldMap, record: Record, text: str, notice: ImportFault | None, empty: bool
    ) -> Difference:
        sort = LEFT_OUT if empty else READ
        why: Text = notice.message if notice is not None else _rule(item, empty)
        return self._difference(sort, item, record, text, why, self._by, self._at, None)

    def _difference(
        self, sort: str, item: FieldMap, record: Record, text: str, why: Text, by: str, at: Any, leaf: Any
    ) -> Difference:
        label = str(self._kind.field(item.name).verbose_name)
        here = texts.shown(self._kind, record, item.name)
        return Difference(sort, item.name, label, ", ".join(item.columns), text, here, why, by, at, leaf)


def _changed(row: ImportRow, made: Mapping[str, Any], now: Mapping[str, Any], item: FieldMap) -> bool:
    """Whether a field holds something else than what the import has ``made`` of the row."""
    if item.once and row.outcome != ImportRow.Outcome.CREATE:
        return False
    return item.name in made and not same(made[item.name], now[item.name])


def _rule(item: FieldMap, empty: bool) -> Text:
    """Which rule of the map made something else of a text."""
    if empty:
        return say("imports.rule-left-out", "is left out by the map")
    if item.slug:
        return say("imports.rule-slug", "made into a short name")
    if item.values:
        return say("imports.rule-words", "the word was given this value")
    if item.date_order or item.dates:
        return say("imports.rule-date", "the date is read in the order that was confirmed")
    if item.split:
        return say("imports.rule-split", "several values in a cell are taken one by one")
    return say("imports.rule-read", "written as the field takes it")
