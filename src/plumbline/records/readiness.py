"""What a step needs, asked before it is taken: conditions that are not met, fields, and who may take it.

Pages and the API ask the same question here, so that what they say beforehand is what the door does.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Text, listing, say
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.kernel.workflow import Move
from plumbline.records import steps
from plumbline.records.gates import OnTaking, question_of
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

REASON = "reason"
"""The field of a fault that is about the reason which comes with the step."""
_GENERAL = "gate.not-ready"
"""Code of the sentence that only counts what is missing; the faults themselves say more."""


@dataclass(frozen=True)
class Condition:
    """Something that has to hold before a step and does not: the fault, and why, where the gate says more."""

    fault: Fault
    why: Text = ""


@dataclass(frozen=True)
class Readiness:
    """One step from the present state, as it stands for one actor.

    ``refusal`` says why it is not theirs (empty if it is), ``could`` names people who could take it instead.
    ``fields`` can be filled in together with the step. ``unmet`` are its conditions that do not hold yet, of
    which ``about_reason`` are met by what is written as the reason. With ``works_out`` the step does more on
    the way, such as a back-test, which is not done to answer this and may still refuse.
    """

    step: Move
    refusal: Text
    could: tuple[str, ...]
    fields: tuple[str, ...]
    unmet: tuple[Condition, ...]
    about_reason: tuple[Condition, ...]
    works_out: bool
    is_next: bool

    @property
    def others(self) -> Text:
        """A sentence that names people who could take it instead; empty where there are none to name."""
        if not self.could:
            return ""
        people = listing(list(self.could), conjunction="or")
        return say("four-eyes.others", "{people} can take this one.", people=people)

    @property
    def is_theirs(self) -> bool:
        """Whether the actor may take it once its conditions are met."""
        return not self.refusal

    @property
    def outside(self) -> tuple[Condition, ...]:
        """Unmet conditions that are met elsewhere, not by what comes with the step."""
        return tuple(condition for condition in self.unmet if condition.fault.field not in self.fields)

    @property
    def can_be_taken(self) -> bool:
        """Whether only what comes with the step is still needed."""
        return self.is_theirs and not self.outside


def of_record(actor: Actor, kind: Kind, record: Record) -> tuple[Readiness, ...]:
    """Every step that ``record`` may take from its state, in the order of the workflow."""
    following = kind.workflow.next_from(record.state)
    return tuple(of_step(actor, kind, record, step, following) for step in steps.open_to(record, kind))


def of_step(
    actor: Actor, kind: Kind, record: Record, step: Move, following: tuple[str, ...] = ()
) -> Readiness:
    """One step, of which it is known that the record may take it from its state."""
    refusal, could = _refusal(actor, record, step)
    conditions = tuple(_unmet(actor, kind, record, step))
    # A kind may have a field of that name, which is another thing than why the step is taken.
    reason = None if REASON in kind.field_names else REASON
    return Readiness(
        step=step,
        refusal=refusal,
        could=could,
        fields=() if refusal else steps.fields_of(actor, kind, record, step),
        unmet=tuple(one for one in conditions if one.fault.field != reason),
        about_reason=tuple(one for one in conditions if one.fault.field == reason),
        works_out=any(
            isinstance(gate, OnTaking) and gate.question is None for gate in steps.gates_of(kind, step)
        ),
        is_next=step.name in following,
    )


def _refusal(actor: Actor, record: Record, step: Move) -> tuple[Text, tuple[str, ...]]:
    """Why a step is not for ``actor``, and who could take it; a refusal by four eyes names them itself."""
    verb = steps.permission(step)
    answer = policy.may(actor, verb, kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id)
    if not answer:
        return answer.reason, steps.who_could(record, step)
    answer = steps.four_eyes(actor, record, step)
    return ("", ()) if answer else (answer.reason, ())


def _unmet(actor: Actor, kind: Kind, record: Record, step: Move) -> Iterator[Condition]:
    """What the gates of a step would refuse now, each thing once."""
    known = set[tuple[str, str]]()
    for gate in steps.gates_of(kind, step):
        question = question_of(gate)
        if question is None:
            continue
        try:
            # A copy, since a gate may work something out and note it on the record.
            question(actor, copy(record), "")
        except (Conflict, Invalid) as refused:
            general = isinstance(refused.detail, Message) and refused.detail.code == _GENERAL
            for fault in refused.faults or (Fault("", refused.detail),):
                if (key := (fault.field, str(fault.message))) not in known:
                    known.add(key)
                    yield Condition(fault, "" if general or not refused.faults else refused.detail)
            if gate is steps.is_complete:
                return  # the other gates read a complete record
