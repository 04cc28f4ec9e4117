"""The panel of each step on a record's page: its fields, what is missing first, and who could take it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass

from django import forms as django_forms
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Text, names
from plumbline.kernel.problems import Fault, Problem
from plumbline.kernel.workflow import Move
from plumbline.records import forms, kinds, readiness
from plumbline.records.kinds import Kind
from plumbline.records.names import titles
from plumbline.records.readiness import Condition, Readiness
from plumbline.records.rows import Record
from plumbline.records.working_copies.queries import Copy
from plumbline.web import cells
from plumbline.web.records import copies, pickers
from plumbline.web.records.copies import Keeping
from plumbline.web.records.widgets import choose_widgets, plain_text
from plumbline.web.requirements import related
from plumbline.web.words import of_fault

PREFIX = "f"
"""Before the names of a record's fields in the form of a step, which has names of its own."""
FIELDS = "_fields"
"""Name under which the form of a step says which fields of the record it holds."""


@dataclass(frozen=True)
class Refused:
    """A form of a record's page that was refused: its anchor, why, and everything that was typed."""

    form: str
    problem: Problem
    typed: QueryDict

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, each with where."""
        return self.problem.faults


@dataclass(frozen=True)
class UnmetCondition:
    """A condition that does not hold yet, as the page shows it; ``href`` leads to where it is met."""

    label: str
    condition: Condition
    href: str


@dataclass(frozen=True)
class StepPanel:
    """A step the record may take, with what it needs and what was typed if it has just been refused."""

    readiness: Readiness
    conditions: tuple[UnmetCondition, ...]
    fields: tuple[BoundField, ...]
    is_open: bool
    reason: str = ""
    is_refused: bool = False
    keeping: Keeping | None = None
    """How what is typed into it is kept; ``None`` where the reader may not take the step."""
    saved_since: tuple[tuple[str, str], ...] = ()
    """Label and saved value of the fields into which the reader had typed something else, where the record
    has changed since then."""

    @property
    def move(self) -> Move:
        """The step of the workflow."""
        return self.readiness.step

    @property
    def slug(self) -> str:
        """Its anchor on the page."""
        return anchor(self.move.name)

    @property
    def refusal(self) -> Text:
        """Why this reader may not take it."""
        return self.readiness.refusal

    @property
    def is_main(self) -> bool:
        """Whether it is what this reader is to do next with the record."""
        return self.readiness.is_next and self.readiness.is_theirs

    @property
    def names(self) -> str:
        """The names of its fields, as the form sends them."""
        return ",".join(field.name for field in self.fields)


def anchor(step: str) -> str:
    """The anchor of a step's panel."""
    return f"step-{step}"


def of_record(
    actor: Actor, kind: Kind, record: Record, chosen: str, refused: Refused | None
) -> tuple[StepPanel, ...]:
    """The panels of every step from the present state. The ``chosen`` one stands open, and so does what comes
    next for this reader."""
    rows = readiness.of_record(actor, kind, record)
    kept = copies.of_steps(actor, record.reference) if any(row.is_theirs for row in rows) else {}
    return tuple(
        _panel(actor, kind, record, row, chosen, refused, kept.get(row.step.name), len(rows) == 1)
        for row in rows
    )


def _panel(
    actor: Actor,
    kind: Kind,
    record: Record,
    row: Readiness,
    chosen: str,
    refused: Refused | None,
    kept: Copy | None,
    is_only: bool,
) -> StepPanel:
    name = row.step.name
    is_refused = refused is not None and refused.form == anchor(name)
    back = refused if is_refused else None
    found = kept if back is None else None
    form = _form(actor, kind, record, row, back, found.fields if found else {}) if row.fields else None
    alone = row.is_next and len(kind.workflow.next_from(record.state)) == 1
    sent = {key: str(value) for key, value in back.typed.items()} if back else {}
    return StepPanel(
        row,
        tuple(_conditions(actor, kind, record, row)),
        tuple(form[field] for field in row.fields) if form is not None else (),
        is_only or alone or is_refused or chosen == name or found is not None,
        sent.get("reason", "") if back else found.note if found else "",
        is_refused,
        copies.keeping_of_step(actor, record.reference, name, kept, sent) if row.is_theirs else None,
        tuple(_saved_since(kind, record, row, found)) if found else (),
    )


def _saved_since(kind: Kind, record: Record, row: Readiness, found: Copy) -> Iterator[tuple[str, str]]:
    if found.seen == record.revision:
        return
    saved = forms.initial_values(record, kind)
    for name in row.fields:
        now, typed = (plain_text(values.get(name)) for values in (saved, found.fields))
        if now != typed:
            yield cells.label(kind, name), now


def _form(
    actor: Actor,
    kind: Kind,
    record: Record,
    row: Readiness,
    refused: Refused | None,
    kept: Mapping[str, object],
) -> django_forms.ModelForm[Record]:
    """The fields of a step with the values of the record, or with what was typed and refused or ``kept``."""
    name, saved = row.step.name, forms.initial_values(record, kind)
    begun = {field: begin(record) for field, begin in kind.step_texts.items() if not saved.get(field)}
    form = forms.form_for(
        kind,
        actor,
        data=refused.typed if refused else None,
        instance=copy(record) if refused else None,
        initial=saved | begun | dict(kept),
        held=saved,
        only=row.fields,
        prefix=PREFIX,
        auto_id=f"id_{anchor(name)}_%s",
    )
    choose_widgets(form, kind, actor, pickers.asked(refused.typed) if refused else "")
    needed = {condition.fault.field for condition in row.unmet}
    for field in row.fields:
        form.fields[field].required = field in needed
    if refused:
        # Only what the door has said is shown: the form knows a part of the record and would find more.
        form.full_clean()
        form.errors.clear()
        for fault in refused.faults:
            if fault.field in form.fields:
                form.add_error(fault.field, of_fault(fault.message, fault.remedy))
    return form


def _conditions(actor: Actor, kind: Kind, record: Record, row: Readiness) -> Iterator[UnmetCondition]:
    for condition in row.outside:
        name = condition.fault.field
        label = cells.label(kind, name) if name in kind.field_names else ""
        href = _named(actor, record, condition) or _where(actor, kind, record, name)
        yield UnmetCondition(label, condition, href)


def _named(actor: Actor, record: Record, condition: Condition) -> str:
    """The address of the other record that a condition names, where the reader may see it: a new one of that
    kind would not meet it."""
    said = condition.fault.message
    refs = names(said) if isinstance(said, Message) else ()
    named = [one.reference for one in refs if isinstance(one, Ref) and one.reference != record.reference]
    seen = titles(actor, named) if named else {}
    return next((cells.record_href(one) for one in named if one in seen), "")


def _where(actor: Actor, kind: Kind, record: Record, name: str) -> str:
    """The address at which a condition about ``name`` is met: a field of the form, or a new record that names
    this one."""
    if name in forms.form_class(kind).base_fields:
        if record.state in kind.workflow.frozen:
            return ""
        return f"{reverse('record-edit', args=[record.reference])}?fields=all#id_{name}"
    for other in kinds.all_kinds():
        if other.plural == name.replace("_", "-"):
            to_this = {
                field: record.reference
                for field in other.own_fields
                if other.field(field).related_model is kind.model
            }
            return related.new_href(actor, other.slug, **to_this)
    return ""


def values_typed(actor: Actor, kind: Kind, record: Record | None, typed: QueryDict) -> Mapping[str, object]:
    """The fields that the form of a step sent, as `commands.move` takes them.

    Without a ``record`` they are only kept, and what it held is not asked for.
    """
    names = [name for name in str(typed.get(FIELDS, "")).split(",") if name in kind.field_names]
    if not names:
        return {}
    held = forms.initial_values(record, kind) if record is not None else {}
    form = forms.form_for(kind, actor, only=names, prefix=PREFIX, held=held)
    choose_widgets(form, kind, actor)
    return {
        name: form.fields[name].widget.value_from_datadict(typed, {}, form.add_prefix(name))
        for name in names
        if name in form.fields
    }
