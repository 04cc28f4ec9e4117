"""Trainings are evaluated by somebody else than their trainer, as set beforehand; bad input has a remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., Saved]
EVALUATED = {"evaluated_on": "2026-02-10", "result": "effective", "findings": "Nine of ten errors were seen."}


def go(actor: Actor, saved: Saved, move: str, **values: Any) -> Saved:
    return commands.move(
        actor, saved.reference, move, revision=saved.revision, reason="as planned", values=values or None
    )


def held(make: Make, mina: Actor, **changed: Any) -> Saved:
    values = {
        "held_on": "2026-01-10",
        "evaluate_on": "2026-02-10",
        "evaluated_on": None,
        "result": "",
        "findings": "",
        **changed,
    }
    return go(mina, make("training", **values), "hold")


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"evaluator": "sara", "trainer": "sara"}, "evaluator", "Name somebody else"),
        ({"evaluator": "sara", "person": "sara", "holder": ""}, "evaluator", "Name somebody else"),
        ({"trainer": "sara", "person": "sara", "holder": ""}, "trainer", "Nobody trains themself"),
        ({"person": "sara"}, "person", "Give one of the two"),
        ({"evaluate_on": "2025-11-19"}, "evaluate_on", "lies before the day on which it was held"),
        ({"evaluated_on": "2026-01-11"}, "evaluated_on", "lies before the day from which it is evaluated"),
        ({"held_on": "2026-03-04"}, "held_on", "still to come"),
    ],
)
def test_a_training_that_says_what_cannot_be_is_refused_with_what_to_do(
    changed: dict[str, Any], field: str, told: str, make: Make, sara: Actor
) -> None:
    named = {name: sara.id if value == "sara" else value for name, value in changed.items()}
    with pytest.raises(Invalid) as caught:
        make("training", **named)
    assert any(fault.field == field and told in str(fault.message) for fault in caught.value.faults)


def test_neither_the_trainer_nor_who_took_part_evaluates_it(
    make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    saved = held(make, mina, trainer=sara.id, provider="", person=tove.id, holder="")
    with pytest.raises(NotAllowed, match="You are its trainer"):
        go(sara, saved, "evaluate", **EVALUATED)
    with pytest.raises(NotAllowed, match="You took part in it"):
        go(tove, saved, "evaluate", **EVALUATED)
    evaluated = go(mina, saved, "evaluate", **EVALUATED)
    with pytest.raises(NotAllowed, match="You are its trainer"):
        go(sara, evaluated, "approve")
    with pytest.raises(NotAllowed):
        go(mina, evaluated, "approve")


def test_the_evaluation_is_not_put_off_and_asks_for_what_was_seen(make: Make, mina: Actor) -> None:
    saved = held(make, mina)
    with pytest.raises(Conflict) as caught:
        go(mina, saved, "evaluate")
    assert {fault.field for fault in caught.value.faults} == {"evaluated_on", "result", "findings"}
    for later in ({"evaluate_on": "2026-09-10"}, {"held_on": "2026-01-11"}, {"method": "interview"}):
        with pytest.raises(Conflict) as caught:
            commands.amend(mina, saved.reference, later, revision=saved.revision)
        assert {fault.field for fault in caught.value.faults} == set(later)
    earlier = commands.amend(mina, saved.reference, {"evaluate_on": "2026-02-01"}, revision=saved.revision)
    with pytest.raises((Conflict, NotAllowed)):
        go(mina, earlier, "discard")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"person": "mina"}, "person"),
        ({"valid_until": "2025-12-01"}, "valid_until"),
        ({"valid_until": "2036-01-01"}, "valid_until"),
    ],
)
def test_a_qualification_is_of_one_person_and_ends(
    changed: dict[str, Any], field: str, make: Make, mina: Actor
) -> None:
    named = {name: mina.id if value == "mina" else value for name, value in changed.items()}
    with pytest.raises(Invalid) as caught:
        make("qualification", **named)
    assert {fault.field for fault in caught.value.faults} == {field}


@pytest.mark.parametrize(("kind", "step"), [("qualification", "submit"), ("training", "hold")])
def test_whose_it_is_may_be_missing_until_the_step_that_needs_it(
    kind: str, step: str, make: Make, mina: Actor
) -> None:
    saved = make(kind, person=None, holder="")
    with pytest.raises(Conflict) as caught:
        go(mina, saved, step)
    assert "person" in {fault.field for fault in caught.value.faults}
