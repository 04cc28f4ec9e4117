"""Risk assessments as acts and treatment plans as one (6.1.2, 6.1.3, 8.2, 8.3), in a well-kept organization.

Without the minimal record the requirement says so; what was frozen is what was approved, once, and by whom it
has to be; what changes later makes the plan say that it is out of date.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.world import GOOD, World

from plumbline.clauses import freezing
from plumbline.records import kinds
from plumbline.trail import log

pytestmark = pytest.mark.django_db(transaction=True)


def one(world: World, kind: str) -> str:
    """The reference of the first record of a kind."""
    return min(str(row["reference"]) for row in world.listed(kind))


def told(world: World, kind: str, **changed: Any) -> str:
    """Another record of a kind about the risk and the treatment that there are, as Mina writes it."""
    values: dict[str, Any] = {"risks": [one(world, "risk")], "owner": world.people["mina"].handle}
    if kind == "treatment-plan":
        values["treatments"] = [row["reference"] for row in world.listed("treatment")]
    else:
        values["assessed_on"] = world.day(-1)
    return world.make(kind, **{**values, "next_review": world.day(150), **changed})


@pytest.mark.parametrize(
    ("kind", "by", "numbers", "why"),
    [
        ("risk-assessment", "sara", ("6.1.2", "8.2"), "stands in no approved risk assessment"),
        ("treatment-plan", "ingrid", ("6.1.3", "8.3"), "stands in no approved treatment plan"),
    ],
)
def test_without_the_minimal_record_the_requirements_say_so(
    kept: World, kind: str, by: str, numbers: tuple[str, ...], why: str
) -> None:
    assert set(kept.words(*numbers).values()) <= GOOD
    reference = one(kept, kind)
    kept.move("mina", reference, "propose-retirement")
    kept.move(by, reference, "retire")
    for number in numbers:
        seen = kept.seen(number)
        assert not seen.good
        assert why in seen.reasons


def test_a_draft_of_either_counts_for_nothing(kept: World) -> None:
    for kind, by in (("risk-assessment", "sara"), ("treatment-plan", "ingrid")):
        kept.move("mina", one(kept, kind), "propose-retirement")
        kept.move(by, one(kept, kind), "retire")
        told(kept, kind)
    assert kept.good("6.1.2", "6.1.3") == set()


def test_levels_and_criteria_are_frozen_and_hash_to_what_the_trail_says(kept: World) -> None:
    content = kept.record(one(kept, "risk-assessment"))["values"]["content"]
    risk = kept.record(one(kept, "risk"))
    assert [row["reference"] for row in content["risks"]] == [risk["reference"]]
    assert content["criteria"]["version"] == "delivered"
    # likelihood 3 and harm 4 of the example: high, the fourth of five levels, by the delivered matrix
    assert content["risks"][0]["level"] == 4
    digest = freezing.digest(content)
    assert digest in kept.page("mina", reverse("record", args=[one(kept, "risk-assessment")]))
    entries = log.search(subject_ref=one(kept, "risk-assessment"))
    assert any(digest in str(entry.facts) for entry in entries), [str(entry.facts) for entry in entries]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("risk-assessment", "sara", "tove"), ("treatment-plan", "ingrid", "henrik")],
)
def test_of_two_approvals_at_once_the_second_is_refused(
    kept: World, kind: str, first: str, second: str
) -> None:
    """Both have the same page open and approve what they see there."""
    reference = told(kept, kind)
    kept.move("mina", reference, "submit")
    tag = kept.etag(first, reference)
    given = kept.try_move(first, reference, "approve", etag=tag)
    assert given.status == 200, given.text
    again = kept.try_move(second, reference, "approve", etag=tag)
    assert again.status in (409, 412), again.text
    assert kept.record(reference)["state"] == "approved"
    assert kept.record(reference)["revision"] == given.json["revision"], "nothing more was written"


def test_what_has_changed_since_review_was_asked_for_is_not_approved(kept: World) -> None:
    for kind, by in (("risk-assessment", "sara"), ("treatment-plan", "ingrid")):
        reference = told(kept, kind)
        kept.move("mina", reference, "submit")
        risk = one(kept, "risk")
        kept.move("mina", risk, "reassess")
        kept.amend("mina", risk, likelihood=2)
        refused = kept.try_move(by, reference, "approve")
        assert refused.refused
        assert "content" in [fault["field"] for fault in refused.json["errors"]]
        kept.move("mina", risk, "assess")


def test_a_treatment_that_changes_makes_the_plan_out_of_date(kept: World) -> None:
    plan, treatment = one(kept, "treatment-plan"), one(kept, "treatment")
    assert kept.record(plan)["computed"]["up_to_date"] == "yes"
    assert "This plan is out of date" not in kept.page("mina", reverse("record", args=[plan]))
    kept.move("mina", treatment, "revise")
    kept.amend("mina", treatment, action="Compare waiting times by region every quarter.")
    assert kept.record(plan)["computed"]["up_to_date"] == "yes", "a draft changes nothing yet"
    kept.move("mina", treatment, "submit")
    kept.move("ingrid", treatment, "approve")
    assert kept.record(plan)["computed"]["up_to_date"] == f"no: {treatment}"
    page = kept.page("mina", reverse("record", args=[plan]))
    assert "This plan is out of date" in page
    seen = kept.seen("6.1.3")
    assert not seen.good
    assert "which is out of date" in seen.reasons
    assert treatment in seen.reasons
    kept.move("mina", plan, "revise")
    kept.approve(plan, by="ingrid")
    assert kept.record(plan)["computed"]["up_to_date"] == "yes"
    assert kept.words("6.1.3")["6.1.3"] in GOOD


def test_a_plan_is_approved_by_designated_management_that_owns_nothing_of_it(kept: World) -> None:
    reference = told(kept, "treatment-plan")
    kept.move("mina", reference, "submit")
    for who in ("sara", "rolf", "mina"):
        assert kept.try_move(who, reference, "approve").refused, who
    kept.move("ingrid", reference, "approve")


def test_whoever_owns_a_risk_does_not_approve_its_assessment(kept: World) -> None:
    risk = one(kept, "risk")
    kept.move("mina", risk, "reassess")
    kept.amend("mina", risk, owner=kept.people["sara"].handle)
    kept.move("mina", risk, "assess")
    reference = told(kept, "risk-assessment")
    kept.move("mina", reference, "submit")
    refused = kept.try_move("sara", reference, "approve")
    assert refused.refused
    assert f"You own {risk}" in refused.text
    kept.move("tove", reference, "approve")


def test_what_is_not_ready_is_named(kept: World) -> None:
    """A risk that nobody has judged, a treatment that nobody has approved, an act older than its figures."""
    bare = kept.make("risk", likelihood=None, residual_likelihood=None, assessed_on=None)
    draft = kept.make("treatment", risks=[bare])
    act = told(kept, "risk-assessment", risks=[bare])
    plan = told(kept, "treatment-plan", risks=[bare], treatments=[draft])
    early = told(kept, "risk-assessment", assessed_on=kept.day(-200))
    wanted = {act: {"risks"}, plan: {"risks", "treatments"}, early: {"assessed_on"}}
    for reference, fields in wanted.items():
        refused = kept.try_move("mina", reference, "submit")
        assert refused.refused
        assert {fault["field"] for fault in refused.json["errors"]} == fields
        assert all(refused.remedies)


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("risk-assessment", {"trigger": "a dream"}, "trigger"),
        ("risk-assessment", {"risks": "RSK-0099"}, "risks"),
        ("risk-assessment", {"next_review": "2020-01-01"}, "next_review"),
        ("treatment-plan", {"treatments": "TRT-0099"}, "treatments"),
        ("treatment-plan", {"next_review": "2031-01-01"}, "next_review"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(
    kept: World, kind: str, changed: dict[str, Any], field: str
) -> None:
    """Page and API name the field and write nothing; an import names what it leaves out."""
    good = kept.record(told(kept, kind))["values"]
    wrong = {**{name: value for name, value in good.items() if value and name != "content"}, **changed}
    listed = {name: [value] if name in ("risks", "treatments") else value for name, value in changed.items()}
    before = len(kept.listed(kind))
    refused = kept.try_create("mina", kind, **{**wrong, **listed})
    assert refused.refused
    assert {fault["field"].partition(".")[0] for fault in refused.json["errors"]} == {field}
    page = reverse("record-new", args=[kinds.get(kind).plural])
    assert kept.press("mina", page, **wrong).status not in (302, 500)
    assert len(kept.listed(kind)) == before
    text = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in kept.import_csv("mina", kind, [text]).text
