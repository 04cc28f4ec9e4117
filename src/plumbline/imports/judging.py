"""What an import would do with a row now, judged by the form that every door uses. Nothing is written.

A row whose record is here already is compared three ways: what the file says, what the record says, and what
the file said at the last import. What only the file has changed is taken; what somebody has changed here
stays and is shown, or is taken, as the map says.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import gated, own_keys
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.imports.opening import rules as opening
from plumbline.imports.rows import MappedRow, saying, tailed
from plumbline.imports.stated.words import Stated, stored
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records import forms
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.qualified.queries import Homes, homes


@dataclass(frozen=True)
class PlannedRow:
    """What happens to one row: ``outcome`` is one of `plan.OUTCOMES`.

    ``reference`` and ``revision`` are those of the record that it is about; ``repeats`` is the line whose key
    it has again; ``set_aside`` names fields left out because they do not fit the others. ``values`` are what
    the row says, ``fields`` those of them that are written; ``note`` is what no field holds whole, ``later``
    what waits for the other rows (`plumbline.imports.later`).
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
    notices: tuple[RowFault, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    note: str = ""
    stated: tuple[Stated, ...] = ()
    """What the row says in the source's own words."""
    restated: bool = False
    """Whether those are other words than those kept with the record, or the first."""
    later: str = ""


@dataclass(frozen=True)
class Present:
    """The record that a row is about: whether whoever imports may see it, and what the row said before.

    ``said`` are the values of the last import, ``None`` where there was none; ``untouched`` says that nobody
    has changed the record since the file was made.
    """

    record: Record
    seen: bool
    said: Mapping[str, Any] | None = None
    untouched: bool = False
    stated: str = ""
    """What the newest import kept of the source's own words, as it is stored."""


@dataclass
class Settled:
    """A row that the form takes (``form``; none from a batch), or what is ``wrong`` with it.

    ``aside`` are the fields left out so that it does, each with why.
    """

    form: Any = None
    aside: dict[str, Fault | None] = field(default_factory=dict)
    wrong: list[RowFault] = field(default_factory=list)


def judged(
    actor: Actor,
    kind: Kind,
    register: RegisterMap,
    row: MappedRow,
    present: Present | None,
    batch: forms.FormBatch | None = None,
    known: Homes | None = None,
) -> PlannedRow:
    """What would happen to ``row`` now.

    A ``batch`` cleans new records faster, and knows the unique values of the rows before this one; ``known``
    are the installations whose references mean records here, where they are at hand.
    """
    title = str(row.values.get("title") or "")[:300]
    if row.skipped:
        return PlannedRow(row.line, "skip")
    if row.repeats:
        return PlannedRow(row.line, "repeat", row.key, title, repeats=row.repeats)
    record = present.record if present is not None else None
    planned = PlannedRow(row.line, "faulty", row.key, title, notices=tuple(row.notices))
    if faults := [*row.faults, *own_keys.faults(kind, register, row, record, known or homes())]:
        return replace(planned, faults=tuple(faults))
    if present is not None:
        return _compared(actor, kind, register, row, present, planned)
    found = settled(actor, kind, register, row, None, batch)
    if found.wrong:
        return replace(planned, faults=tuple(found.wrong))
    return _with(planned, "create", register, row, found.aside, tuple(row.values))


def _with(
    planned: PlannedRow,
    outcome: str,
    register: RegisterMap,
    row: MappedRow,
    aside: Mapping[str, Fault | None],
    fields: tuple[str, ...],
    kept: Iterable[RowFault] = (),
) -> PlannedRow:
    left = [_left_out(register, row, name, fault) for name, fault in aside.items()]
    notices = (*row.notices, *left, *kept)
    values = {name: "" if name in aside else value for name, value in row.values.items()}
    made = replace(row, notices=list(notices))
    return replace(
        planned,
        stated=row.stated,
        outcome=outcome,
        set_aside=tuple(aside),
        notices=notices,
        values=values,
        fields=fields,
        note=made.note,
    )


def _compared(
    actor: Actor, kind: Kind, register: RegisterMap, row: MappedRow, present: Present, planned: PlannedRow
) -> PlannedRow:
    """A row whose record is here: what of it is taken, and what stays as somebody has put it here."""
    record = present.record
    if not present.seen:
        fault = RowFault(", ".join(register.key), "", "is recorded already, where you may not see it")
        return replace(planned, faults=(fault,))
    restated = bool(row.stated) and stored(row.stated) != present.stated
    planned = replace(planned, reference=record.reference, revision=record.revision, restated=restated)
    again = saying(register, row)
    before = plain_values.of_record(record, kind)
    said = usable(kind, again.values, new=False)
    if all(same(value, before[name]) for name, value in said.items()):
        # Nothing to judge: most rows of a register that comes again.
        return _with(planned, "unchanged", register, row, {}, ())
    found = settled(actor, kind, register, again, record, before=before)
    if found.wrong:
        return replace(planned, faults=tuple(found.wrong))
    held = [_row_fault(register, row, fault) for fault in gated.refusals(actor, kind, found.form, before)]
    if any(fault.field not in again.values for fault in held):
        return replace(planned, faults=tuple(held))
    if held:
        # What a rule of the kind refuses stays as it is; the rest of the row comes in.
        left = {fault.field for fault in held}
        again = replace(again, values={name: said for name, said in again.values.items() if name not in left})
        found = settled(actor, kind, register, again, record, before=before)
        if found.wrong:
            return replace(planned, faults=tuple(found.wrong))
    after = gated.after_of(found.form, kind)
    differing = [name for name in again.values if after[name] != before[name] and name not in found.aside]
    kept = [replace(fault, sort="held") for fault in held]
    kept += _changed_here(kind, register, again, present, before, differing)
    staying = {notice.field for notice in kept if notice.sort == "kept"}
    taken = tuple(name for name in differing if name not in staying)
    if staying and taken:
        part = replace(again, values={name: again.values[name] for name in taken})
        found = settled(actor, kind, register, part, record, before=before)
        if found.wrong:
            return replace(planned, faults=tuple(found.wrong), notices=(*planned.notices, *kept))
        taken = tuple(name for name in taken if name not in found.aside)
    made = _with(planned, "amend" if taken else "unchanged", register, row, found.aside, taken, kept)
    if taken and (faults := refusals(actor, kind, register, record)):
        return replace(made, outcome="faulty", faults=tuple(faults), fields=())
    if taken and opening.step_for(kind, register, record.state):
        return replace(made, notices=(*made.notices, opening.opened(record)))
    return made


def _changed_here(
    kind: Kind,
    register: RegisterMap,
    row: MappedRow,
    present: Present,
    before: Mapping[str, Any],
    differing: Iterable[str],
) -> Iterable[RowFault]:
    """The fields that somebody has changed here since the last import, and what becomes of each."""
    items = {item.name: item for item in register.fields}
    said = present.said
    for name in differing:
        if present.untouched or (said is not None and name in said and same(said[name], before[name])):
            continue
        written_before = said is not None and name in said
        if not written_before and same(before[name], kind.unstated(name)):
            continue
        rule = items[name].changed_here or register.changed_here
        shown = _short(row.texts.get(name) or row.values[name])
        if written_before:
            still = same(said[name] if said is not None else "", row.values[name])
            text = (
                "changed here; the file says what it said before" if still else "changed here and in the file"
            )
            if still and row.values[name] in ("", []):
                text = "the file says nothing of it, or nothing that can be read, as before"
        else:
            text = "no import has written what stands here"
        column = ", ".join(items[name].columns)
        remedy = "say in the map: changed_here: take, to have what the file says" if rule == "keep" else ""
        yield RowFault(column, name, text, remedy, shown, "kept" if rule == "keep" else "taken")


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= 2_000 else text[:1_999] + "…"


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same, as texts of a file or as plain values of a record."""
    return bool(_normal(one) == _normal(other))


def _normal(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return sorted(_normal(item) for item in value) or ""
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").strip()
    if text.casefold() in ("true", "false"):
        return text.casefold()
    try:
        return format(Decimal(text).normalize(), "f") if text[:1] in "+-0123456789" and text else text
    except InvalidOperation:
        return text


def refusals(actor: Actor, kind: Kind, register: RegisterMap, record: Record) -> list[RowFault]:
    """Why ``actor`` may not change ``record``, or nobody may in its state."""
    answer = policy.may(actor, "amend", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    if not answer:
        message = say(
            "imports.changes",
            "changes {reference}: {reason}",
            reference=record.reference,
            reason=answer.reason,
        )
        return [RowFault("", "", message)]
    if record.state in kind.workflow.frozen:
        return opening.refusals(actor, kind, register, record)
    return []


def settled(
    actor: Actor,
    kind: Kind,
    register: RegisterMap,
    row: MappedRow,
    record: Record | None,
    batch: forms.FormBatch | None = None,
    before: Mapping[str, Any] | None = None,
) -> Settled:
    """The row as the form takes it: a field that it does not take gives way, so that the others come in.

    First those that the form names, then, should fields contradict each other, days before others, one after
    another from the last; none that the map says is to be refused, and none that every record has.
    """
    found = Settled()
    giving = _giving(kind, register, row)
    while True:
        values = usable(kind, row.values, found.aside, new=record is None)
        if batch is not None and record is None:
            _, _, faults = batch.clean(values)
        else:
            # A copy: a form that refuses has put its values into the record all the same.
            found.form, faults = forms.clean(kind, actor, values, record=copy(record), present=before)
        if not faults:
            break
        if record is None and told_apart(register, row.key, row.values, faults):
            continue
        named = {fault.field: fault for fault in faults if fault.field in giving}
        if not giving:
            found.wrong = [_row_fault(register, row, fault) for fault in faults]
            return found
        leaving: dict[str, Fault | None] = dict(named) or {giving[-1]: None}
        found.aside |= leaving
        giving = [name for name in giving if name not in leaving]
    if len(found.aside) > 1:
        _take_back(actor, kind, row, record, found, before)
    return found


def _giving(kind: Kind, register: RegisterMap, row: MappedRow) -> list[str]:
    """The fields that may be left out, those that go first at the end."""
    fixed = {"title", *kind.unique_fields}
    names = [
        item.name
        for item in register.fields
        if item.unreadable != "fault" and row.values.get(item.name) and item.name not in fixed
    ]
    dated = [item.name for item in register.fields if item.dates or item.date_order]
    return [name for name in names if name not in dated] + [name for name in names if name in dated]


def _take_back(
    actor: Actor,
    kind: Kind,
    row: MappedRow,
    record: Record | None,
    found: Settled,
    before: Mapping[str, Any] | None,
) -> None:
    """Let a field in again that the form takes after all: of two that disagree, one is enough."""
    for name in list(found.aside):
        fewer = {other: fault for other, fault in found.aside.items() if other != name}
        values = usable(kind, row.values, fewer, new=record is None)
        form, faults = forms.clean(kind, actor, values, record=copy(record), present=before)
        if not faults:
            found.aside, found.form = fewer, form if record is not None else found.form


def told_apart(register: RegisterMap, key: str, values: dict[str, Any], faults: Iterable[Fault]) -> bool:
    """Give the refused slugs of a row the end that nobody else has; whether one was changed."""
    refused = {fault.field for fault in faults}
    changed = False
    for item in register.fields:
        if item.slug and item.name in refused and values.get(item.name):
            longer = tailed(values[item.name], item.slug, key)
            changed |= longer != values[item.name]
            values[item.name] = longer
    return changed


def _row_fault(register: RegisterMap, row: MappedRow, fault: Fault) -> RowFault:
    columns = next((item.columns for item in register.fields if item.name == fault.field), ())
    text = row.texts.get(fault.field, "")
    return RowFault(", ".join(columns), fault.field, fault.message, fault.remedy, text)


def _left_out(register: RegisterMap, row: MappedRow, name: str, fault: Fault | None) -> RowFault:
    columns = next((item.columns for item in register.fields if item.name == name), ())
    text = row.texts.get(name) or _short(row.values[name])
    column = ", ".join(columns) or name
    if fault is None:
        return RowFault(column, name, "contradicts other fields of the row", "", text, "not understood")
    return RowFault(column, name, fault.message, fault.remedy, text, "not understood")


def usable(kind: Kind, values: Mapping[str, Any], aside: Iterable[str] = (), *, new: bool) -> dict[str, Any]:
    """The values of a row as the door takes them: an empty cell leaves the field without an answer.

    A new record is also left without the answers that its form would offer for what the row does not say.
    """
    left = frozenset(aside)
    found = dict(_offered(kind)) if new else {}
    for name, value in values.items():
        empty = name in left or value in ("", [])
        found[name] = _nothing(kind, name) if empty else value
    return found


@cache
def _offered(kind: Kind) -> Mapping[str, Any]:
    """The fields whose form offers an answer that nobody has given."""
    names = forms.form_class(kind).base_fields
    return {
        name: ""
        for name in names
        if kind.field(name).has_default()
        and plain_values.plain(kind.field(name).get_default()) not in (None, "", [])
        and kind.unstated(name) == ""
    }


def _nothing(kind: Kind, name: str) -> Any:
    column = kind.field(name)
    if column.many_to_many or (column.has_default() and column.get_default() == ()):
        return []
    return kind.unstated(name)
