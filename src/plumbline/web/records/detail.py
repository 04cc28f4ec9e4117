"""The page of one record, derived from its kind: sections, state, steps, links, files, history, proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import memo
from plumbline.records import names, queries
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.kinds import COMMON_FIELDS, Kind
from plumbline.records.merging import queries as merging
from plumbline.records.merging.queries import MergeView
from plumbline.records.related import queries as related
from plumbline.records.retraction import queries as retraction
from plumbline.records.retraction.queries import Retractable
from plumbline.records.rows import Approval, Link, Record
from plumbline.web import as_of as days
from plumbline.web import cells, references, shell
from plumbline.web.as_of import AsOf
from plumbline.web.frame import Cell, Crumb, Proof, covered_size, proof
from plumbline.web.hubs import declaration as sections
from plumbline.web.hubs.declaration import Hub, ShownSections
from plumbline.web.hubs.naming import derived
from plumbline.web.pages import page
from plumbline.web.records import (
    attached,
    comments,
    history,
    naming,
    panels,
    path,
    person_names,
    step_panels,
)
from plumbline.web.records.comments import CommentForm, ShownComment
from plumbline.web.records.in_force import InForce, in_force
from plumbline.web.records.step_panels import PREFIX, Refused, StepPanel

HISTORY_SHOWN = 12
REVISE = "revise"
"""The step of a workflow by which what was approved is changed."""
VERBS = ("amend", "link", "comment", "attach")
"""What the page offers besides the steps of the workflow."""
FORMS = {"comments": "comment", "links": "link", "files": "attach"}
"""Forms of the page besides those of steps, by anchor, with the verb that each needs."""
NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "revision", "additions", "_fields", "_by", "_window", "_copy", "_kept"}
)
"""What forms send that nobody has typed."""
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
    def filled(self) -> tuple[FieldRow, ...]:
        """Its fields that say something."""
        return tuple(row for row in self.rows if row.cell.shape != "empty")

    @property
    def empty(self) -> tuple[FieldRow, ...]:
        """Its fields that say nothing yet: they are named in one line and take no row each."""
        return tuple(row for row in self.rows if row.cell.shape == "empty")


@dataclass(frozen=True)
class Relation:
    """A link to or from another record, with that record."""

    link: Link
    other: Record
    is_incoming: bool
    is_later: bool
    """Whether this record says so and was approved without it."""


@dataclass(frozen=True)
class GivenApproval:
    """An approval, and whether it still is about what the record says now."""

    approval: Approval
    is_current: bool


@dataclass(frozen=True)
class RecordPage:
    """The context of a record's page; with a ``snapshot`` the record as it was known on an earlier day."""

    kind: Kind
    record: Record
    groups: tuple[FieldGroup, ...]
    steps: tuple[StepPanel, ...]
    relations: tuple[Relation, ...]
    hub: ShownSections
    """What stands around the record: the sections of its kind and of those that name it."""
    comments: tuple[ShownComment, ...]
    comment_form: CommentForm | None
    files: tuple[attached.AttachedFile, ...]
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
    snapshot: Values | None = None
    retractable: Retractable | None = None
    """What the reader has just done and can take back."""
    merges: tuple[MergeView, ...] = ()
    """What was merged into it, into which it was merged, and what waits."""
    may_export: bool = False
    refused: Refused | None = None
    """The form of this page that has just been refused."""

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

    @cached_property
    def path(self) -> tuple[path.Stage, ...]:
        """The way through its states, with who took each step; of an earlier day as far as it had come."""
        return path.of_record(self.kind.workflow, self.state, self.history)

    @property
    def main_steps(self) -> tuple[StepPanel, ...]:
        """What this reader is to do next; two where a judgement has two answers.

        None where they can only take back what waits for somebody else.
        """
        found = tuple(step for step in self.steps if step.is_main)
        drafts = self.kind.workflow.drafts
        return found if any(step.move.target not in drafts for step in found) else ()

    @property
    def revise(self) -> StepPanel | None:
        """The step that opens a frozen record for changes, where this reader may take it and it is not what
        comes next anyway: it stands where *Edit* stands in other states."""
        if self.edit_href:
            return None
        found = [step for step in self.steps if step.move.name == REVISE and not step.refusal]
        return next((step for step in found if step not in self.main_steps), None)

    @property
    def refused_link(self) -> Mapping[str, Any]:
        """What was typed into the form of a link that was refused."""
        return self.refused.typed if self.refused and self.refused.form == "links" else {}

    @property
    def refused_file(self) -> Mapping[str, str] | None:
        """What was typed beside a file that was refused; browsers do not let a page choose it again."""
        return self.refused.typed if self.refused and self.refused.form == "files" else None

    @property
    def replaceable_files(self) -> tuple[attached.AttachedFile, ...]:
        """The files in whose place another can be added."""
        return tuple(row for row in self.files if not row.is_replaced)

    @property
    def labels(self) -> Mapping[str, str]:
        """What the fields of the record are called, by name."""
        return {name: cells.label(self.kind, name) for name in self.kind.field_names}

    @property
    def unplaced(self) -> tuple[tuple[str, str], ...]:
        """What was typed into a refused form that the page does not have any more, by its name."""
        if self.refused is None or self._has_form(self.refused.form):
            return ()
        return tuple(
            (name.removeprefix(f"{PREFIX}-"), ", ".join(map(str, values)))
            for name, values in self.refused.typed.lists()
            if name not in NOT_TYPED and any(values)
        )

    def _has_form(self, form: str) -> bool:
        verb = FORMS.get(form)
        if verb is not None:
            return verb in self.allowed
        return any(step.slug == form and step.readiness.can_be_taken for step in self.steps)

    @property
    def is_frozen(self) -> bool:
        """Whether the state admits no change of fields."""
        return self.record.state in self.kind.workflow.frozen

    @property
    def edit_href(self) -> str:
        """The address of the form; empty where the reader may not change the record, or nobody may."""
        may_edit = "amend" in self.allowed and not self.is_frozen
        return reverse("record-edit", args=[self.record.reference]) if may_edit else ""


def _groups(
    kind: Kind, record: Any, snapshot: Values | None, shown: frozenset[str]
) -> tuple[FieldGroup, ...]:
    # A panel is about the record of today, so that an earlier snapshot keeps the field.
    in_panel = panels.SHOWN_BY_PANEL.get(kind.slug) if snapshot is None else None
    if snapshot is not None:
        (values,) = person_names.named(kind, [snapshot.get("values", {})])
        snapshot = {**snapshot, "values": values}
    groups = (
        FieldGroup(
            section.title,
            tuple(
                FieldRow(cells.label(kind, name), _value(kind, record, name, snapshot))
                for name in section.fields
                if name not in COMMON_FIELDS and name != in_panel and name not in shown
            ),
        )
        for section in kind.sections
    )
    return tuple(group for group in groups if group.rows)


def _value(kind: Kind, record: Any, name: str, snapshot: Values | None) -> Cell:
    if snapshot is not None:
        return cells.snapshot_cell(kind, name, snapshot.get("values", {}))
    if kind.field(name).is_relation and not kind.field(name).many_to_many:
        return cells.related_cell(record, name)
    return cells.field_cell(kind, name, queries.display(record, kind, name))


def _relations(
    actor: Actor, record: Record, links: Sequence[Link], approved: InForce | None, until: datetime | None
) -> tuple[Relation, ...]:
    """Links both ways; one to a record that the reader may not see is left out."""
    found = [
        Relation(link, link.target, False, approved is not None and approved.is_later(link.leaf))
        for link in links
    ]
    incoming = related.links_to(record, until)
    found += [Relation(link, link.source, True, False) for link in incoming]
    visible = names.titles(actor, (row.other.reference for row in found))
    return tuple(row for row in found if row.other.reference in visible)


def _until(rows: Iterable[Approval], instant: datetime | None) -> tuple[Approval, ...]:
    """Those of ``rows`` that were there at ``instant``; all without one."""
    return tuple(row for row in rows if instant is None or row.at <= instant)


def _approvals(
    rows: Sequence[Approval], kind: Kind, approved: InForce | None, snapshot: Values | None
) -> tuple[GivenApproval, ...]:
    """Approvals, newest first; the newest one is current unless a draft said something else by then."""
    if snapshot is not None:
        unchanged = snapshot["state"] in kind.workflow.frozen
    else:
        unchanged = approved is None or not approved.differences
    return tuple(GivenApproval(row, place == 0 and unchanged) for place, row in enumerate(rows))


def _requirements(kind: Kind, record: Record) -> tuple[tuple[str, str], ...]:
    """What the record is evidence for: the requirements of its kind, and the one it names."""
    own = getattr(record, "requirement", "")
    needed = (*kind.requirements, own) if isinstance(own, str) and own else kind.requirements
    return tuple((cells.requirement_label(one), cells.requirement_href(one)) for one in dict.fromkeys(needed))


def record_page(
    actor: Actor, reference: str, as_of: AsOf | None = None, step: str = "", refused: Refused | None = None
) -> RecordPage:
    """The context of a record's page, now or as it was known on a day; the panel of ``step`` stands open.

    Raises `NotFound` or `NotAllowed`.
    """
    record, kind = queries.find(actor, reference)
    instant = as_of.instant if as_of else None
    snapshot = queries.as_of(actor, reference, instant) if instant is not None else None
    revisions = queries.revisions(record, kind, limit=HISTORY_SHOWN, until=instant)
    hung = related.hanging(record)
    covered = covered_size()  # looked up once: every proof on the page needs it
    allowed = frozenset(
        verb
        for verb in VERBS
        if snapshot is None
        and policy.may(actor, verb, kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    )
    # What is in force today and what differs from it belongs on the page of today.
    approved = in_force(actor, kind, record, plain_values.of_record(record, kind)) if not snapshot else None
    # What stands around it is read of today, and so left out of the page of an earlier day.
    hub = ShownSections()
    if snapshot is None:
        around = Hub(actor, kind, record, allowed)
        around.once("hanging", lambda: hung)
        hub = sections.gather(around, derived)
    return RecordPage(
        kind=kind,
        record=record,
        groups=_groups(kind, record, snapshot, hub.fields),
        steps=() if snapshot else step_panels.of_record(actor, kind, record, step, refused),
        relations=_relations(actor, record, hung.links_at(instant), approved, instant),
        hub=hub,
        comments=comments.of_record(actor, kind, record, hung, instant),
        comment_form=comments.form(actor, record, refused) if "comment" in allowed else None,
        files=attached.of_record(hung, approved, instant, covered),
        approvals=_approvals(_until(hung.approvals, instant), kind, approved, snapshot),
        history=history.shown(kind, revisions),
        proof=proof(revisions[0].leaf, covered),
        requirements=_requirements(kind, record),
        allowed=allowed,
        in_force=approved,
        additions=digest.additions(record),
        snapshot=snapshot,
        retractable=None if snapshot else retraction.find(actor, kind, record),
        refused=refused,
        merges=tuple(merging.of_record(actor, record)) if not snapshot else (),
        may_export=bool(policy.may(actor, "export", kind=kind.slug, anywhere=True)),
    )


@page(
    "records/<reference:reference>/",
    name="record",
    title="One record",
    samples=("/records/{nonconformity}/",),
    as_of=True,
)
def record(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """One record."""
    step = str(request.GET.get("step", "")).strip()
    # The steps of one record ask the same questions about it and its people, each for itself.
    with memo.shared_reads():
        context = record_page(actor, reference, days.of_request(request), step)
    return answer(request, actor, context)


def answer(request: HttpRequest, actor: Actor, context: RecordPage) -> HttpResponse:
    """The page of a record as it is answered, with the status of what was refused, if anything was."""
    shown = [row.cell for group in context.groups for row in group.rows] + history.cells_of(context.history)
    named = references.in_texts(comment.view.text for comment in context.comments)
    shell.names_of(request, actor).learn_references(references.of_cells(shown) | named)
    if context.snapshot is not None:
        # What the page of a kind shows besides is about today.
        return render(request, "web/records/record.html", {"page": context})
    panel = panels.PANELS.get(context.kind.slug)
    more = panel(actor, context.record) if panel else {}
    return render(
        request,
        [f"web/records/kinds/{context.kind.slug}.html", "web/records/record.html"],
        {"page": context, **more},
        status=context.refused.problem.status if context.refused else 200,
    )
