"""The review of a policy is an act with an outcome: no later date, and no approval anew, takes its place."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.organization import document
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)
REVIEWED, IN_DATE, DOCUMENTS = "policy-reviewed", "policy-in-date", "documents-reviewed"


@pytest.fixture
def policy(office: World) -> str:
    """The AI policy, approved by top management 399 days ago."""
    made = office.make("policy", version="3", next_review=office.day(390), owner=office.people["mina"].handle)
    office.approve(made, by="ingrid")
    office.wait(days=399)
    return made


def why(world: World, check: str) -> str:
    """What is missed by a check, in one text."""
    world.flow()
    return " ".join(f"{name} {reason}" for name, reason in world.missed(check).items())


def review(world: World, policy: str, by: str = "ingrid", **values: Any) -> str:
    """An approved review of a policy, of today; its reference."""
    told: dict[str, Any] = {"reviewed_on": world.day(), "next_review": world.day(300)}
    made = world.make("document-review", policy=policy, owner=world.people["mina"].handle, **told | values)
    return world.approve(made, by=by)


def revised(world: World, policy: str, **values: Any) -> None:
    """Another version of the policy is approved by top management."""
    world.move("mina", policy, "revise")
    world.amend("mina", policy, **values)
    world.approve(policy, by="ingrid")


def tasks(world: World) -> list[str]:
    """What waits for Mina."""
    return [row["subject"] for row in world.get("mina", "tasks")["items"]]


def test_two_people_who_move_the_date_have_reviewed_nothing(office: World, policy: str) -> None:
    office.wait(days=2)
    assert "has no approved review" in why(office, REVIEWED)
    revised(office, policy, next_review=office.day(300), version="4")
    assert "has no approved review" in why(office, REVIEWED)
    assert "was to be reviewed by" in why(office, IN_DATE)
    review(office, policy)
    assert why(office, REVIEWED) == why(office, IN_DATE) == ""


def test_the_last_review_says_when_the_next_one_is_due_at_every_door(office: World, policy: str) -> None:
    assert "was due for review on" in why(office, IN_DATE)
    assert policy in tasks(office)
    assert policy in office.page("mina", reverse("my-work"))
    made = review(office, policy)
    assert why(office, IN_DATE) == why(office, DOCUMENTS) == ""
    assert policy not in tasks(office)
    assert made not in tasks(office)
    page = office.page("mina", f"/records/{policy}/")
    assert "Reviews" in page
    assert made in page
    office.wait(days=301)
    assert "was due for review on" in why(office, IN_DATE)
    # a later day in the text is no later review
    revised(office, policy, next_review=office.day(300))
    assert "was due for review on" in why(office, IN_DATE)


def test_what_a_review_wanted_and_nobody_did_is_named_and_a_newer_version_does_it(
    office: World, policy: str
) -> None:
    review(office, policy, outcome="to be changed", next_review=office.day(20))
    assert why(office, REVIEWED) == ""
    office.wait(days=21)
    assert "and was to be changed by" in why(office, REVIEWED)
    assert "and was to be changed by" in why(office, IN_DATE)
    revised(
        office,
        policy,
        text="No system decides alone to the disadvantage of anybody.",
        next_review=office.day(200),
    )
    assert why(office, REVIEWED) == why(office, IN_DATE) == ""


def test_one_person_alone_reviews_nothing_and_top_management_decides_on_its_policy(
    office: World, policy: str
) -> None:
    office.wait(days=2)
    values = {"reviewed_on": office.day(), "next_review": office.day(300), "policy": policy}
    made = office.make("document-review", **values)
    assert "has no approved review" in why(office, REVIEWED)
    office.move("mina", made, "submit")
    for who in ("mina", "sara"):
        refused = office.try_move(who, made, "approve")
        assert refused.status in {403, 409}, refused.text
        assert office.press_move(who, made, "approve").status in {403, 409}
    assert "has no approved review" in why(office, REVIEWED)
    office.move("ingrid", made, "approve")
    assert why(office, REVIEWED) == ""
    # what was approved stays: neither amended nor revised
    assert office.try_amend("mina", made, outcome="to be changed").status == 409
    assert office.try_move("mina", made, "revise").status == 422


def test_a_day_before_the_policy_was_there_and_a_draft_are_refused(office: World, policy: str) -> None:
    early = office.make(
        "document-review", policy=policy, reviewed_on=office.day(-400), next_review=office.day(20)
    )
    office.move("mina", early, "submit")
    refused = office.try_move("ingrid", early, "approve")
    assert refused.status == 409
    assert "is before the first approval of it" in refused.text
    ahead = office.try_create(
        "mina", "document-review", title="Ahead", policy=policy, reviewed_on=office.day(1),
        outcome="stands", reason="It will be fine.", next_review=office.day(20),
    )  # fmt: skip
    assert ahead.status == 422
    draft = office.make("policy", title="Not approved", type="topic policy")
    drafted = office.make(
        "document-review", policy=draft, reviewed_on=office.day(), next_review=office.day(20)
    )
    office.move("mina", drafted, "submit")
    refused = office.try_move("sara", drafted, "approve")
    assert refused.status == 409
    assert "is not in force" in refused.text


def test_a_document_is_reviewed_by_somebody_else_and_by_rows_of_a_register(office: World) -> None:
    made = document(office, "process", "The AIMS", "4.4", next_review=office.day(10))
    office.wait(days=11)
    assert "was due for review on" in why(office, DOCUMENTS)
    values = {
        "title": "Review of the AIMS", "document": made, "reviewed_on": office.day().isoformat(),
        "outcome": "stands", "reason": "Nothing of it has changed.",
        "next_review": office.day(90).isoformat(),
    }  # fmt: skip
    assert office.import_csv("mina", "document-review", [values]).status in {200, 302}
    (row,) = office.listed("document-review")
    assert "was due for review on" in why(office, DOCUMENTS)  # one person's word
    office.approve(row["reference"])
    assert why(office, DOCUMENTS) == ""
    assert row["reference"] in office.page("mina", f"/records/{made}/")


def test_a_review_of_nothing_is_a_draft_and_no_more(office: World, policy: str) -> None:
    values = {"title": "Of what?", "reviewed_on": office.day(), "next_review": office.day(300)}
    made = office.make("document-review", **values, policy=None, document=None)
    refused = office.try_move("mina", made, "submit")
    assert refused.refused
    assert "name the policy or document that was reviewed" in str(refused.json)


def said(world: World, reference: str) -> tuple[bool, bool, str, str]:
    """Whether the filter names a policy or document as overdue, over the API and on the page; the mark of the
    list; what the check finds."""
    names = "policies" if reference.startswith("POL") else "documents"
    over = [row["reference"] for row in world.get("mina", f"{names}?where=is:overdue")["items"]]
    page = world.page("mina", reverse("record-list", args=[names]) + "?where=is:overdue")
    (mark,) = (
        row["computed"]["review"]
        for row in world.get("mina", f"{names}?size=100")["items"]
        if row["reference"] == reference
    )
    return reference in over, reference in page, mark, why(world, DOCUMENTS)


@pytest.mark.parametrize("kind", ["policy", "document"])
def test_overdue_means_the_same_in_filters_lists_and_checks(office: World, kind: str) -> None:
    mina = office.people["mina"].handle
    made = office.make(kind, version="1", next_review=office.day(100), owner=mina)
    office.approve(made, by="ingrid")
    assert said(office, made) == (False, False, "in time", "")
    office.wait(days=101)
    late = said(office, made)
    assert late[:3] == (True, True, "overdue")
    assert "was due for review on" in late[3]
    acted = office.make(
        "document-review",
        **{"policy": None, "document": None, kind: made},
        reviewed_on=office.day(),
        next_review=office.day(50),
    )
    # one person's word renews nothing
    office.move("mina", acted, "submit")
    assert said(office, made)[:3] == (True, True, "overdue")
    office.move("ingrid", acted, "approve")
    assert said(office, made) == (False, False, "in time", "")
    office.wait(days=51)
    late = said(office, made)
    assert late[:3] == (True, True, "overdue")
    assert "was due for review on" in late[3]
    # a later day in the text is no later review
    office.move("mina", made, "revise")
    office.amend("mina", made, next_review=office.day(100))
    office.approve(made, by="ingrid")
    assert said(office, made)[:3] == (True, True, "overdue")


@pytest.mark.parametrize("outcome", ["to be changed", "to be withdrawn"])
def test_a_version_that_a_review_wanted_says_itself_when_it_is_overdue(office: World, outcome: str) -> None:
    made = document(office, "process", "The AIMS", "4.4", next_review=office.day(10))
    office.wait(days=1)
    acted = office.make(
        "document-review", policy=None, document=made, outcome=outcome, reviewed_on=office.day(),
        next_review=office.day(20),
    )  # fmt: skip
    office.approve(acted)
    office.wait(days=2)
    office.move("mina", made, "revise")
    office.amend("mina", made, text="Another text.", next_review=office.day(200))
    office.approve(made)
    office.wait(days=30)
    changed = outcome == "to be changed"
    assert said(office, made)[:3] == (not changed, not changed, "in time" if changed else "overdue")
    assert bool(said(office, made)[3]) is not changed


def test_two_people_who_put_off_the_first_review_of_a_document_again_and_again_are_named(
    office: World,
) -> None:
    made = document(office, "process", "The AIMS", "4.4", next_review=office.day(700))
    office.wait(days=690)
    office.move("mina", made, "revise")
    office.amend("mina", made, next_review=office.day(700))
    office.approve(made)
    assert said(office, made) == (False, False, "in time", "")
    office.wait(days=60)
    late = said(office, made)
    assert late[:3] == (True, True, "overdue")
    assert "was to be reviewed by" in late[3]


def test_a_document_that_asks_fewer_says_why_and_one_that_asks_more_does_not(office: World) -> None:
    """Nobody is missing yet, so nothing is found less of today; whoever is asked no more is asked less."""
    mina = office.people["mina"]
    made = document(office, "process", "How claims are sorted", readers="everybody")
    for readers, governed in (
        ("role: reviewer", True),
        ("everybody\nrole: reviewer", False),
        (f"everybody\nperson: {mina.email}", False),
    ):
        office.move("mina", made, "revise")
        office.amend("mina", made, readers=readers)
        tried = office.try_move("mina", made, "submit")
        if governed:
            assert {fault["field"] for fault in tried.json["errors"]} == {"accepted_until", "change_reason"}
            office.amend("mina", made, readers="everybody")
            office.move("mina", made, "submit")
        else:
            assert not tried.refused, tried.text
        office.move("sara", made, "approve")


def test_a_document_that_asks_nobody_any_more_says_why_and_until_when(office: World) -> None:
    made = document(office, "process", "How claims are sorted", readers="everybody")
    office.wait(days=31)
    assert "was not acknowledged by 11 of 11" in why(office, "versions-acknowledged")
    office.move("mina", made, "revise")
    office.amend("mina", made, readers="")
    refused = office.try_move("mina", made, "submit")
    assert {fault["field"] for fault in refused.json["errors"]} == {"accepted_until", "change_reason"}
    assert "finds 1 less missing" in refused.text
