"""Two people who agree, and one who drafts: what a revision of a system makes easier is computed and said."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.lines import attempt
from tests.honesty.organization import live_system
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SCORES = {"output_kinds": ["score"], "sourcing": "own", "technique": "statistical"}


def covered(world: World, number: str, check: str) -> dict[str, Any]:
    """How much of its population a check covers, as the API gives it."""
    world.flow()
    return next(row for row in world.posture()[number]["coverage"] if row["check"] == check)


@attempt("A8", "C1")
def test_what_a_system_has_to_report_is_taken_back_by_no_draft(kept: World) -> None:
    """A system that scores sends no outcomes; its owner drafts that it gives no output at all, then asks for
    review without a word."""
    reference = live_system(kept, "chat-assist", **SCORES)
    assert covered(kept, "9.1", "accuracy")["silent"] == 1
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, output_kinds=[])
    assert covered(kept, "9.1", "accuracy")["silent"] == 1, "a draft takes nothing out"
    refused = kept.try_move("stig", reference, "submit")
    assert refused.status == 409
    assert "does not ask this system any more" in refused.text


@attempt("A3", "G.people-assessed")
def test_two_people_who_say_that_it_touches_nobody_read_what_vanishes(kept: World) -> None:
    """A live system without an assessment is said to touch nobody; the reason of the revision before does not
    do for this one, and what vanishes stands in its history."""
    reference = live_system(kept, "chat-assist", effect="direct", change_reason="Written down at last.")
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, effect="none")
    refused = kept.try_move("stig", reference, "submit")
    assert refused.status == 409, "the reason is that of the revision before"
    assert [row for row in refused.remedies if "less missing" in row]
    why = "It answers our own clerks now, and nobody else."
    kept.amend("stig", reference, change_reason=why, accepted_until=kept.day(60))
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    values = kept.record(reference)["values"]
    assert "less missing" in values["back_test"]
    assert values["change_reason"].startswith("It answers")


def eased(world: World) -> str:
    """A live system without an assessment, of which two people say until a day that it touches nobody."""
    reference = live_system(world, "chat-assist", effect="direct")
    assert missed(world, "people-assessed", reference)
    world.move("stig", reference, "revise")
    world.amend("stig", reference, effect="none", change_reason="It answers our own clerks, and nobody else.")
    return reference


def missed(world: World, check: str, reference: str, state: str = "missing") -> str:
    """What a check misses of a system, as its page names it; empty for nothing."""
    world.flow()
    newest = world.results(check)[0]["id"]
    rows = world.get("mina", f"results/{newest}")["members"]
    named = (row for row in rows if row["name"] == reference and row["state"].lower() == state)
    return next((str(row["reason"]) for row in named), "")


@attempt("C1", "D4")
def test_what_a_revision_makes_easier_is_not_accepted_for_ever(kept: World) -> None:
    """Nobody gives a day, then one in years; the day passes, and an unrelated change is to carry it on."""
    reference = eased(kept)
    refused = kept.try_move("stig", reference, "submit")
    assert refused.status == 409
    assert [row for row in refused.remedies if row.startswith("say until when")]
    assert kept.try_amend("stig", reference, accepted_until=kept.day(800)).refused, "the longest interval"
    kept.amend("stig", reference, accepted_until=kept.day(60))
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    assert "people-assessed" in kept.record(reference)["values"]["eases"]
    assert not missed(kept, "people-assessed", reference), "accepted until then"
    left_out = missed(kept, "people-assessed", reference, "excluded")
    assert "two people accepted until" in left_out, "and named for it, with the reason"
    assert "clerks" in left_out
    kept.wait(days=60)
    assert not missed(kept, "people-assessed", reference), "the day itself counts"
    kept.wait(days=1)
    assert "not confirmed since" in missed(kept, "people-assessed", reference)
    assert not kept.good("A.5.4")
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, topic="Claims handling", accepted_until=None)
    assert kept.try_move("stig", reference, "submit").status == 409, "nobody gives a new day"
    kept.amend("stig", reference, accepted_until=kept.day(30))
    assert kept.try_move("stig", reference, "submit").status == 409, "the old reason is none for a new day"
    assert missed(kept, "people-assessed", reference), "and a draft confirms nothing"
    kept.amend("stig", reference, change_reason="Looked at again: the clerks alone read its answers.")
    kept.move("stig", reference, "submit")
    assert missed(kept, "people-assessed", reference), "nor does one person"
    kept.move("ingrid", reference, "approve")
    assert not missed(kept, "people-assessed", reference)


@attempt("C1")
def test_what_is_taken_back_needs_no_day(kept: World) -> None:
    """The record says again what it said before: nothing of it is easier, and nothing ends."""
    reference = eased(kept)
    kept.amend("stig", reference, accepted_until=kept.day(60))
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, effect="direct", accepted_until=None)
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    assert kept.record(reference)["values"]["eases"] == ""
    kept.wait(days=90)
    assert "confirmed" not in missed(kept, "people-assessed", reference)


@attempt("A8", "C1")
def test_reports_that_are_not_asked_for_are_asked_for_again(kept: World) -> None:
    """Two people say that a system gives no output any more, until a day: then it is silent, by name."""
    reference = live_system(kept, "chat-assist", **SCORES)
    kept.move("stig", reference, "revise")
    why = "It has stopped to score while the model is trained anew."
    kept.amend("stig", reference, output_kinds=[], change_reason=why, accepted_until=kept.day(20))
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    assert covered(kept, "9.1", "accuracy")["silent"] == 0
    kept.wait(days=21)
    kept.flow()
    said = [row["text"] for row in kept.posture()["9.1"]["reasons"] if row["subject"] == "chat-assist"]
    assert [text for text in said if "Accuracy" in text and "not confirmed since" in text], said


@attempt("B1")
def test_a_policy_of_letters_comes_in_by_no_import(office: World) -> None:
    """The policy of one letter, as a row of a file."""
    row = {
        "title": "AI policy", "type": "AI policy", "version": "1", "purpose": "x", "text": "x",
        "next_review": str(office.day(200)),
    }  # fmt: skip
    office.import_csv("mina", "policy", [row])
    for listed in office.listed("policy"):
        assert office.try_move("mina", listed["reference"], "submit").refused
    assert office.good("5.2", "A.2.2") == set()


@attempt("C5", "D4")
def test_what_is_not_reported_is_not_put_off_for_decades(office: World) -> None:
    """A system is left out of a check until a review in fifty years, or without saying why."""
    told = {"title": "Chat", "slug": "chat", "output_kinds": ["text"], "not_reported": ["durations"]}
    draft = office.try_create("mina", "ai-system", **told)
    assert "not_reported_why" in draft.text, "nobody says why"
    assert office.try_move("mina", "SYS-0001", "submit").refused
    told |= {"title": "Other chat", "slug": "other-chat"}
    why = "The vendor's gateway gives no times at all."
    far = office.day(50 * 365)
    reply = office.try_create("mina", "ai-system", **told, not_reported_why=why, next_review=far)
    assert reply.refused
    assert reply.remedies


def approve_easing(
    world: World, reference: str, days: int = 20, says: str = "takes nothing today", **values: Any
) -> None:
    """Two people make a check easier on a system: refused without a reason and a day, accepted with both."""
    world.flow()
    world.move("stig", reference, "revise")
    world.amend("stig", reference, **values)
    refused = world.try_move("stig", reference, "submit")
    assert refused.status == 409
    assert says in refused.text, "where its back-test shows no effect, it is an easing all the same"
    why = "The process has changed since the first of the month."
    world.amend("stig", reference, change_reason=why, accepted_until=world.day(days))
    world.move("stig", reference, "submit")
    world.move("ingrid", reference, "approve")


@attempt("C1", "G.people-assessed")
def test_an_easing_that_takes_nothing_yet_is_named_once_it_does(kept: World) -> None:
    """A well-assessed system is said to touch nobody, while that hides nothing; its assessment then ends."""
    system = kept.of("ai-system")
    assert not missed(kept, "people-assessed", system)
    approve_easing(kept, system, days=100, effect="none")
    assert "people-assessed" in kept.record(system)["values"]["eases"]
    assert not missed(kept, "people-assessed", system, "excluded"), "it takes nothing yet"
    assessment = kept.listed("impact-assessment")[0]["reference"]
    kept.move("rolf", assessment, "propose-retirement")
    kept.move("ingrid", assessment, "retire")
    kept.wait(hours=1)
    named = missed(kept, "people-assessed", system, "excluded")
    assert "two people accepted until" in named
    assert "The process has changed" in named
    kept.wait(days=101)
    assert "not confirmed since" in missed(kept, "people-assessed", system)


@attempt("C2", "G.input-drift")
def test_a_reference_is_a_governed_value_before_anything_drifts(kept: World) -> None:
    """The reference is moved while there is not one window that it could silence."""
    system = kept.of("ai-system")
    approve_easing(kept, system, reference_from=kept.day(-10), reference_until=kept.day(-2))
    assert "input-drift" in kept.record(system)["values"]["eases"]
    kept.wait(days=21)
    kept.flow()
    said = [row["text"] for row in kept.posture()["A.6.2.6"]["reasons"] if row["subject"] == "claims-triage"]
    assert [text for text in said if "not confirmed since" in text], said
    (task,) = [row for row in kept.get("stig", "tasks")["items"] if row["task"] == "easing lapsed"]
    assert (task["subject"], task["due"]) == (system, str(kept.day(-1)))
    assert "Inputs look like" in task["reason"]
    assert "not confirmed since" in kept.page("stig", reverse("my-work"))
    assert not [row for row in kept.get("mina", "tasks")["items"] if row["task"] == "easing lapsed"]
    kept.move("stig", system, "revise")
    assert [row for row in kept.get("stig", "tasks")["items"] if row["task"] == "easing lapsed"], "a draft"
    kept.amend("stig", system, change_reason="Looked at again after a month.", accepted_until=kept.day(30))
    kept.approve(system, by="ingrid", author="stig")
    assert not [row for row in kept.get("stig", "tasks")["items"] if row["task"] == "easing lapsed"]


@attempt("A8", "C5")
def test_what_a_system_no_longer_has_to_report_is_named_while_it_is_accepted(kept: World) -> None:
    """A system that counted as scoring reports nothing any more, with two people's word: the checks that do
    not ask it say so, by name and with the reason."""
    reference = live_system(kept, "chat-assist", **SCORES)
    kept.move("stig", reference, "revise")
    why = "It has stopped to score while the model is trained anew."
    kept.amend("stig", reference, output_kinds=[], change_reason=why, accepted_until=kept.day(20))
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    row = covered(kept, "9.1", "accuracy")
    assert (row["silent"], row["excluded"]) == (0, 1), "left out by name"
    assert "trained anew" in kept.page("viola", "/requirements/iso42001:9.1/")


@attempt("A3", "C1")
@pytest.mark.parametrize(
    ("field", "value", "check"),
    [
        ("lifecycle", "suspended", "risks-assessed"),
        ("lifecycle", "retired", "systems-owned"),
        ("sourcing", "open source", "data-registered"),
        ("technique", "rules", "data-registered"),
        ("autonomy", "acts alone", "override-rate"),
    ],
)
def test_whatever_takes_a_system_out_of_a_population_ends(
    kept: World, field: str, value: str, check: str
) -> None:
    """A system with everything that is asked of it is described anew so that nobody asks again."""
    system = kept.of("ai-system")
    more = {"output_kinds": ["score"], "not_reported": [], "not_reported_why": ""}
    if field == "autonomy":
        kept.move("stig", system, "revise")
        kept.amend("stig", system, **more)
        kept.approve(system, by="ingrid", author="stig")
    if value == "retired":  # what is in use of it ends first
        kept.amend("mina", kept.of("deployment"), ended_on=kept.day(0))
        kept.move("mina", kept.of("deployment"), "end", reason="It is switched off.")
    says = "does not ask this system any more" if field == "autonomy" else "takes nothing today"
    approve_easing(kept, system, says=says, **{field: value})
    assert check in kept.record(system)["values"]["eases"]


@attempt("F1", "F2")
def test_a_class_that_speaks_against_exclusions_is_not_dropped_in_passing(kept: World) -> None:
    """While nothing is excluded yet, the class under the law is lowered; the exclusion is to follow."""
    reference = live_system(
        kept, "credit-score", eu_class="high-risk use", eu_role="provider", effect="legal or similar"
    )
    approve_easing(kept, reference, eu_class="no special duties", eu_basis="Looked at again by legal.")
    assert "soa-complete" in kept.record(reference)["values"]["eases"]
