"""The page of one record, derived from its kind: sections, state, moves, links, files, history, proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.workflow import Move
from plumbline.records import commands, names, queries
from plumbline.records.kinds import COMMON_FIELDS, Kind
from plumbline.web import cells, references
from plumbline.web.frame import Cell, Crumb, Proof, covered_size, proof
from plumbline.web.pages import page
from plumbline.web.records import history, panels

HISTORY_SHOWN = 12


@dataclass(frozen=True)
class FieldRow:
    """One field of the record: its label, value and help."""

    label: str
    cell: Cell
    help: str


@dataclass(frozen=True)
class FieldGroup:
    """The fields of one section."""

    title: str
    slug: str
    rows: tuple[FieldRow, ...]

    @property
    def blank(self) -> bool:
        """Whether none of its fields says anything yet."""
        return all(row.cell.shape == "empty" for row in self.rows)


@dataclass(frozen=True)
class MoveRow:
    """A step the record may take; ``refusal`` says why this reader may not take it."""

    move: Move
    href: str
    refusal: str


@dataclass(frozen=True)
class LinkRow:
    """A relation to another record, read from this one."""

    relation: str
    reference: str
    title: str
    href: str
    state: str
    note: str
    incoming: bool


@dataclass(frozen=True)
class CommentRow:
    """What somebody said."""

    who: str
    text: str
    at: datetime


@dataclass(frozen=True)
class FileRow:
    """An attached file."""

    name: str
    href: str
    size: int
    media_type: str
    who: str
    at: datetime
    proof: Proof


@dataclass(frozen=True)
class ApprovalRow:
    """Who approved which revision."""

    who: str
    revision: int
    at: datetime
    reason: str
    current: bool


@dataclass(frozen=True)
class RecordPage:
    """The context of a record's page."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    kind: Kind
    reference: str
    state: str
    revision: int
    owner: str
    unit: str
    since: datetime
    created: datetime
    effective: date | None
    groups: tuple[FieldGroup, ...]
    moves: tuple[MoveRow, ...]
    links: tuple[LinkRow, ...]
    named_by: tuple[panels.NamedBy, ...]
    comments: tuple[CommentRow, ...]
    files: tuple[FileRow, ...]
    approvals: tuple[ApprovalRow, ...]
    history: tuple[history.HistoryRow, ...]
    proof: Proof
    requirements: tuple[tuple[str, str], ...]
    edit_href: str
    frozen: str
    may_link: bool
    may_comment: bool
    may_attach: bool
    as_of: str = ""
    snapshot_revision: int = 0


def _groups(kind: Kind, record: Any, snapshot: dict[str, Any] | None) -> tuple[FieldGroup, ...]:
    found = []
    for place, section in enumerate(kind.sections):
        names = [name for name in section.fields if name not in COMMON_FIELDS]
        rows = tuple(
            FieldRow(
                cells.label(kind, name), _value(kind, record, name, snapshot), str(kind.field(name).help_text)
            )
            for name in names
        )
        if rows:
            found.append(FieldGroup(section.title, f"s{place}", rows))
    return tuple(found)


def _titled(groups: tuple[FieldGroup, ...], known: references.Names) -> tuple[FieldGroup, ...]:
    """The groups, with titles of records; one that the reader may not see is named by its reference alone."""
    return tuple(
        replace(
            group, rows=tuple(replace(row, cell=references.titled(row.cell, known)) for row in group.rows)
        )
        for group in groups
    )


def _value(kind: Kind, record: Any, name: str, snapshot: dict[str, Any] | None) -> Cell:
    if snapshot is not None:
        field = kind.field(name)
        value = snapshot.get("values", {}).get(name)
        if field.choices:
            value = dict(field.flatchoices).get(value, value)
        return cells.field_cell(kind, name, value)
    if kind.field(name).is_relation and not kind.field(name).many_to_many:
        return cells.related_cell(record, name)
    return cells.field_cell(kind, name, queries.display(record, kind, name))


def _moves(actor: Actor, kind: Kind, record: Any) -> tuple[MoveRow, ...]:
    found = []
    for move in kind.workflow.open_from(record.state):
        verb = commands.verb_of(move)
        answer = policy.may(actor, verb, kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
        if answer.allowed:
            answer = commands.four_eyes(actor, record, move)
        href = reverse("record-move", args=[record.reference, move.name])
        found.append(MoveRow(move, href, "" if answer.allowed else answer.reason))
    return tuple(found)


def _links(actor: Actor, record: Any) -> tuple[LinkRow, ...]:
    out = [(link, link.target, False) for link in record.links_out.select_related("target")]
    into = [(link, link.source, True) for link in record.links_in.select_related("source")]
    known = names.titles(actor, (other.reference for _, other, _ in out + into))
    return tuple(
        LinkRow(
            link.relation,
            other.reference,
            other.title,
            cells.record_href(other.reference),
            other.state,
            link.note,
            incoming,
        )
        for link, other, incoming in out + into
        if other.reference in known
    )


def _who(row: Any) -> str:
    return str(row.person.full_name) if row.person else str(row.actor).removeprefix("stage:").capitalize()


def _files(record: Any, covered: tuple[int, bool]) -> tuple[FileRow, ...]:
    return tuple(
        FileRow(
            row.name,
            reverse("record-file", args=[record.reference, row.pk]),
            row.size,
            row.media_type,
            _who(row),
            row.at,
            proof(row.leaf, covered),
        )
        for row in record.attachments.select_related("person")
    )


def instant_of(text: str) -> datetime:
    """The end of the day ``2026-11-20``, or an instant in ISO 8601. Raises `Invalid`."""
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        return clock.in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "The page cannot go back there.", [Fault("as_of", "is no date", "such as 2026-11-20")]
        ) from error


def _comments(record: Any) -> tuple[CommentRow, ...]:
    rows = record.comments.select_related("person")
    return tuple(CommentRow(_who(row), row.text, row.at) for row in rows)


def _approvals(record: Any) -> tuple[ApprovalRow, ...]:
    """Approvals, newest first; one is current while nothing but moves came after what was approved."""
    written = max(record.revisions.exclude(verb="moved").values_list("number", flat=True), default=0)
    return tuple(
        ApprovalRow(row.person.full_name, row.revision, row.at, row.reason, row.revision >= written)
        for row in record.approvals.select_related("person")
    )


def _requirements(kind: Kind, record: Any) -> tuple[tuple[str, str], ...]:
    """What the record is evidence for: the requirements of its kind, and the one it names."""
    own = getattr(record, "requirement", "")
    needed = (*kind.requirements, own) if isinstance(own, str) and own else kind.requirements
    return tuple((cells.requirement_label(one), cells.requirement_href(one)) for one in dict.fromkeys(needed))


def record_page(actor: Actor, reference: str, as_of: str = "") -> RecordPage:
    """The context of a record's page, now or as we knew it on a day. Raises `NotFound` or `NotAllowed`."""
    found, kind = queries.find(actor, reference)
    record: Any = found
    snapshot = queries.as_of(actor, reference, instant_of(as_of)) if as_of else None
    covered = covered_size()
    revisions = queries.history(actor, reference, limit=HISTORY_SHOWN)
    state = str(snapshot["state"]) if snapshot else record.state

    def may(verb: str) -> bool:
        answer = policy.may(actor, verb, kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
        return answer.allowed and snapshot is None

    frozen = record.state in kind.workflow.frozen
    groups = _groups(kind, record, snapshot)
    past = tuple(history.history_row(kind, entry) for entry in revisions)
    shown = [row.cell for group in groups for row in group.rows] + history.cells_of(past)
    known = names.titles(actor, references.references(shown))
    return RecordPage(
        title=str(snapshot["values"]["title"]) if snapshot else record.title,
        here=record.reference,
        crumbs=(Crumb(kind.names[:1].upper() + kind.names[1:], reverse("record-list", args=[kind.plural])),),
        kind=kind,
        reference=record.reference,
        state=state,
        revision=record.revision,
        owner=record.owner.full_name if record.owner else "",
        unit=record.unit.name if record.unit else "",
        since=next((entry.at for entry in revisions if entry.verb != "amended"), record.updated_at),
        created=record.created_at,
        effective=record.effective_from,
        groups=_titled(groups, known),
        moves=() if snapshot else _moves(actor, kind, record),
        links=_links(actor, record),
        named_by=panels.named_by(actor, kind, record),
        comments=_comments(record),
        files=_files(record, covered),
        approvals=_approvals(record),
        history=history.titled(past, known),
        proof=proof(revisions[0].leaf, covered),
        requirements=_requirements(kind, record),
        edit_href=reverse("record-edit", args=[record.reference]) if may("amend") and not frozen else "",
        frozen=record.state if frozen else "",
        may_link=may("link"),
        may_comment=may("comment"),
        may_attach=may("attach"),
        as_of=as_of,
        snapshot_revision=int(snapshot["revision"]) if snapshot else 0,
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
    panel = panels.PANELS.get(context.kind.slug)
    more = panel(actor, queries.find(actor, reference)[0]) if panel else {}
    return render(
        request,
        [f"web/records/kinds/{context.kind.slug}.html", "web/records/record.html"],
        {"page": context, **more},
    )
