"""The page of one record, derived from its kind: sections, state, steps, links, files, history, proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.workflow import Move
from plumbline.records import names, queries, steps
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.kinds import COMMON_FIELDS, Kind
from plumbline.records.related import queries as related
from plumbline.records.rows import Approval, Attachment, Comment, Link, Record
from plumbline.web import cells, references, shell
from plumbline.web.frame import Cell, Crumb, Proof, covered_size, proof
from plumbline.web.pages import page
from plumbline.web.records import history, naming, panels
from plumbline.web.records.in_force import InForce, in_force

HISTORY_SHOWN = 12
VERBS = ("amend", "link", "comment", "attach")
"""What the page offers besides the steps of the workflow."""
Values = Mapping[str, Any]


@dataclass(frozen=True)
class FieldRow:
    """One field of the record: its label and value."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class FieldGroup:
    """The fields of one section."""

    title: str
    rows: tuple[FieldRow, ...]

    @property
    def slug(self) -> str:
        """The anchor of the section."""
        return f"section-{slugify(self.title)}"

    @property
    def is_blank(self) -> bool:
        """Whether none of its fields is filled in yet."""
        return all(row.cell.shape == "empty" for row in self.rows)


@dataclass(frozen=True)
class Step:
    """A step the record may take; ``refusal`` says why this reader may not take it."""

    move: Move
    refusal: Text


@dataclass(frozen=True)
class Relation:
    """A link to or from another record, with that record."""

    link: Link
    other: Record
    is_incoming: bool
    is_later: bool
    """Whether this record says so and was approved without it."""


@dataclass(frozen=True)
class AttachedFile:
    """An attached file with the proof of its entry."""

    file: Attachment
    proof: Proof
    is_later: bool
    """Whether it was added after the approval in force."""


@dataclass(frozen=True)
class GivenApproval:
    """An approval, and whether it still is about what the record says now."""

    approval: Approval
    is_current: bool


@dataclass(frozen=True)
class RecordPage:
    """The context of a record's page; with a ``snapshot`` the record as it was known ``as_of`` a day."""

    kind: Kind
    record: Record
    groups: tuple[FieldGroup, ...]
    steps: tuple[Step, ...]
    relations: tuple[Relation, ...]
    used_in: tuple[panels.UsedIn, ...]
    comments: tuple[Comment, ...]
    files: tuple[AttachedFile, ...]
    approvals: tuple[GivenApproval, ...]
    history: tuple[history.ShownRevision, ...]
    proof: Proof
    requirements: tuple[tuple[str, str], ...]
    """Label and address of what the record is evidence for."""
    allowed: frozenset[str]
    """Those of `VERBS` that the reader may do now."""
    in_force: InForce | None
    additions: int
    """How many files and links the record has; an approval binds those that its giver saw."""
    as_of: str = ""
    snapshot: Values | None = None

    @property
    def title(self) -> str:
        """The title, as it is or was."""
        return str(self.snapshot["values"]["title"]) if self.snapshot else self.record.title

    @property
    def here(self) -> str:
        """The last step of the breadcrumb."""
        return self.record.reference

    @property
    def crumbs(self) -> tuple[Crumb, ...]:
        """The way that leads here."""
        return (naming.list_crumb(self.kind),)

    @property
    def state(self) -> str:
        """The state, as it is or was."""
        return str(self.snapshot["state"]) if self.snapshot else self.record.state

    @property
    def since(self) -> datetime:
        """When the record came into its state, as far as the shown part of the history says."""
        moved = (row.entry.at for row in self.history if row.entry.verb != "amended")
        return next(moved, self.record.updated_at)

    @property
    def has_one_step(self) -> bool:
        """Whether there is nothing to choose between, so that the step stands open."""
        return len(self.steps) == 1

    @property
    def is_frozen(self) -> bool:
        """Whether the state admits no change of fields."""
        return self.record.state in self.kind.workflow.frozen

    @property
    def edit_href(self) -> str:
        """The address of the form; empty where the reader may not change the record, or nobody may."""
        may_edit = "amend" in self.allowed and not self.is_frozen
        return reverse("record-edit", args=[self.record.reference]) if may_edit else ""


def _groups(kind: Kind, record: Any, snapshot: Values | None) -> tuple[FieldGroup, ...]:
    # A panel is about the record of today, so that an earlier snapshot keeps the field.
    in_panel = panels.SHOWN_BY_PANEL.get(kind.slug) if snapshot is None else None
    groups = (
        FieldGroup(
            section.title,
            tuple(
                FieldRow(cells.label(kind, name), _value(kind, record, name, snapshot))
                for name in section.fields
                if name not in COMMON_FIELDS and name != in_panel
            ),
        )
        for section in kind.sections
    )
    return tuple(group for group in groups if group.rows)


def _value(kind: Kind, record: Any, name: str, snapshot: Values | None) -> Cell:
    if snapshot is not None:
        field = kind.field(name)
        value = snapshot.get("values", {}).get(name)
        if field.choices:
            value = dict(field.flatchoices).get(value, value)
        return cells.field_cell(kind, name, value)
    if kind.field(name).is_relation and not kind.field(name).many_to_many:
        return cells.related_cell(record, name)
    return cells.field_cell(kind, name, queries.display(record, kind, name))


def _steps(actor: Actor, kind: Kind, record: Record) -> tuple[Step, ...]:
    found = []
    for move in steps.open_to(record, kind):
        verb = steps.permission(move)
        answer = policy.may(actor, verb, kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
        if answer.allowed:
            answer = steps.four_eyes(actor, record, move)
        found.append(Step(move, "" if answer.allowed else answer.reason))
    return tuple(found)


def _relations(
    actor: Actor, record: Record, links: Sequence[Link], approved: InForce | None
) -> tuple[Relation, ...]:
    """Links both ways; one to a record that the reader may not see is left out."""
    found = [
        Relation(link, link.target, False, approved is not None and approved.is_later(link.leaf))
        for link in links
    ]
    found += [Relation(link, link.source, True, False) for link in record.links_in.select_related("source")]
    visible = names.titles(actor, (row.other.reference for row in found))
    return tuple(row for row in found if row.other.reference in visible)


def instant_of(text: str) -> datetime:
    """The end of the day ``2026-11-20``, or an instant in ISO 8601. Raises `Invalid`."""
    try:
        return clock.instant_of(text)
    except ValueError as error:
        raise Invalid(
            "The page cannot go back there.", [Fault("as_of", "This is not a date", "such as 2026-11-20")]
        ) from error


def _approvals(rows: Sequence[Approval], approved: InForce | None) -> tuple[GivenApproval, ...]:
    """Approvals, newest first; the newest one is current unless a draft says something else by now."""
    unchanged = approved is None or not approved.differences
    return tuple(GivenApproval(row, place == 0 and unchanged) for place, row in enumerate(rows))


def _requirements(kind: Kind, record: Record) -> tuple[tuple[str, str], ...]:
    """What the record is evidence for: the requirements of its kind, and the one it names."""
    own = getattr(record, "requirement", "")
    needed = (*kind.requirements, own) if isinstance(own, str) and own else kind.requirements
    return tuple((cells.requirement_label(one), cells.requirement_href(one)) for one in dict.fromkeys(needed))


def record_page(actor: Actor, reference: str, as_of: str = "") -> RecordPage:
    """The context of a record's page, now or as it was known on a day. Raises `NotFound` or `NotAllowed`."""
    record, kind = queries.find(actor, reference)
    snapshot = queries.as_of(actor, reference, instant_of(as_of)) if as_of else None
    revisions = queries.revisions(record, kind, limit=HISTORY_SHOWN)
    hung = related.hanging(record)
    # Looked up once: every proof on the page needs it.
    covered = covered_size()
    allowed = frozenset(
        verb
        for verb in VERBS
        if snapshot is None
        and policy.may(actor, verb, kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    )
    approved = in_force(actor, kind, record, plain_values.of_record(record, kind))
    return RecordPage(
        kind=kind,
        record=record,
        groups=_groups(kind, record, snapshot),
        steps=() if snapshot else _steps(actor, kind, record),
        relations=_relations(actor, record, hung.links, approved),
        used_in=panels.used_in(actor, kind, record),
        comments=hung.comments,
        files=tuple(
            AttachedFile(
                file, proof(file.leaf, covered), approved is not None and approved.is_later(file.leaf)
            )
            for file in hung.attachments
        ),
        approvals=_approvals(hung.approvals, approved),
        history=history.shown(kind, revisions),
        proof=proof(revisions[0].leaf, covered),
        requirements=_requirements(kind, record),
        allowed=allowed,
        in_force=approved,
        additions=digest.additions(record),
        as_of=as_of,
        snapshot=snapshot,
    )


@page(
    "records/<reference:reference>/",
    name="record",
    title="One record",
    samples=("/records/{nonconformity}/",),
)
def record(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """One record."""
    context = record_page(actor, reference, str(request.GET.get("as_of", "")).strip())
    shown = [row.cell for group in context.groups for row in group.rows] + history.cells_of(context.history)
    shell.names_of(request, actor).learn_references(references.of_cells(shown))
    panel = panels.PANELS.get(context.kind.slug)
    more = panel(actor, context.record) if panel else {}
    return render(
        request,
        [f"web/records/kinds/{context.kind.slug}.html", "web/records/record.html"],
        {"page": context, **more},
    )
