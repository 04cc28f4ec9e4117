"""The tasks of one person, derived whenever somebody looks: each is gone once it is done.

What *My work* shows beside own records, alike on the page, through the API and on the command line. A task
names the trail entry by which it came to that person, where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, Subquery

from plumbline.clauses import criteria
from plumbline.controls import residual
from plumbline.controls.assignment import queries as assignment
from plumbline.controls.residual import Residual
from plumbline.discovery import commands as dismissals
from plumbline.discovery import queries as discovery
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.records import kinds, queries
from plumbline.records.models import Revision
from plumbline.records.ownership.commands import VERB


class TaskKind(StrEnum):
    """Why something waits for somebody, as the API and the command line say it."""

    ESCALATED = "escalated"
    TAKEN_OVER = "taken over"
    DISMISSAL_PROPOSED = "dismissal proposed"
    ACCEPTANCE_LAPSED = "acceptance lapsed"


@dataclass(frozen=True)
class Task:
    """What somebody has to do. ``subject`` is the reference of a record, or the slug of a system that nobody
    registered; ``due`` the day by which, ``entry`` the trail entry by which it became theirs."""

    kind: TaskKind
    subject: str
    title: str
    reason: Message
    due: date | None = None
    entry: int | None = None

    @property
    def is_record(self) -> bool:
        """Whether the subject has a page of its own."""
        return self.kind is not TaskKind.DISMISSAL_PROPOSED


def tasks_of(actor: Actor) -> tuple[Task, ...]:
    """All tasks of the person ``actor``: what went on to them, what they took over, what waits for their
    decision, and which of their acceptances have lapsed. None for a part of the installation."""
    return (*waiting_for(actor), *lapsed_acceptances(actor))


def waiting_for(actor: Actor) -> tuple[Task, ...]:
    """The tasks of the person ``actor`` that came to them from others."""
    if actor.person_id is None:
        return ()
    return (*_escalated_to(actor), *_taken_over_by(actor), *_dismissals_to_confirm(actor))


def _suspicions(actor: Actor) -> Any:
    """What checks raised and nobody has decided yet, as far as ``actor`` may read it, with its owner."""
    kind = assignment.KIND
    if not kinds.exists(kind) or not policy.may(actor, "read", kind=kind, anywhere=True):
        return None
    undone = assignment.raised().values("pk")
    return (
        queries.select(actor, kinds.get(kind)).filter(pk__in=undone).select_related("owner").order_by("due")
    )


def _escalated_to(actor: Actor) -> Iterator[Task]:
    rows = _suspicions(actor)
    if rows is None:
        return
    # The actor of a token has an id of its own.
    handle = Subquery(Person.objects.filter(pk__in=[actor.person_id]).values("handle"))
    rows = rows.annotate(
        went_to=assignment.newest_escalation("person"), entry=assignment.newest_escalation("leaf")
    )
    for row in rows.filter(went_to=handle):
        yield Task(TaskKind.ESCALATED, row.reference, row.title, _why_escalated(row), row.due, row.entry)


def _why_escalated(row: Any) -> Message:
    if row.owner is None:
        text = (
            "Not decided by {day}, and nobody owns it, so it has gone on to you. Decide it, or name an owner."
        )
        return say("task.escalated-unowned", text, day=row.due)
    return say(
        "task.escalated",
        "{owner} had not decided or corrected it by {day}, so it has gone on to you. Decide it, or agree with"
        " {owner} on what happens next.",
        owner=row.owner.full_name,
        day=row.due,
    )


def _taken_over_by(actor: Actor) -> Iterator[Task]:
    rows = _suspicions(actor)
    if rows is None:
        return
    given = Revision.objects.filter(record_id=OuterRef("pk"), actor=assignment.TRIAGE, verb=VERB)
    rows = rows.filter(owner_id=actor.person_id, system__isnull=False).select_related("owner", "system")
    for row in rows.annotate(entry=Subquery(given.order_by("-number").values("leaf")[:1])):
        # One that only came under its system, or that a person gave them since, was not taken over.
        if row.entry is None or assignment.owner_at(row.entry) != row.owner.handle:
            continue
        reason = say(
            "task.taken-over",
            "A check raised it before {system} was registered or was yours. You own {system}, so you have"
            " taken it over: decide it.",
            system=Ref(row.system.reference),
        )
        yield Task(TaskKind.TAKEN_OVER, row.reference, row.title, reason, row.due, row.entry)


def _dismissals_to_confirm(actor: Actor) -> Iterator[Task]:
    """Proposals to set an unregistered system aside that this person has the authority to confirm."""
    # A task is the person's, also when they ask with a token that only reads.
    person = replace(actor, scopes=None)
    if not policy.may(actor, "read", kind="ai-system", anywhere=True) or not dismissals.may_propose(person):
        return
    today = clock.today()
    rows = discovery.unregistered(today)
    names = identity.names(row.proposed_by for row in rows if row.proposed_by)
    for row in rows:
        # One whose day has passed can no longer be confirmed.
        if row.proposed_until is None or row.proposed_until < today:
            continue
        if dismissals.may_confirm(person, row.proposed_by):
            reason = say(
                "task.dismissal",
                "Confirm it, or have the system registered. {person} proposes to set it aside until {day}:"
                " {reason}",
                person=names.get(row.proposed_by, row.proposed_by),
                day=row.proposed_until,
                reason=row.proposed_reason,
            )
            yield Task(
                TaskKind.DISMISSAL_PROPOSED, row.slug, row.slug, reason, row.proposed_until, row.proposal
            )


# Acceptances that have lapsed


def lapsed_acceptances(actor: Actor) -> tuple[Task, ...]:
    """Accepted risks that ``actor`` owns and of which more is left today than was accepted, newest first.

    Gone once the controls work again, or once the risk is assessed or treated anew.
    """
    if actor.person_id is None or not kinds.exists("risk"):
        return ()
    kind = kinds.get("risk")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return ()
    own = queries.select(actor, kind).filter(owner_id=actor.person_id, state=residual.ACCEPTED)
    titles = dict(own.values_list("reference", "title"))
    # Most people own none, and what follows reads every check.
    levels = residual.today(titles.keys()) if titles else {}
    reasons = ((name, _why_lapsed(levels[name])) for name in titles if name in levels)
    return tuple(
        Task(TaskKind.ACCEPTANCE_LAPSED, name, titles[name], reason)
        for name, reason in reasons
        if reason is not None
    )


def _why_lapsed(left: Residual) -> Message | None:
    now = Word(left.today.word.lower())
    if left.graver:
        return say(
            "home.acceptance-lapsed",
            "accepted as {planned}, {now} today: the acceptance has lapsed. Treat the risk, or assess it and"
            " have it accepted anew.",
            planned=Word(left.planned.word.lower()), now=now,
        )  # fmt: skip
    appetite = criteria.current().appetite
    if left.today > appetite:
        return say(
            "home.acceptance-over-appetite",
            "{now} today, and no more than {appetite} is accepted. Treat the risk further.",
            now=now, appetite=Word(appetite.word.lower()),
        )  # fmt: skip
    return None
