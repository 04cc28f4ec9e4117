"""Risk criteria are a record: levels follow from those in force, up to the appetite risks are accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plumbline.clauses import criteria, rules
from plumbline.clauses.planning.risk_criteria import EXAMPLE
from plumbline.clauses.planning.risks import Risk
from plumbline.clauses.rules import Level
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands
from plumbline.records.commands import Saved

Make = Callable[..., Saved]
STRICT = "\n".join(["high, high, high, high, very high"] * 5)


def go(actor: Actor, saved: Saved, *steps: str) -> Saved:
    for step in steps:
        saved = commands.move(actor, saved.reference, step, revision=saved.revision, reason="as decided")
    return saved


@pytest.fixture
def ingrid(someone: Callable[[str, str], Actor]) -> Actor:
    return someone("top-management", "Ingrid")


def approved(make: Make, mina: Actor, ingrid: Actor, **changed: Any) -> Saved:
    return go(ingrid, go(mina, make("risk-criteria", **changed), "submit"), "approve")


def test_the_example_has_the_delivered_matrix() -> None:
    assert criteria.parse_matrix(EXAMPLE["matrix"]) == rules.MATRIX


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("low, low", "five lines"),
        ("\n".join(["low, low, low, low"] * 5), "five lines"),
        (STRICT.replace("very high", "extreme"), "unknown levels: extreme"),
        (STRICT.replace("high, high, high", "high, moderate, high", 1), "falls"),
        ("\n".join(["high, high, high, high, high"] + ["low, low, low, low, low"] * 4), "falls"),
    ],
)
def test_a_matrix_of_another_shape_is_none(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        criteria.parse_matrix(text)


@pytest.mark.data_layer
@pytest.mark.django_db
class TestInForce:
    def test_until_criteria_are_approved_the_delivered_ones_hold(self, make: Make, mina: Actor) -> None:
        risk = make("risk")
        assert criteria.current() == criteria.Criteria(criteria.DELIVERED, rules.MATRIX, Level.ELEVATED)
        assert Risk.objects.get().judged_by == criteria.DELIVERED
        go(mina, make("risk-criteria", matrix=STRICT), "submit")
        assert criteria.current().version == criteria.DELIVERED
        commands.amend(mina, risk.reference, {"cause": "A new form."}, revision=risk.revision)
        assert Risk.objects.get().level == Level.HIGH == rules.level(3, 4)

    def test_a_risk_is_judged_by_the_criteria_in_force_and_says_so(
        self, make: Make, mina: Actor, ingrid: Actor
    ) -> None:
        saved = approved(make, mina, ingrid, matrix=STRICT, appetite="moderate")
        now = criteria.current()
        assert (now.appetite, now.gravest(1, [1])) == (Level.MODERATE, Level.HIGH)
        make("risk", likelihood=1, harm_to_individuals=1, harm_to_society=1, harm_to_organization=1)
        risk = Risk.objects.get()
        assert (risk.level, risk.judged_by.partition(",")[0]) == (Level.HIGH, saved.reference)

    def test_top_management_approves_them_and_only_one_is_in_force(
        self, make: Make, mina: Actor, sara: Actor, ingrid: Actor
    ) -> None:
        with pytest.raises(NotAllowed):
            go(sara, go(mina, make("risk-criteria"), "submit"), "approve")
        first = approved(make, mina, ingrid)
        with pytest.raises(Conflict) as caught:
            approved(make, mina, ingrid)
        assert first.reference in str(caught.value.faults[0].message)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"likelihoods": "1 Rare\n2 Often"}, "likelihoods"),
            ({"harms": "1 Small"}, "harms"),
            ({"matrix": "low, high"}, "matrix"),
            ({"appetite": "any"}, "appetite"),
        ],
    )
    def test_a_scale_has_five_steps(self, changed: dict[str, Any], field: str, make: Make) -> None:
        with pytest.raises(Invalid) as caught:
            make("risk-criteria", **changed)
        assert {fault.field for fault in caught.value.faults} == {field}

    def test_nothing_above_the_appetite_is_accepted(self, make: Make, mina: Actor, ingrid: Actor) -> None:
        grave = {"likelihood": 5, "residual_likelihood": 3, "residual_harm_to_individuals": 3}
        risk = go(mina, make("risk", **grave), "assess")  # elevated after treatment, as delivered
        approved(make, mina, ingrid, appetite="moderate")
        with pytest.raises(Conflict) as caught:
            go(ingrid, risk, "accept")
        (fault,) = caught.value.faults
        assert (fault.field, fault.as_dict()["code"]) == ("residual_likelihood", "risk.above-appetite")
        assert "moderate" in str(fault.message).lower()
        milder = {"residual_likelihood": 2, "residual_harm_to_individuals": 2}
        risk = commands.amend(mina, risk.reference, milder, revision=risk.revision)
        assert go(ingrid, risk, "accept").state == "accepted"
