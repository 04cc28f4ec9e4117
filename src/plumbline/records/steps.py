"""Whether a step along a workflow can be taken: its state, its reason, its gates, and the second person.

Approval is of one revision: whoever wrote any of what it covers is not a second person for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from plumbline.identity import authority, policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.authority import Act
from plumbline.identity.models import Person
from plumbline.kernel.messages import Message, Ref, Word, as_message, listing, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.kernel.workflow import Move
from plumbline.records import kinds
from plumbline.records.gates import Decider, Gate, GateResult
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

_gates: dict[tuple[str, str], list[Gate]] = {}
_NAMED = 3
"""How many people are named who could take a step instead."""


def register_gate(kind_slug: str, move_name: str, gate: Gate) -> None:
    """Ask ``gate`` too before every such move, for a room that knows what the kind itself cannot know."""
    _gates.setdefault((kind_slug, move_name), []).append(gate)


def _decider(record: Record, step: Move) -> Decider | None:
    """Who may take a step at all. What only some people put in force, only they take out of it."""
    kind = kinds.get(record.kind)
    if step.name in kind.deciders or not step.confirms:
        return kind.deciders.get(step.name)
    approving = (move.name for move in kind.workflow.moves if move.approves)
    return next((kind.deciders[name] for name in approving if name in kind.deciders), None)


def _is_theirs(actor: Actor, record: Record, step: Move) -> policy.Answer:
    """Whether it is for ``actor`` at all to take a step: what the kind says, and who may change a unit.

    Whoever approves a record that asks for another unit decides who reads it from then on.
    """
    decider = _decider(record, step)
    answer = decider(actor, record) if decider is not None else policy.Answer(True, "")
    if not answer or not (step.approves and record.unit_change):
        return answer
    owners = people.same_person([record.owner_id])
    if actor.person_id in owners:
        text = "You own this record. Somebody else has to approve another unit for it."
        return policy.Answer(False, say("unit.own-cause", text))
    # Asked where it leaves: the unit it comes to may be one that somebody made to read it.
    return authority.may_decide(actor, Act.CHANGE_UNIT, unit_id=record.unit_id, excluded=owners)


def open_to(record: Record, kind: Kind) -> list[Move]:
    """The steps that this record may take from its state, whoever takes them."""
    return [step for step in kind.workflow.open_from(record.state) if _misplaced(record, step) is None]


def _misplaced(record: Record, step: Move) -> Fault | None:
    """Why a step that starts in this state is closed to a record with this past; None if it is not."""
    if not (step.discards or step.restores):
        return None
    approved = record.approvals.exists()
    if step.discards and approved:
        return Fault(
            "state",
            say("step.approved-once", "has an approved revision"),
            say("step.propose-instead", "drop the draft, then propose to take it out of force"),
        )
    if step.restores and not approved:
        return Fault(
            "state",
            say("step.never-approved", "has no approved revision"),
            say("step.discard-instead", "discard it"),
        )
    return None


def pass_gates(actor: Actor, kind: Kind, record: Record, step: Move, reason: str) -> list[GateResult]:
    """Ask the gates of the kind, then those that other rooms registered. Each may refuse by raising."""
    gates = (*kind.gates.get(step.name, ()), *_gates.get((kind.slug, step.name), ()))
    return [result for gate in gates if (result := gate(actor, record, reason)) is not None]


def find(kind: Kind, name: str) -> Move:
    """The step of this kind called ``name``. Raises `Invalid`."""
    step = kind.workflow.by_name.get(name)
    if step is None:
        remedy = say("step.known", "one of: {names}", names=listing(list(kind.workflow.by_name), shown=30))
        raise Invalid(
            say("step.unknown", "A {kind} has no such step.", kind=Word(kind.name)),
            [Fault("move", "is not a step", remedy)],
        )
    return step


def check(record: Record, step: Move, reason: str) -> None:
    """Raise `Conflict` for a step that does not start in this state, `Invalid` without a reason it needs."""
    if record.state not in step.sources:
        state = Word(record.state)
        sources = listing([Word(source) for source in step.sources], conjunction="or")
        raise Conflict(
            say(
                "step.wrong-state",
                "{record} is {state}; this step starts from {sources}.",
                record=Ref(record.reference),
                state=state,
                sources=sources,
            ),
            [
                Fault(
                    "state",
                    say("step.state", "is {state}", state=state),
                    say("step.sources", "needs {sources}", sources=sources),
                )
            ],
        )
    misplaced = _misplaced(record, step)
    if misplaced is not None:
        raise Conflict(
            say(
                "step.not-open",
                "{step} is not open to {record}.",
                step=Word(step.label),
                record=Ref(record.reference),
            ),
            [misplaced],
        )
    if step.reason and not reason:
        raise Invalid(
            say("step.needs-reason", "{step} needs a reason.", step=Word(step.label)),
            [Fault("reason", "is missing", "say why in a sentence")],
        )


def permission(step: Move) -> str:
    """The permission that a step along a workflow needs."""
    if step.approves:
        return "approve"
    if step.confirms and step.name != "dismiss":
        return "approve"
    return "confirm" if step.name in {"confirm", "dismiss", "withdraw", "verify", "close"} else "move"


def authors_since_approval(record: Record) -> set[int]:
    """People (primary keys) who wrote the content that the last approval does not cover."""
    approved = record.approvals.order_by("-revision").values_list("revision", flat=True).first() or 0
    written = record.revisions.filter(number__gt=approved, verb__in=("created", "amended"))
    return {person for person in written.values_list("person_id", flat=True) if person is not None}


def four_eyes(actor: Actor, record: Record, step: Move) -> policy.Answer:
    """Whether four eyes let ``actor`` take this step, and whether it is theirs to take, with the reason.

    An approval is for somebody who did not write what it covers; a confirming step for somebody who besides
    did not take the step before; an independent step for somebody who never wrote any of it, does not own it
    and did not take the step before. A refusal names people who could.
    """
    theirs = _is_theirs(actor, record, step)
    if not theirs:
        return theirs
    if not (step.approves or step.independent or step.confirms):
        return policy.Answer(True, "This step needs no second person.")
    if actor.person_id is None:
        return policy.Answer(False, "This step has to be taken by a person.")
    involved = _Involved.of(record, step)
    answer = involved.allows(actor)
    if answer:
        return answer
    return policy.Answer(
        False,
        say(
            "four-eyes.refused",
            "{why} {who}",
            why=as_message(answer.reason),
            who=_who_could(record, step, involved),
        ),
    )


def require_four_eyes(actor: Actor, record: Record, step: Move) -> None:
    """As `four_eyes`, but raises `NotAllowed` with the reason instead of answering no."""
    answer = four_eyes(actor, record, step)
    if not answer:
        raise NotAllowed(
            say("four-eyes.step", "{step}: {why}", step=Word(step.label), why=as_message(answer.reason))
        )


@dataclass(frozen=True)
class _Involved:
    """Who is no second person for a step: authors, for a confirming one also the last mover, for an
    independent one the owner too."""

    authors: frozenset[int]
    owner: int | None = None
    last_mover: int | None = None

    @classmethod
    def of(cls, record: Record, step: Move) -> _Involved:
        if step.approves:
            return cls(frozenset(authors_since_approval(record)))
        revisions = list(record.revisions.order_by("-number").values_list("verb", "person_id"))
        if step.confirms:
            movers = [person for verb, person in revisions if verb == "moved"]
            return cls(frozenset(authors_since_approval(record)), None, movers[0] if movers else None)
        authors = {
            person for verb, person in revisions if verb in ("created", "amended") and person is not None
        }
        movers = [person for verb, person in revisions if verb == "moved"]
        return cls(frozenset(authors), record.owner_id, movers[0] if movers else None)

    def allows(self, actor: Actor) -> policy.Answer:
        movers = people.same_person([self.last_mover])
        if actor.person_id is not None and actor.person_id in movers:
            return policy.Answer(False, "You took the previous step.")
        return policy.independent(actor, author_ids=self.authors, owner_id=self.owner)


def _who_could(record: Record, step: Move, involved: _Involved) -> Message:
    """Names of people who could take the step instead, or how somebody can become one of them."""
    excluded = people.same_person([*involved.authors, involved.owner, involved.last_mover])
    others = [person for person in people.people(active=True) if person.pk not in excluded]
    names = list(islice(_permitted(others, record, step), _NAMED))
    if names:
        return say("four-eyes.others", "{people} can take this one.", people=listing(names, conjunction="or"))
    if others:
        return say(
            "four-eyes.nobody-may",
            "Nobody else has a role that may take this one. Give somebody one under People and roles.",
        )
    return say("four-eyes.alone", "Nobody else is here yet: add a second person under People and roles.")


def _permitted(others: Iterable[Person], record: Record, step: Move) -> Iterator[str]:
    for person in others:
        actor = actor_of_person(person)
        may = policy.may(
            actor, permission(step), kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id
        )
        if may and _is_theirs(actor, record, step):
            yield person.full_name
