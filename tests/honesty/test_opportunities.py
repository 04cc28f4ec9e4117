"""What issues lead to (6.1.1), opportunities and their effect, and whether anything became better (10.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.organization import approved, management_review
from tests.honesty.world import GOOD, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def chance(world: World, *, due: int = 30, **changed: Any) -> str:
    """An opportunity that comes from the issue that there is, as Mina writes it."""
    values: dict[str, Any] = {"owner": world.people["mina"].handle, "due": world.day(due).isoformat()}
    return world.make("opportunity", **{**values, **changed})


def criteria(world: World) -> None:
    """Approved risk criteria, which 6.1.1 asks for beside what issues lead to."""
    approved(world, "risk-criteria", by="ingrid", next_review=world.day(200))


def reported(world: World, reference: str, effect: str = "better") -> str:
    """An approved opportunity, begun, and with what Mina says of its effect."""
    world.move("mina", reference, "begin")
    found = "Of two hundred reasons 74 percent had more than ten words."
    world.amend("mina", reference, evaluated_on=world.day().isoformat(), effect=effect, findings=found)
    world.move("mina", reference, "carry-out")
    return reference


def test_an_issue_leads_somewhere_and_without_its_opportunity_6_1_1_says_so(office: World) -> None:
    criteria(office)
    issue = office.approve(office.make("issue", risks=[]))
    assert "leads to no risk and to no opportunity" in office.seen("6.1.1").reasons
    reference = chance(office, issues=[issue])
    assert not office.seen("6.1.1").good, "a draft leads nowhere"
    office.approve(reference)
    assert office.words("6.1.1")["6.1.1"] in GOOD
    office.move("mina", reference, "propose-abandonment")
    office.move("sara", reference, "abandon")
    seen = office.seen("6.1.1")
    assert not seen.good
    assert "leads to no risk and to no opportunity" in seen.reasons


def test_without_approved_risk_criteria_6_1_1_says_so(office: World) -> None:
    office.approve(chance(office, issues=[office.approve(office.make("issue", risks=[]))]))
    made = office.make("risk-criteria", next_review=office.day(200))
    assert "The risk criteria are not set and approved" in office.seen("6.1.1").reasons
    office.approve(made, by="ingrid")
    assert office.words("6.1.1")["6.1.1"] in GOOD
    office.move("mina", made, "propose-retirement")
    office.move("ingrid", made, "retire")
    assert "The risk criteria are not set and approved" in office.seen("6.1.1").reasons


def test_a_risk_counts_once_two_people_stand_behind_it(kept: World) -> None:
    criteria(kept)
    bare = kept.make("risk")
    kept.approve(kept.make("issue", risks=[bare]))
    assert "leads to no risk in an approved assessment" in kept.seen("6.1.1").reasons
    known = min(row["reference"] for row in kept.listed("risk"))
    issue = kept.listed("issue")[0]["reference"]
    kept.move("mina", issue, "revise")
    kept.amend("mina", issue, risks=[known])
    kept.approve(issue)
    assert kept.words("6.1.1")["6.1.1"] in GOOD


def test_the_effect_is_evaluated_in_time_and_approved_by_somebody_else(office: World) -> None:
    reference = office.approve(chance(office))
    early = office.try_move("mina", reference, "carry-out")
    assert early.refused, "it has not begun"
    reported(office, reference)
    assert office.try_move("mina", reference, "review").refused
    office.wait(days=30 + 90)
    office.flow()
    assert "is what one person says" not in str(office.missed("opportunities-pursued"))
    office.wait(days=1)
    assert "is what one person says" in office.seen("6.1.1").reasons
    office.move("sara", reference, "review")
    assert "is what one person says" not in office.seen("6.1.1").reasons


def test_what_is_late_or_changed_afterwards_is_named(office: World) -> None:
    reference = office.approve(chance(office, due=5))
    office.move("mina", reference, "begin")
    for changed in ({"due": office.day(90).isoformat()}, {"measure": "Everybody is content."}):
        refused = office.try_amend("mina", reference, **changed)
        assert [fault["field"] for fault in refused.json["errors"]] == list(changed)
    before = office.day(-1).isoformat()
    office.amend("mina", reference, evaluated_on=before, effect="better", findings="Seen before we began.")
    refused = office.try_move("mina", reference, "carry-out")
    assert [fault["field"] for fault in refused.json["errors"]] == ["evaluated_on"]
    office.wait(days=6)
    assert "was due on" in office.seen("6.1.1").reasons


def test_what_is_left_is_not_begun_and_is_looked_at_again(office: World) -> None:
    reference = office.approve(chance(office, decision="leave", actions="", measure=""))
    refused = office.try_move("mina", reference, "begin")
    assert [fault["field"] for fault in refused.json["errors"]] == ["decision"]
    office.wait(days=31)
    assert "was due on" in office.seen("6.1.1").reasons


def test_without_its_minimal_record_10_1_says_what_nothing_came_of(office: World) -> None:
    """Objective, management review and opportunity; then each of them is not there."""
    mina = office.people["mina"].handle
    ends = {"outcome": "reached", "judged_on": office.day(-5), "outcome_note": "Measured for a quarter."}
    objective = approved(office, "objective", by="ingrid", owner=mina, due=office.day(90), **ends)
    review = management_review(office)
    reference = reported(office, office.approve(chance(office)))
    seen = office.seen("10.1")
    assert not seen.good
    assert "Opportunities that made something better are not there" in seen.reasons
    office.move("sara", reference, "review")
    assert office.words("10.1") == {"10.1": "Operating"}
    for gone, by, why in (
        (objective, "ingrid", "Objectives that were reached are not there"),
        (review, "ingrid", "Decisions of a management review are not there"),
    ):
        office.move("mina", gone, "propose-retirement")
        office.move(by, gone, "retire")
        seen = office.seen("10.1")
        assert not seen.good
        assert why in seen.reasons


def test_an_effect_that_made_it_worse_is_no_improvement(office: World) -> None:
    office.move("sara", reported(office, office.approve(chance(office)), effect="worse"), "review")
    assert "opportunities that made something better are not there" in office.seen("10.1").reasons.lower()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"decision": "perhaps"}, "decision"),
        ({"issues": "ISS-0099"}, "issues"),
        ({"evaluated_on": "2031-01-01"}, "evaluated_on"),
        ({"due": "2039-01-01"}, "due"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(office: World, changed: dict[str, Any], field: str) -> None:
    """Page and API name the field and write nothing; an import names what it leaves out."""
    good = office.record(chance(office))["values"]
    wrong = {**{name: value for name, value in good.items() if value}, **changed}
    listed = {name: [value] if name == "issues" else value for name, value in changed.items()}
    before = len(office.listed("opportunity"))
    refused = office.try_create("mina", "opportunity", **{**wrong, **listed})
    assert {fault["field"].partition(".")[0] for fault in refused.json["errors"]} == {field}
    page = reverse("record-new", args=[kinds.get("opportunity").plural])
    assert office.press("mina", page, **wrong).status not in (302, 500)
    assert len(office.listed("opportunity")) == before
    text = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in office.import_csv("mina", "opportunity", [text]).text


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"issues": [], "parties": [], "source": ""}, "issues"), ({"actions": ""}, "actions")],
)
def test_it_comes_from_somewhere_and_says_what_is_done(
    office: World, changed: dict[str, Any], field: str
) -> None:
    refused = office.try_move("mina", chance(office, **changed), "submit")
    assert refused.refused
    assert field in [fault["field"] for fault in refused.json["errors"]]
    assert all(refused.remedies)
