"""The records of one person that are being worked on or in force, of every kind, with their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, Subquery

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import memo
from plumbline.kernel.workflow import Move, Workflow
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.models import Approval, RecordIndex, Revision


@dataclass(frozen=True)
class OwnRecord:
    """A record that a person owns, or approved (``owned`` tells). ``day`` is the date that its kind wants
    attention by, ``entry`` that of its last step along the workflow, if there was one."""

    reference: str
    title: str
    kind: Kind
    state: str
    unit_id: int | None
    owned: bool
    day: date | None
    entry: int | None

    @property
    def is_in_force(self) -> bool:
        """Whether it counts and nobody works on it: its date is the day by which it is renewed.

        What was carried out and closed is over: its date was that of the work, and nobody renews it.
        """
        workflow = self.kind.workflow
        over = workflow.final - workflow.counts
        recorded = frozenset[str]() if workflow.carried else workflow.counts & workflow.final
        ends = workflow.approved if workflow.approving else recorded
        return self.state in ends - over - workflow.carried

    @property
    def is_open(self) -> bool:
        """Whether it is still being worked on."""
        return self.state not in self.kind.workflow.final | self.kind.workflow.frozen

    @property
    def is_draft(self) -> bool:
        """Whether nothing has been done with it since it was written or sent back."""
        return self.state == self.kind.workflow.initial

    @property
    def waits_for_day(self) -> bool:
        """Whether its date asks for work that has not been done."""
        return self.state not in self.kind.workflow.settled

    @property
    def next_step(self) -> Move | None:
        """The ordinary step by which its owner puts it forward; None where there is none."""
        return onward(self.kind.workflow, self.state)


def onward(workflow: Workflow, state: str) -> Move | None:
    """The first step from ``state`` towards the end that takes no second person."""
    place = workflow.states.index(state)
    for step in workflow.open_from(state):
        second = step.approves or step.confirms or step.independent
        if not (second or step.discards or step.restores) and workflow.states.index(step.target) > place:
            return step
    return None


def own_records(actor: Actor) -> list[OwnRecord]:
    """Every record that ``actor`` owns and that is not over, and what they approved that has a date; in one
    query, by date."""
    return memo.read_once(("own_records", actor.id, actor.person_id), lambda: _own_records(actor))


def _own_records(actor: Actor) -> list[OwnRecord]:
    readable = [
        kind for kind in kinds.all_kinds() if policy.may(actor, "read", kind=kind.slug, anywhere=True)
    ]
    if actor.person_id is None or not readable:
        return []
    given = Approval.objects.filter(person=actor.person_id).values("record_id")
    mine = Q(record__owner_id=actor.person_id) | Q(record_id__in=given)
    moved = Revision.objects.filter(record_id=OuterRef("record_id"), verb="moved").order_by("-number")
    rows = list_index.dated(policy.visible(actor, RecordIndex.objects.filter(mine)), readable)
    rows = rows.exclude(_over(readable)).annotate(entry=Subquery(moved.values("leaf")[:1]))
    columns = ("reference", "record__title", "kind", "state", "unit_id", "owner_id", "day", "entry")
    by_slug = {kind.slug: kind for kind in readable}
    return [
        OwnRecord(
            reference,
            title,
            by_slug[slug],
            state,
            unit_id,
            owner_id == actor.person_id,
            date.fromisoformat(day) if day else None,
            entry,
        )
        for reference, title, slug, state, unit_id, owner_id, day, entry in rows.order_by(
            "day", "record_id"
        ).values_list(*columns)
        if slug in by_slug and (owner_id == actor.person_id or day)
    ]


def _over(readable: list[Kind]) -> Q:
    """Records that are over and of which nothing counts any more."""
    groups: dict[frozenset[str], list[str]] = {}
    for kind in readable:
        groups.setdefault(kind.workflow.final - kind.workflow.counts, []).append(kind.slug)
    over = Q(pk__in=[])
    for states, slugs in groups.items():
        over |= Q(kind__in=slugs, state__in=states)
    return over
