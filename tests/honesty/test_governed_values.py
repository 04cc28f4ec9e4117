"""Making checks easier by what nobody thought of as a value: days of work, types, authority, criteria."""

from __future__ import annotations

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import approved, live_system, suspicion
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The supplier delivers a month later."


def plan(world: World, days: int = 10) -> str:
    """A treatment that two people approved, due so many days from now; its reference."""
    return approved(
        world, "treatment", title="Call back every tenth claim", risks=[world.listed("risk")[0]["reference"]],
        option="reduce", controls=[], own_controls="A second look at every tenth claim.",
        action="Sample every tenth proposal and look at it a second time.", due=world.day(days),
        measure="Share of proposals that the second look changes.", owner=world.people["stig"].handle,
    )  # fmt: skip


@attempt("G.treatments-in-time", "C3")
def test_the_day_of_a_treatment_is_not_moved_in_passing(kept: World) -> None:
    """On the evening before, two people give a treatment another two months; then it lies."""
    reference = plan(kept)
    kept.wait(days=9)
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, due=kept.day(60))
    refused = kept.try_move("stig", reference, "submit")
    assert refused.status == 409
    assert [row for row in refused.remedies if row.startswith("say until when")], refused.text
    kept.amend("stig", reference, change_reason=WHY, accepted_until=kept.day(20))
    kept.approve(reference, by="ingrid", author="stig")
    assert "Treatments are carried out" in kept.page("ingrid", f"/records/{reference}/")
    kept.wait(days=5)
    kept.flow()
    (seen,) = kept.results("treatments-in-time")[:1]
    assert WHY in seen["reason"] or seen["excluded"] == 1, "it is named among what is left out"
    kept.wait(days=16)
    assert kept.seen("8.3").names(reference, "not confirmed since")


@attempt("G.treatments-in-time")
def test_a_treatment_that_was_carried_out_after_all_is_not_held_against_anybody(kept: World) -> None:
    """Nobody cheats: the later day was kept, and what is done is asked for no less."""
    reference = plan(kept)
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, due=kept.day(20), change_reason=WHY, accepted_until=kept.day(20))
    kept.approve(reference, by="ingrid", author="stig")
    kept.wait(days=15)
    kept.move("stig", reference, "carry-out")
    kept.wait(days=10)
    kept.flow()
    assert not [row for row in kept.get("stig", "tasks")["items"] if row["task"] == "easing lapsed"]
    assert not kept.seen("8.3").names(reference, "not confirmed since")


@attempt("G.documents-reviewed", "G.documents-asked")
def test_a_document_does_not_become_a_report_that_nobody_reviews(kept: World) -> None:
    """Its review is near, so a process description becomes a report, and its owner is taken off meanwhile."""
    document = approved(kept, "document", title="How calls are handled", type="process", origin="own",
                        version="1", next_review=kept.day(5), owner=kept.people["cora"].handle)  # fmt: skip
    kept.move("cora", document, "revise")
    kept.amend("cora", document, type="report", owner=None)
    refused = kept.try_move("cora", document, "submit")
    assert refused.status == 409
    assert [row for row in refused.remedies if row.startswith("say until when")], refused.text


@attempt("E5")
def test_an_authority_is_not_widened_without_what_it_would_have_allowed(kept: World) -> None:
    """Reviewers may dismiss what is minor; a new version lets them leave out controls, as if in passing."""
    reference = approved(
        kept, "authority", by="ingrid", title="Reviewers", position="reviewer", acts=["dismiss"],
        grade="minor", basis="Decision of the board of 12 January.", valid_until=kept.day(200),
    )  # fmt: skip
    kept.move("mina", reference, "revise")
    kept.amend("mina", reference, acts=["dismiss", "exclude control"], back_test="It changes nothing.")
    kept.move("mina", reference, "submit")
    page = kept.page("ingrid", f"/records/{reference}/")
    assert "It changes nothing." not in page
    assert "decisions of the last 365 days that take an authority, it would have allowed" in page
    kept.move("ingrid", reference, "approve")
    assert "before this 0" in kept.record(reference)["values"]["back_test"]


@attempt("F5", "E5")
def test_a_milder_matrix_says_what_it_makes_of_the_risks(kept: World) -> None:
    """Nothing may be accepted above *elevated*, so the matrix calls everything low."""
    mild = "\n".join(["low, low, low, low, low"] * 5)
    reference = kept.make("risk-criteria", matrix=mild, next_review=kept.day(30))
    kept.move("mina", reference, "submit")
    said = kept.record(reference)["values"]["back_test"]
    assert "would read a lower level" in said
    assert " 0 would read a lower level" not in said
    kept.move("ingrid", reference, "approve")
    assert not kept.good("6.1.2"), "each risk is judged anew by the criteria in force"


@attempt("D4", "G.policy-in-date")
def test_a_longer_interval_does_not_last_for_ever(kept: World) -> None:
    """Two people agree that a policy may be reviewed every five years, and never look at that again."""
    told = {
        "title": "Longer",
        "subject": "policy.next_review",
        "months": 60,
        "reason": "Nothing changes here.",
    }
    assert kept.try_create("mina", "longest-interval", **told, valid_until=kept.day(2000)).refused
    reference = kept.create("mina", "longest-interval", **told, valid_until=kept.day(20))
    kept.approve(reference, by="ingrid")
    policy = kept.listed("policy")[0]["reference"]
    kept.move("mina", policy, "revise")
    kept.amend("mina", policy, next_review=kept.day(1500))
    kept.approve(policy, by="ingrid")
    assert kept.seen("5.2").good
    kept.wait(days=21)
    assert not kept.seen("5.2").good, "the interval has ended, and the review lies too far ahead"


@attempt("E2", "G.nonconformities-in-time")
def test_nobody_puts_a_finding_off_out_of_sight_alone(kept: World) -> None:
    """A manager without any part in it gives the finding almost two years, then takes its day away."""
    reference = suspicion(kept)
    kept.move("sara", reference, "confirm")
    for day in (kept.day(700), None):
        assert kept.try_amend("tove", reference, due=day).refused
    kept.amend("tove", reference, due=kept.day(29))
    own = kept.create(
        "cora", "nonconformity", title="Nobody reads the weekly report", source="observation",
        description="Of eight weekly reports four were opened by nobody.", own_rule="Rule 12",
        detected_on=kept.day(-1), due=kept.day(20), owner=kept.people["cora"].handle,
    )  # fmt: skip
    assert kept.try_amend("cora", own, due=kept.day(700)).refused


@attempt("B7")
def test_what_is_mended_in_a_system_needs_no_end(kept: World) -> None:
    """Nobody cheats: a system without a way to stop it gets one, and nobody is asked until when."""
    system = live_system(kept, "letter-drafts", stop_procedure="", human_oversight="", purpose="")
    assert not kept.seen("A.9.2").good
    kept.move("stig", system, "revise")
    kept.amend(
        "stig", system, purpose="Drafts letters to customers, which a person sends.",
        human_oversight="Each draft is read and sent by a clerk.",
        stop_procedure="The clerk writes it by hand.",
    )  # fmt: skip
    kept.approve(system, by="ingrid", author="stig")
    assert kept.record(system)["values"]["eases"] == ""


@attempt("E2", "G.nonconformities-in-time")
def test_an_action_that_nobody_carries_out_keeps_no_finding_in_time(kept: World) -> None:
    """A cause and an approved action quieten the finding; then the action lies, and its day is moved."""
    finding = suspicion(kept)
    action = approved(
        kept, "corrective-action", title="Name a reader", nonconformity=finding,
        cause="The report has no reader by name.", action="Name a reader for each week.", due=kept.day(10),
        effectiveness_measure="Who opened the report.", owner=kept.people["cora"].handle,
    )  # fmt: skip
    kept.move("cora", action, "revise")
    kept.amend("cora", action, due=kept.day(300))
    refused = kept.try_move("cora", action, "submit")
    assert refused.status == 409
    assert [row for row in refused.remedies if row.startswith("say until when")], refused.text
    kept.move("sara", finding, "confirm")
    kept.wait(days=12)
    kept.flow()
    assert kept.seen("10.2").names(finding, action)
