"""What an import would do with every row, judged by the form that every door uses. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import mapping, own_format, own_keys, queries, reading
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.reading import Sheet
from plumbline.imports.rows import MappedRow, RowFault, mapped_rows, tailed
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, TooLarge
from plumbline.records import forms, kinds
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.qualified.queries import Homes, homes

OUTCOMES = ("create", "amend", "unchanged", "repeat", "skip", "faulty")
_BATCH = 500


@dataclass(frozen=True)
class PlannedRow:
    """What happens to one row: ``outcome`` is one of `OUTCOMES`.

    ``reference`` and ``revision`` are those of the record that has its key already; ``repeats`` is the
    line whose key it has again; ``set_aside`` names fields whose text goes to the note.
    """

    line: int
    outcome: str
    key: str = ""
    title: str = ""
    reference: str = ""
    revision: int | None = None
    repeats: int | None = None
    set_aside: tuple[str, ...] = ()
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """A file, its map and what would happen to each of its rows."""

    kind: Kind
    content: bytes
    map_text: str
    sheet: Sheet
    register: RegisterMap
    rows: tuple[PlannedRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each outcome; every outcome is named, and they add up to the rows."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in OUTCOMES}


def read_file(kind: Kind, content: bytes, map_text: str) -> tuple[Sheet, RegisterMap]:
    """The file and its map, checked against each other. Raises `Malformed` or `Invalid`."""
    register = mapping.parse(map_text)
    if register.kind != kind.slug:
        raise Invalid(
            "The map is not for this kind of record.",
            [
                Fault(
                    "kind",
                    say("imports.is-not", "is not {slug}", slug=kind.slug),
                    "pick the kind that the map names, or change the map",
                )
            ],
        )
    sheet = reading.read(content, encoding=register.encoding, delimiter=register.delimiter)
    mapping.check(register, sheet, tuple(forms.form_class(kind).base_fields))
    return sheet, register


def check_size(size: int) -> None:
    """Raise `TooLarge` for a file over the upload limit."""
    limit = settings.PLUMBLINE.upload_limit
    if size > limit:
        raise TooLarge(
            "The file was not taken.",
            [Fault("file", say("fault.over-bytes", "is over {limit} bytes", limit=limit), "split it")],
        )


def plan_file(actor: Actor, kind_slug: str, content: bytes, mapping_text: str) -> ImportPlan:
    """What importing ``content`` through the map ``mapping_text`` (YAML) would do.

    An empty ``kind_slug`` means the kind that the map names. Without a map the file has to be an export of
    Plumbline, whose header says what every column is (`own_format`).

    Raises `NotAllowed` without the permission to import records of the kind, `Malformed` and `Invalid` for a
    file or map that cannot be used.
    """
    check_size(len(content))
    kind = kinds.get(kind_slug or mapping.parse(mapping_text).kind)
    mapping_text = mapping_text or own_format.map_of(kind, content)
    policy.require(actor, "import", kind=kind.slug, anywhere=True)
    policy.require(actor, "create", kind=kind.slug, anywhere=True)
    sheet, register = read_file(kind, content, mapping_text)
    rows = tuple(_planned(actor, kind, sheet, register))
    return ImportPlan(kind, content, mapping_text, sheet, register, rows)


def _planned(actor: Actor, kind: Kind, sheet: Sheet, register: RegisterMap) -> Iterator[PlannedRow]:
    made = list(mapped_rows(sheet, register))
    new_records, known_homes = forms.FormBatch(kind, actor), homes()
    for start in range(0, len(made), _BATCH):
        batch = made[start : start + _BATCH]
        known = queries.by_key(kind, [row.key for row in batch if row.key])
        visible = queries.visible_among(actor, kind, known.values())
        new_records.expect([row.values for row in batch if row.key not in known])
        for row in batch:
            record = known.get(row.key)
            seen = record is None or record.pk in visible
            yield judged(actor, kind, register, row, record, seen, new_records, known_homes)


def judged(
    actor: Actor,
    kind: Kind,
    register: RegisterMap,
    row: MappedRow,
    record: Record | None,
    seen: bool,
    batch: forms.FormBatch | None = None,
    known: Homes | None = None,
) -> PlannedRow:
    """What would happen to ``row`` now. ``record`` has its key already, if any; ``seen`` by the actor.

    A ``batch`` cleans new records faster, and knows the unique values of the rows before this one; ``known``
    are the installations whose references mean records here, where they are at hand.
    """
    title = str(row.values.get("title") or "")[:300]
    if row.skipped:
        return PlannedRow(row.line, "skip")
    if row.repeats:
        return PlannedRow(row.line, "repeat", row.key, title, repeats=row.repeats)
    if faults := [*row.faults, *own_keys.faults(kind, register, row, record, known or homes())]:
        return PlannedRow(row.line, "faulty", row.key, title, faults=tuple(faults))
    if record is None:
        _, aside, faults = settled(actor, kind, register, row, None, batch)
        outcome = "faulty" if faults else "create"
        return PlannedRow(row.line, outcome, row.key, title, set_aside=aside, faults=tuple(faults))
    if not seen:
        fault = RowFault(", ".join(register.key), "", "is recorded already, where you may not see it")
        return PlannedRow(row.line, "faulty", row.key, title, faults=(fault,))
    before = plain_values.of_record(record, kind)
    form, aside, faults = settled(actor, kind, register, row, record)
    changed = not faults and _after(form, kind) != before
    if changed:
        faults = _refusals(actor, kind, record)
    outcome = "faulty" if faults else "amend" if changed else "unchanged"
    return PlannedRow(
        row.line, outcome, row.key, title, record.reference, record.revision, None, aside, tuple(faults)
    )


def _after(form: Any, kind: Kind) -> dict[str, Any]:
    """The plain values that the record would have."""
    found = {}
    for name in kind.field_names:
        field = kind.field(name)
        if field.many_to_many:
            found[name] = sorted(str(plain_values.public_name(item)) for item in form.cleaned_data[name])
        else:
            found[name] = plain_values.of_field(form.instance, field)
    return found


def _refusals(actor: Actor, kind: Kind, record: Record) -> list[RowFault]:
    answer = policy.may(actor, "amend", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    if not answer:
        return [
            RowFault(
                "",
                "",
                say(
                    "imports.changes",
                    "changes {reference}: {reason}",
                    reference=record.reference,
                    reason=answer.reason,
                ),
            )
        ]
    if record.state in kind.workflow.frozen:
        message = say(
            "imports.changes-which-is-and-cannot-be",
            "changes {reference}, which is {state} and cannot be amended",
            reference=record.reference,
            state=record.state,
        )
        return [RowFault("", "", message, "take the record back to a draft first, then import again")]
    return []


def settled(
    actor: Actor,
    kind: Kind,
    register: RegisterMap,
    row: MappedRow,
    record: Record | None,
    batch: forms.FormBatch | None = None,
) -> tuple[Any, tuple[str, ...], list[RowFault]]:
    """The form of the row (none from a batch), the fields set aside so that it holds, and what is wrong.

    A field whose map says ``unreadable: note`` gives way: first those the form names, then, should fields
    contradict each other, one after another from the last.
    """
    giving = [
        item.name for item in register.fields if item.unreadable == "note" and row.values.get(item.name)
    ]
    aside: list[str] = []
    while True:
        values = usable(kind, register, row, tuple(aside), record)
        form: Any = None
        if batch is not None and record is None:
            _, _, faults = batch.clean(values)
        else:
            form, faults = forms.clean(kind, actor, values, record=record)
        if not faults:
            return form, tuple(aside), []
        if record is None and told_apart(register, row, faults):
            continue
        named = [fault.field for fault in faults if fault.field in giving]
        if not giving:
            return form, tuple(aside), [_row_fault(register, fault) for fault in faults]
        leaving = named or giving[-1:]
        aside += leaving
        giving = [name for name in giving if name not in leaving]


def told_apart(register: RegisterMap, row: MappedRow, faults: Iterable[Fault]) -> bool:
    """Give the refused slugs of ``row`` the end that nobody else has; whether one was changed."""
    refused = {fault.field for fault in faults}
    changed = False
    for item in register.fields:
        if item.slug and item.name in refused:
            longer = tailed(row.values[item.name], item.slug, row.key)
            changed |= longer != row.values[item.name]
            row.values[item.name] = longer
    return changed


def _row_fault(register: RegisterMap, fault: Fault) -> RowFault:
    columns = next((item.columns for item in register.fields if item.name == fault.field), ())
    return RowFault(", ".join(columns), fault.field, fault.message, fault.remedy)


def usable(
    kind: Kind, register: RegisterMap, row: MappedRow, aside: tuple[str, ...], record: Record | None
) -> dict[str, Any]:
    """The values of ``row`` as the door takes them.

    An empty cell leaves a field with a default at that default and empties any other; fields of the map
    marked ``once`` are left alone when there is a record already.
    """
    once = {item.name for item in register.fields if item.once} if record is not None else set()
    found: dict[str, Any] = {}
    for name, value in row.values.items():
        if name in once:
            continue
        text = "" if name in aside else value
        found[name] = _default(kind, name) if text in ("", []) else text
    return found


def _default(kind: Kind, name: str) -> Any:
    field = kind.field(name)
    if field.many_to_many:
        return []
    default = plain_values.plain(field.get_default()) if field.has_default() else None
    return "" if default is None else default


def note_of(register: RegisterMap, row: MappedRow, aside: tuple[str, ...], lead: str) -> str:
    """The note of the revision: where it comes from, and what no field could take."""
    columns = {item.name: ", ".join(item.columns) for item in register.fields}
    kept = [f"{columns[name]}: {row.values[name]}" for name in aside]
    return "\n".join([lead, *(line for line in (row.note,) if line), *kept])


def differences(
    actor: Actor, kind: Kind, register: RegisterMap, row: MappedRow, record: Record
) -> Mapping[str, tuple[Any, Any]]:
    """For a row that amends ``record``: label of each field → its plain value before and after."""
    before = plain_values.of_record(record, kind)
    form, _, faults = settled(actor, kind, register, row, record)
    if faults:
        return {}
    after = _after(form, kind)
    return {
        str(kind.field(name).verbose_name): (before[name], after[name])
        for name in kind.field_names
        if before[name] != after[name]
    }
