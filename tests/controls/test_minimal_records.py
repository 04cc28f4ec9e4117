"""What answers a requirement of clause 7 and A.4: with the least of it the requirement is in order, and with
that taken out of force it reads otherwise and names what is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from tests.controls.conftest import approved

from plumbline.controls import posture
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.states import MeasuredState
from plumbline.records import commands as door
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., Saved]
Someone = Callable[[str, str], Actor]
Flow = Callable[[], None]
RECORDED, OPERATING = MeasuredState.RECORDED, MeasuredState.OPERATING

MANAGE: Final = ("competence", {"position": "aims-manager", "title": "Running the AIMS"})
PEOPLE: Final = ("resource", {"type": "people", "systems": [], "enough": "yes", "gap": ""})
MONEY: Final = ("resource", {"type": "money", "systems": [], "enough": "yes", "gap": ""})
INSIDE: Final = ("communication", {"side": "inside", "speaker": "AIMS manager"})
OUTSIDE: Final = ("communication", {"side": "outside", "speaker": "Legal counsel"})
AWARE: Final = ("awareness", {})


def of_system(type: str) -> tuple[str, Mapping[str, Any]]:
    """A resource of this type that the one live system needs."""
    return ("resource", {"type": type})


MINIMAL: Final = {
    "7.1": ((PEOPLE, MONEY), RECORDED, "Money for the AIMS is in no approved record"),
    "7.3": ((AWARE,), OPERATING, "The AI policy is in no approved measure"),
    "7.4": ((INSIDE, OUTSIDE), RECORDED, "to the outside is in no approved plan"),
    "A.4.4": ((of_system("tooling"),), RECORDED, "has no approved record of tools"),
    "A.4.5": ((of_system("computing"),), RECORDED, "has no approved record of computing"),
}
"""By requirement: the least that answers it, the word it then has, and why not once the last is gone."""


def reads(number: str) -> RequirementPosture:
    return next(row for row in posture.posture() if row.number == number)


def retire(saved: Saved, author: Actor, second: Actor) -> None:
    asked = door.move(author, saved.reference, "propose-retirement", revision=saved.revision, reason="Gone.")
    door.move(second, saved.reference, "retire", revision=asked.revision)


def without_last(
    number: str, last: Saved, word: MeasuredState, why: str, flow: Callable[[], None], *two: Actor
) -> None:
    """Judged with all of it, ``number`` reads ``word``; without ``last``, another one, because ``why``."""
    flow()
    row = reads(number)
    assert row.measured is word, [str(reason) for reason in row.reasons]
    retire(last, *two)
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
        row = reads(number)
        assert row.measured in (MeasuredState.FAILING, MeasuredState.DEGRADED)
        assert any(why in str(reason) for reason in row.reasons), [str(reason) for reason in row.reasons]


@pytest.mark.parametrize("number", MINIMAL)
def test_without_the_minimal_record_the_requirement_says_what_is_not_there(
    number: str, make: Make, mina: Actor, sara: Actor, flow: Callable[[], None]
) -> None:
    records, word, why = MINIMAL[number]
    approved(make("ai-system", lifecycle="in operation"), mina, sara)
    made = [approved(make(kind, **values), mina, sara) for kind, values in records]
    without_last(number, made[-1], word, why, flow, mina, sara)


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        (0, "need a competence that nobody has determined"),
        (1, "are 2, of whom 1 have no current evidence of what the role needs"),
    ],
)
def test_competence_is_determined_and_had_by_everybody_who_holds_the_role(
    gone: int, why: str, make: Make, mina: Actor, sara: Actor, someone: Someone, flow: Flow
) -> None:
    ida = someone("top-management", "Ida")
    made = [approved(make(MANAGE[0], **MANAGE[1]), mina, sara)]
    for actor in (mina, sara):
        values = {"competence": made[0].reference, "person": actor.id, "holder": ""}
        made.append(approved(make("qualification", **values), mina, ida))
    without_last("7.2", made[gone], RECORDED, why, flow, mina, sara)


def test_a_training_reads_as_not_evaluated_until_somebody_has(
    make: Make, mina: Actor, sara: Actor, flow: Callable[[], None]
) -> None:
    values = {"held_on": "2025-11-20", "evaluate_on": "2025-12-01", "evaluated_on": None}
    saved = make("training", **values, result="", findings="")
    saved = door.move(mina, saved.reference, "hold", revision=saved.revision)
    flow()
    told = [str(reason) for reason in reads("7.2").reasons]
    assert any("is not evaluated, and was to be by 1 Mar 2026" in reason for reason in told), told
    seen = {"evaluated_on": "2026-02-20", "result": "effective", "findings": "Nine of ten errors were seen."}
    saved = door.move(mina, saved.reference, "evaluate", revision=saved.revision, values=seen)
    door.move(sara, saved.reference, "approve", revision=saved.revision)
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
        assert not any("not evaluated" in str(reason) for reason in reads("7.2").reasons)


def test_people_and_skills_of_a_system_are_recorded(
    make: Make, mina: Actor, sara: Actor, someone: Someone, flow: Flow
) -> None:
    ida = someone("top-management", "Ida")
    approved(make("ai-system", lifecycle="in operation"), mina, sara)
    for kind, values in (MANAGE, of_system("people")):
        made = approved(make(kind, **values), mina, sara)
    for actor in (mina, sara):
        approved(make("qualification", person=actor.id, holder=""), mina, ida)
    without_last("A.4.6", made, RECORDED, "has no approved record of people and skills", flow, mina, sara)
