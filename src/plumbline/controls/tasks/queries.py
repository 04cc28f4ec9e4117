"""The tasks of one person, derived whenever somebody looks: each is gone once it is done.

What *My work* shows, alike on the page, through the API and on the command line. A task names the trail entry
by which it came to that person, where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from plumbline.clauses import criteria
from plumbline.controls import residual
from plumbline.controls.assignment import queries as assignment
from plumbline.controls.residual import Residual
from plumbline.controls.tasks import acknowledgements, concerns, deputies, imports, mentions, merges, own_work
from plumbline.controls.tasks.easings import lapsed_easings
from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.discovery import commands as dismissals
from plumbline.discovery import queries as discovery
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock, memo
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.kernel.workflow import Move
from plumbline.records import kinds, queries, steps
from plumbline.records.models import Record, Revision
from plumbline.records.ownership.commands import VERB
from plumbline.records.second_person import queries as second_person

DECIDE = TaskAct("", "Decide")
SUSPECTED = "suspected"


def tasks_of(actor: Actor) -> tuple[Task, ...]:
    """Tasks of the person ``actor``: overdue ones first, then by day, then those that have waited longest.

    None for a part of the installation.
    """
    if actor.person_id is None:
        return ()
    with memo.shared_reads():
        # The most telling reason comes first: a record that waits for one act is one task.
        found = (
            *waiting_for(actor),
            *lapsed_acceptances(actor),
            *merges.tasks(actor),
            *_second_person(actor),
            *_suspicions_to_decide(actor),
            *concerns.tasks(actor),
            *own_work.tasks(actor),
            *own_work.files(actor),
            *imports.tasks(actor),
        )
        first: dict[str, Task] = {}
        for task in found:
            first.setdefault(task.subject, task)
        for task in deputies.tasks(actor, owned_by):
            first.setdefault(task.subject, task)
        # Somebody asks for an answer, whatever else the record waits for.
        asked = (*mentions.tasks(actor), *acknowledgements.tasks(actor))
    return tuple(sorted((*first.values(), *asked), key=_urgency))


def owned_by(actor: Actor) -> Iterator[Task]:
    """The tasks that are those of the person ``actor`` because of what they own: what a deputy does for them.

    A step for a second person is not among them: whoever may take it has it as a task of their own.
    """
    yield from _escalated_to(actor)
    yield from _taken_over_by(actor)
    yield from lapsed_easings(actor)
    yield from lapsed_acceptances(actor)
    yield from _suspicions_to_decide(actor, own=True)
    yield from own_work.tasks(actor)
    yield from own_work.files(actor)


def count_of(actor: Actor) -> int:
    """How many tasks the person ``actor`` has."""
    return len(tasks_of(actor))


def _urgency(task: Task) -> tuple[bool, date, bool, int, str]:
    late = task.due if task.due is not None else date.max
    return task.due is None, late, task.entry is None, task.entry or 0, task.subject


def waiting_for(actor: Actor) -> tuple[Task, ...]:
    """The tasks of the person ``actor`` that came to them from others, and by a day that has passed."""
    if actor.person_id is None:
        return ()
    return (
        *_escalated_to(actor),
        *_taken_over_by(actor),
        *_dismissals_to_confirm(actor),
        *lapsed_easings(actor),
    )


# Steps for a second person


def _second_person(actor: Actor) -> Iterator[Task]:
    waiting = second_person.waiting_steps(actor)
    names = identity.names(row.asked_by for row in waiting)
    for row in waiting:
        who = names.get(row.asked_by, "")
        kind, reason = _why_second_person(row.step, who, row.since)
        act = TaskAct(row.step.name, row.step.label)
        yield Task(kind, row.record.reference, row.record.title, reason, None, row.entry, act)


def _kind_of(step: Move) -> TaskKind:
    if step.approves:
        return TaskKind.APPROVAL
    return TaskKind.CONFIRMATION if step.confirms else TaskKind.INDEPENDENT_STEP


def _why_second_person(step: Move, who: str, since: datetime | None) -> tuple[TaskKind, Message]:
    if not who or since is None:
        text = "It waits for somebody who did not write it."
        return _kind_of(step), say("task.second-person", text)
    day = clock.day_of(since)
    if step.approves:
        text = "{person} asked for approval on {day}. You did not write it, so you can decide."
        return TaskKind.APPROVAL, say("task.approval", text, person=who, day=day)
    if step.confirms:
        text = "{person} proposed it on {day}. It takes a second person."
        return TaskKind.CONFIRMATION, say("task.confirmation", text, person=who, day=day)
    text = "{person} recorded the work as done on {day}. You had no part in it, so you can take this step."
    return TaskKind.INDEPENDENT_STEP, say("task.independent", text, person=who, day=day)


# What checks raised, and suspicions


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
    person = replace(actor, scopes=None)
    # The actor of a token has an id of its own.
    handle = Subquery(Person.objects.filter(pk__in=[actor.person_id]).values("handle"))
    rows = rows.annotate(
        went_to=assignment.newest_escalation("person"), entry=assignment.newest_escalation("leaf")
    )
    for row in rows.filter(went_to=handle):
        reason, act = _why_escalated(row), _first_permitted(person, row)
        yield Task(TaskKind.ESCALATED, row.reference, row.title, reason, row.due, row.entry, act)


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
        act = _first_permitted(replace(actor, scopes=None), row)
        yield Task(TaskKind.TAKEN_OVER, row.reference, row.title, reason, row.due, row.entry, act)


def _suspicions_to_decide(actor: Actor, *, own: bool = False) -> Iterator[Task]:
    """Suspicions of which ``actor`` is the owner, and unless only their ``own`` are wanted those without an
    owner who is here, if they may decide."""
    kind = assignment.KIND
    if not kinds.exists(kind) or not policy.may(actor, "read", kind=kind, anywhere=True):
        return
    rows = queries.select(actor, kinds.get(kind)).filter(state=SUSPECTED)
    unowned = Q(pk__in=[]) if own else Q(owner=None) | Q(owner__is_active=False)
    person = replace(actor, scopes=None)
    for row in rows.filter(Q(owner_id=actor.person_id) | unowned).order_by("due", "pk"):
        owned = row.owner_id == actor.person_id
        act = _first_permitted(person, row)
        if owned or act is not None:
            reason = say("task.suspicion", "Confirm it, or propose to dismiss it with a reason.")
            if not owned:
                text = "Nobody who is here owns it. Confirm it, propose to dismiss it, or name an owner."
                reason = say("task.suspicion-unowned", text)
            yield Task(TaskKind.SUSPICION, row.reference, row.title, reason, row.due, None, act)


def _first_permitted(person: Actor, record: Record) -> TaskAct | None:
    """The first step from the state of a record that the roles of ``person`` let them take."""
    for step in kinds.get(record.kind).workflow.open_from(record.state):
        verb = steps.permission(step)
        if policy.may(person, verb, kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id):
            return TaskAct(step.name, step.label)
    return None


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
            day, entry = row.proposed_until, row.proposal
            yield Task(TaskKind.DISMISSAL_PROPOSED, row.slug, row.slug, reason, day, entry, DECIDE)


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
