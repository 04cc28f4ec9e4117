"""Which steps wait for a person, over all kinds of record, in a bounded number of queries.

The rule is `plumbline.records.steps.four_eyes`, asked of each record; only what it reads is read beforehand
for all of them. A second rule for many records would sooner or later differ from the one at the door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import memo
from plumbline.kernel.workflow import Move, Workflow
from plumbline.records import kinds, steps
from plumbline.records.kinds import Kind
from plumbline.records.models import Approval, Record, Revision

CHUNK = 10_000
"""Records that are read in one query by their keys: SQLite takes no more than 32,766 parameters."""
Preload = Callable[[Sequence[Record]], None]
_preloads: list[Preload] = []


def register_preload(preload: Preload) -> None:
    """Have ``preload`` read what the deciders of a room above ask of records, before they are asked."""
    if preload not in _preloads:
        _preloads.append(preload)


@dataclass(frozen=True)
class WaitingStep:
    """A step that waits for a second person: since the trail entry ``entry``, which ``asked_by`` (an opaque
    id) made at ``since``; none of the three where the record is as it was imported."""

    record: Record
    kind: Kind
    step: Move
    asked_by: str
    since: datetime | None
    entry: int | None


def steps_waiting(workflow: Workflow, state: str) -> tuple[Move, ...]:
    """The steps for which a record in ``state`` waits for a second person.

    A confirming step waits wherever somebody has proposed it. An approving one waits where no ordinary step
    leads on, since otherwise whoever works on the record has not finished. An independent one waits where the
    work has been carried out; elsewhere it is a way out (withdraw, close early) that nobody asked for.
    """
    open_steps = workflow.open_from(state)
    place = workflow.states.index(state)
    leads_on = any(
        workflow.states.index(step.target) > place
        for step in open_steps
        if not (needs_second_person(step) or step.discards or step.restores)
    )
    return tuple(
        step
        for step in open_steps
        if step.confirms
        or (step.approves and not leads_on)
        or (step.independent and state in workflow.carried)
    )


def needs_second_person(step: Move) -> bool:
    """Whether a step takes somebody besides the person who prepared it."""
    return step.approves or step.confirms or step.independent


def waiting_steps(actor: Actor) -> list[WaitingStep]:
    """The steps that wait for a second person and that ``actor`` may take, oldest first.

    Exactly those for which permission and `steps.four_eyes` say yes.
    """
    if actor.person_id is None:
        return []
    # What waits for a person does so too when they ask with a token that only reads.
    person = replace(actor, scopes=None)
    rows = _candidates(person)
    if rows is None:
        return []
    with memo.shared_reads():
        candidates = [
            (record, step)
            for record in rows
            for step in steps_waiting(kinds.get(record.kind).workflow, record.state)
            if _permitted(person, record, step)
        ]
        if not candidates:
            return []
        entries = _preload_revisions(rows)
        # Most candidates end here, before anything of their kind is read.
        candidates = [pair for pair in candidates if steps.is_second_person(person, *pair)]
        candidates = list(_specialised(candidates))
        for preload in _preloads:
            preload([record for record, step in candidates if steps.decider(record, step) is not None])
        found = [
            WaitingStep(record, kinds.get(record.kind), step, *entries.get(record.pk, ("", None, None)))
            for record, step in candidates
            if steps.four_eyes(person, record, step)
        ]
    return sorted(found, key=lambda waiting: (waiting.entry or 0, waiting.record.reference))


def _candidates(actor: Actor) -> QuerySet[Record] | None:
    """Records that ``actor`` may see in a state that waits for a step which they may take somewhere."""
    groups: dict[frozenset[str], list[str]] = {}
    for kind in kinds.all_kinds():
        states = frozenset(
            state
            for state in kind.workflow.states
            if any(
                policy.may(actor, steps.permission(step), kind=kind.slug, anywhere=True)
                for step in steps_waiting(kind.workflow, state)
            )
        )
        if states and policy.may(actor, "read", kind=kind.slug, anywhere=True):
            groups.setdefault(states, []).append(kind.slug)
    if not groups:
        return None
    wanted = Q(pk__in=[])
    for states, slugs in groups.items():
        wanted |= Q(kind__in=slugs, state__in=states)
    return policy.visible(actor, Record.objects.filter(wanted))


def _permitted(actor: Actor, record: Record, step: Move) -> bool:
    verb, owns = steps.permission(step), record.owner_id == actor.person_id
    return memo.read_once(
        ("second_person", verb, record.kind, record.unit_id, owns),
        lambda: (
            policy.may(
                actor, verb, kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id
            ).allowed
        ),
    )


def _preload_revisions(rows: QuerySet[Record]) -> dict[int, tuple[str, datetime | None, int | None]]:
    """Put in who wrote and moved each record, and return by whom, when and with which entry it came into its
    present state, by primary key."""
    revisions: dict[int, list[steps.RevisionRow]] = {}
    made: dict[tuple[int, int], tuple[str, datetime | None, int | None]] = {}
    columns = ("record_id", "number", "verb", "person_id", "deputy_for_id", "actor", "at", "leaf")
    found = Revision.objects.filter(record__in=rows.values("pk")).order_by("record_id", "-number")
    for key, number, verb, person, deputy_for, actor, at, leaf in found.values_list(*columns):
        revisions.setdefault(key, []).append((number, verb, person, deputy_for))
        made[key, number] = (actor, at, leaf)
    moves = ((key, steps.last_move(of_record)) for key, of_record in revisions.items())
    entries = {key: made[key, move[0]] for key, move in moves if move is not None}
    approved: dict[int, int] = {}
    given = Approval.objects.filter(record__in=rows.values("pk")).order_by("revision")
    approved.update(given.values_list("record_id", "revision"))
    for key, of_record in revisions.items():
        memo.preload((steps.REVISIONS, key), of_record)
        memo.preload((steps.APPROVED, key), approved.get(key, 0))
    return entries


def _specialised(candidates: Sequence[tuple[Record, Move]]) -> Iterator[tuple[Record, Move]]:
    """The candidates, with the fields of their kind for those whose kind says who may decide."""
    decided: dict[str, list[int]] = {}
    for record, step in candidates:
        if steps.decider(record, step) is not None:
            decided.setdefault(record.kind, []).append(record.pk)
    whole: dict[int, Record] = {}
    for slug, keys in decided.items():
        for start in range(0, len(keys), CHUNK):
            rows = kinds.get(slug).model._default_manager.filter(pk__in=keys[start : start + CHUNK])
            whole |= {row.pk: row for row in rows}
    for record, step in candidates:
        yield whole.get(record.pk, record), step
