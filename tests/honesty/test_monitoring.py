"""What is planned to be monitored has results and is evaluated in time, or 9.1 names what has not (9.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.organization import approved, monitoring_plan
from tests.honesty.world import GOOD, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def draft(world: World, **changed: Any) -> str:
    """A plan that names a check, as Mina writes it."""
    told: dict[str, Any] = {"systems": [], "indicators": [], "objectives": [], "checks": "policy-in-date"}
    by_hand = {"source": "", "measured_on": None}
    evaluator = world.people["sara"].handle
    return world.make(
        "monitoring-plan",
        **{**told, **by_hand, "evaluator": evaluator, "next_review": world.day(200), **changed},
    )


def kept(world: World) -> str:
    return str(world.missed("monitoring-kept"))


def test_a_draft_is_no_plan_and_an_approved_one_is(office: World) -> None:
    approved(office, "policy", by="ingrid", next_review=office.day(200))
    office.flow()
    assert "has no approved record" in kept(office)
    reference = draft(office)
    office.flow()
    assert "is not approved" in office.missed("monitoring-kept")[reference]
    assert office.try_move("mina", reference, "approve").refused
    office.approve(reference)
    office.flow()
    office.flow()
    assert kept(office) == "{}"
    assert office.words("9.1")["9.1"] in GOOD


def test_a_check_that_nobody_can_judge_is_named(office: World) -> None:
    reference = monitoring_plan(office, checks="policy-in-date\noverride-rate")
    office.flow()
    office.flow()
    assert "has no results within its interval (monthly) of override-rate" in kept(office)
    office.move("mina", reference, "revise")
    office.amend("mina", reference, checks="policy-in-date", change_reason="Nobody decides here yet.")
    office.flow()
    assert "of override-rate" in kept(office), "one person takes nothing out of an approved plan"
    office.amend("mina", reference, accepted_until=office.day(60))
    office.approve(reference)
    office.flow()
    assert "of override-rate" not in kept(office)
    values = office.record(reference)["values"]
    assert values["eases"] == "monitoring-kept", "what it makes easier stands in the plan"
    office.wait(days=61)
    office.flow()
    assert reference in office.missed("monitoring-kept"), "and only until the day that two people accepted"


def test_results_and_evaluation_are_missed_by_name_once_they_are_late(office: World) -> None:
    told = {"checks": "", "source": "Folder of the samples", "measured_on": office.day(-1)}
    reference = monitoring_plan(office, **told)
    office.flow()
    assert kept(office) == "{}"
    office.wait(days=45)
    office.flow()
    assert kept(office) == "{}"
    office.wait(days=1)
    office.flow()
    assert "of what is taken by hand" in kept(office)
    office.move("mina", reference, "revise")
    office.amend("mina", reference, measured_on=office.day())
    office.flow()
    assert "of what is taken by hand" in kept(office), "what one person types counts once it is approved"
    office.approve(reference)
    office.wait(days=138 - 46 - 40)
    office.flow()
    assert "was never evaluated" not in kept(office)
    office.wait(days=41)
    office.move("mina", reference, "revise")
    office.amend("mina", reference, measured_on=office.day())
    office.approve(reference)
    office.flow()
    assert "was never evaluated" in kept(office)
    office.move("mina", reference, "revise")
    told = {"evaluated_on": office.day(), "evaluation": "Letters are read alike in both languages."}
    office.amend("mina", reference, **told)
    office.approve(reference)
    office.flow()
    assert kept(office) == "{}"


def test_an_indicator_and_an_objective_are_read_by_their_figures(office: World) -> None:
    mina = office.people["mina"].handle
    objective = approved(office, "objective", by="ingrid", owner=mina, due=office.day(90))
    figures = {"system": None, "metric": "", "value": "0.2", "cadence": "monthly"}
    indicator = approved(office, "indicator", objective=objective, measured_on=office.day(-40), **figures)
    monitoring_plan(office, checks="", indicators=[indicator], objectives=[objective])
    office.flow()
    assert kept(office) == "{}"
    office.wait(days=7)
    office.flow()
    assert f"of {indicator} and {objective}" in kept(office)


def test_whoever_evaluates_is_here(office: World) -> None:
    lea = office.hire("lea", "contributor")
    monitoring_plan(office, evaluator=lea.handle)
    office.flow()
    office.flow()
    assert kept(office) == "{}"
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    commands.deactivate_person(Actor.installation(), lea)
    office.flow()
    assert "has nobody here who evaluates the results" in kept(office)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"cadence": "when we like"}, "cadence"),
        ({"cadence": "on event"}, "cadence"),
        ({"indicators": "IND-0099"}, "indicators"),
        ({"measured_on": "2031-01-01", "source": "Folder"}, "measured_on"),
        ({"evaluated_on": "2031-01-01", "evaluation": "All is well with the letters."}, "evaluated_on"),
        ({"next_review": "2039-01-01"}, "next_review"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(office: World, changed: dict[str, Any], field: str) -> None:
    """Page and API name the field and write nothing; an import names what it leaves out."""
    good = office.record(draft(office))["values"]
    wrong = {**{name: value for name, value in good.items() if value}, **changed}
    listed = {name: [value] if name == "indicators" else value for name, value in changed.items()}
    before = len(office.listed("monitoring-plan"))
    refused = office.try_create("mina", "monitoring-plan", **{**wrong, **listed})
    assert {fault["field"].partition(".")[0] for fault in refused.json["errors"]} == {field}
    page = reverse("record-new", args=[kinds.get("monitoring-plan").plural])
    assert office.press("mina", page, **wrong).status not in (302, 500)
    assert len(office.listed("monitoring-plan")) == before
    text = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in office.import_csv("mina", "monitoring-plan", [text]).text


def test_an_evaluation_has_a_day(office: World) -> None:
    told = {"evaluation": "All is well with the letters."}
    refused = office.try_amend("mina", draft(office), **told)
    assert [fault["field"] for fault in refused.json["errors"]] == ["evaluated_on"]


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"evaluator": None}, "evaluator", "name the person"),
        ({"checks": ""}, "checks", "name checks, indicators or objectives"),
        ({"checks": "policy-in-date, everything-is-fine"}, "checks", "as the pages of the checks show them"),
    ],
)
def test_a_plan_without_results_or_readers_is_not_reviewed(
    office: World, changed: dict[str, Any], field: str, told: str
) -> None:
    refused = office.try_move("mina", draft(office, **changed), "submit")
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == [field]
    assert any(told in remedy for remedy in refused.remedies)
