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
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel import memo
from plumbline.kernel.messages import Message, Ref, Word, as_message, listing, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.kernel.workflow import Move
from plumbline.records import forms, kinds
from plumbline.records.gates import Decider, Gate, GateResult
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

_gates: dict[tuple[str, str], list[Gate]] = {}
_NAMED = 3
"""How many people are named who could take a step instead."""
_WRITING = ("created", "amended")
APPROVED, REVISIONS = "steps.approved-revision", "steps.revisions"
"""With the primary key of a record: under what is preloaded which of its revisions was approved last (0 for
none), and its `RevisionRow`s, newest first (`plumbline.kernel.memo`)."""
RevisionRow = tuple[int, str, int | None, int | None]
"""Number, verb and person of a revision, and the person for whom that one stood in."""


def register_gate(kind_slug: str, move_name: str, gate: Gate) -> None:
    """Ask ``gate`` too before every such move, for a room that knows what the kind itself cannot know."""
    _gates.setdefault((kind_slug, move_name), []).append(gate)


def decider(record: Record, step: Move) -> Decider | None:
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
    decides = decider(record, step)
    answer = decides(actor, record) if decides is not None else policy.Answer(True, "")
    if not answer or not (step.approves and record.unit_change):
        return answer
    owners = stand_ins.side_of([record.owner_id], record.kind)
    if actor.person_id in owners:
        text = "You own this record. Somebody else has to approve another unit for it."
        if actor.person_id in stand_ins.deputies_of(owners, record.kind):
            text = "You stand in for the owner. Somebody else has to approve another unit for it."
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
    gates = gates_of(kind, step)
    return [result for gate in gates if (result := gate(actor, record, reason)) is not None]


def gates_of(kind: Kind, step: Move) -> tuple[Gate, ...]:
    """The gates of a step: whether anything is missing, those of the kind, then those of other rooms."""
    first: tuple[Gate, ...] = (is_complete,) if kind.workflow.completes(step) else ()
    return (*first, *kind.gates.get(step.name, ()), *_gates.get((kind.slug, step.name), ()))


def is_complete(actor: Actor, record: Record, reason: str) -> None:
    """Refuse to take a draft further while something is missing that a complete record has."""
    faults = tuple(forms.missing(kinds.get(record.kind), record).values())
    if faults:
        raise Conflict(
            say(
                "gate.not-ready",
                "One thing is missing before {record} can take this step.",
                plural="{count} things are missing before {record} can take this step.",
                record=Ref(record.reference),
                count=len(faults),
            ),
            faults,
        )


def fields_of(actor: Actor, kind: Kind, record: Record, step: Move) -> tuple[str, ...]:
    """The fields that ``actor`` may fill in together with a step; none where nothing may be amended."""
    names = kind.step_fields.get(step.name, ())
    if kind.workflow.completes(step):
        names = tuple(dict.fromkeys((*names, *forms.missing(kind, record))))
    if not names or record.state in kind.workflow.frozen:
        return ()
    may = policy.may(actor, "amend", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    return names if may else ()


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
    approved = memo.read_once((APPROVED, record.pk), lambda: _approved_revision(record))
    return _authors(row for row in _revisions(record) if row[0] > approved)


def _authors(revisions: Iterable[RevisionRow]) -> set[int]:
    """Who wrote: whoever did, and whoever they stood in for, since it was written in that person's place."""
    return {
        person for _, verb, *both in revisions if verb in _WRITING for person in both if person is not None
    }


def _approved_revision(record: Record) -> int:
    return record.approvals.order_by("-revision").values_list("revision", flat=True).first() or 0


def _revisions(record: Record) -> list[RevisionRow]:
    """Number, verb and people of each revision, newest first."""
    rows = record.revisions.order_by("-number").values_list("number", "verb", "person_id", "deputy_for_id")
    return memo.read_once((REVISIONS, record.pk), lambda: list(rows))


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
    answer = is_second_person(actor, record, step)
    # Whoever asks about many records wants to know which; naming others asks about everybody, for each.
    if answer or memo.is_shared():
        return answer
    return policy.Answer(
        False,
        say(
            "four-eyes.refused",
            "{why} {who}",
            why=as_message(answer.reason),
            who=_who_could(record, step, _Involved.of(record, step)),
        ),
    )


def is_second_person(actor: Actor, record: Record, step: Move) -> policy.Answer:
    """The part of `four_eyes` that is about what ``actor`` has done with the record, whoever may decide."""
    return _Involved.of(record, step).allows(actor)


def require_four_eyes(actor: Actor, record: Record, step: Move) -> None:
    """As `four_eyes`, but raises `NotAllowed` with the reason instead of answering no."""
    answer = four_eyes(actor, record, step)
    if not answer:
        raise NotAllowed(
            say("four-eyes.step", "{step}: {why}", step=Word(step.label), why=as_message(answer.reason))
        )


def _last_movers(record: Record) -> tuple[int | None, ...]:
    """The person (primary key) who took the step by which the record came into its state, and whoever that
    one stood in for."""
    move = last_move(_revisions(record))
    return move[2:] if move is not None else ()


def last_move(revisions: Iterable[RevisionRow]) -> RevisionRow | None:
    """The revision, of those of one record, newest first, by which it came into its state.

    A step that was taken back is passed over: otherwise whoever proposes something could decide it alone,
    once somebody else has taken a step and taken it back.
    """
    passed_over = 0
    for row in revisions:
        verb = row[1]
        if verb == "retracted":
            passed_over += 1
        elif verb in ("moved", "amended") and passed_over:
            passed_over -= 1
        elif verb == "moved":
            return row
    return None


@dataclass(frozen=True)
class _Involved:
    """Who is no second person for a step: authors, for a confirming one also the last mover, for an
    independent one the owner too."""

    kind: str
    authors: frozenset[int]
    owner: int | None = None
    last_movers: tuple[int | None, ...] = ()

    @classmethod
    def of(cls, record: Record, step: Move) -> _Involved:
        if step.approves:
            return cls(record.kind, frozenset(authors_since_approval(record)))
        if step.confirms:
            return cls(record.kind, frozenset(authors_since_approval(record)), None, _last_movers(record))
        authors = frozenset(_authors(_revisions(record)))
        return cls(record.kind, authors, record.owner_id, _last_movers(record))

    @property
    def everybody(self) -> frozenset[int]:
        """All who are no second person: those involved, with whoever stands in for them today."""
        return stand_ins.side_of([*self.authors, self.owner, *self.last_movers], self.kind)

    def allows(self, actor: Actor) -> policy.Answer:
        movers = people.same_person(self.last_movers)
        if actor.person_id is not None and actor.person_id in movers:
            return policy.Answer(False, "You took the previous step.")
        if actor.person_id is not None and actor.person_id in stand_ins.deputies_of(movers, self.kind):
            return policy.Answer(False, "You stand in for whoever took the previous step.")
        return policy.independent(actor, author_ids=self.authors, owner_id=self.owner, kind=self.kind)


def _who_could(record: Record, step: Move, involved: _Involved) -> Message:
    """Names of people who could take the step instead, or how somebody can become one of them."""
    excluded = involved.everybody
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


def who_could(record: Record, step: Move) -> tuple[str, ...]:
    """Names of a few people who could take a step, for somebody whose roles do not let them."""
    involved = _Involved.of(record, step) if step.approves or step.independent or step.confirms else None
    excluded = involved.everybody if involved is not None else frozenset[int]()
    others = (person for person in people.people(active=True) if person.pk not in excluded)
    return tuple(islice(_permitted(others, record, step), _NAMED))


def _permitted(others: Iterable[Person], record: Record, step: Move) -> Iterator[str]:
    for person in others:
        actor = actor_of_person(person)
        may = policy.may(
            actor, permission(step), kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id
        )
        if may and _is_theirs(actor, record, step):
            yield person.full_name
