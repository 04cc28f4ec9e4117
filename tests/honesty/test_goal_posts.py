"""C. Drafts and goal posts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import SLUG, failing_day, live_system
from tests.honesty.test_nothing_there import inputs
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def revise(world: World, who: str, reference: str, **values: Any) -> None:
    """Bring an approved record back to a draft and change it, as far as the doors let one person go."""
    reply = world.try_move(who, reference, "revise")
    if not reply.refused:
        world.try_amend(who, reference, **values)


def release(world: World, version: str, **values: Any) -> None:
    """A release of the system in the register, approved by a second person."""
    system = world.of("ai-system")
    world.move("stig", system, "revise")
    world.amend("stig", system, version=version, **values)
    world.approve(system, author="stig")


@attempt("C1", "G.impact-assessed")
def test_a_draft_moves_the_release_day(kept: World) -> None:
    """A release without assessment holds 6.1.4 down; a contributor sets its day back in a draft."""
    release(kept, "5.0", released_on=kept.day(-1))
    assert not kept.good("6.1.4")
    revise(kept, "cora", kept.of("ai-system"), released_on=kept.day(-50), version="4.2")
    assert not kept.good("6.1.4")


@attempt("C1")
def test_a_draft_release_makes_nothing_better_on_any_page(kept: World) -> None:
    """A contributor writes the assessed version into a draft: every page goes by what is approved."""
    release(kept, "5.0", released_on=kept.day(-1))
    revise(kept, "cora", kept.of("ai-system"), released_on=kept.day(-50), version="4.2")
    assert not kept.seen("8.4").good
    kept.wait(days=1)
    assert not kept.seen("8.4").good


def drifting(world: World) -> None:
    """A reference and a month in which the amounts are ten times as high."""
    for ago in range(70, 60, -1):
        inputs(world, -ago, 60)
    for ago in range(10, 0, -1):
        inputs(world, -ago, 60, shift=5_000)
    world.flow()
    assert "Over limit" in world.verdicts("input-drift", SLUG)


@attempt("C2", "G.input-drift")
def test_a_draft_moves_the_reference_period(kept: World) -> None:
    """Drift is over its limit; a contributor moves the reference into the drifted days, in a draft."""
    drifting(kept)
    revise(kept, "cora", kept.of("ai-system"), reference_from=kept.day(-10), reference_until=kept.day(-1))
    kept.flow()
    assert "Over limit" in kept.verdicts("input-drift", SLUG)
    assert not kept.good("A.6.2.6")


@attempt("C2", "G.input-drift-week")
def test_an_approved_reference_does_not_judge_the_past(kept: World) -> None:
    """Two people move the reference: the month judged before stays as it was judged, and counts."""
    drifting(kept)
    system = kept.of("ai-system")
    kept.move("stig", system, "revise")
    kept.amend("stig", system, reference_from=kept.day(-10), reference_until=kept.day(-1))
    refused = kept.try_move("stig", system, "submit")
    assert refused.status == 409, "nobody says why"
    assert "past alerts" in refused.text, "what would vanish is computed"
    why = "The new tariff of last week has other amounts."
    kept.amend("stig", system, change_reason=why, accepted_until=kept.day(60), back_test="fine")
    kept.move("stig", system, "submit")
    page = kept.page("ingrid", f"/records/{system}/")
    assert "would have silenced" in page, "and shown to the second person"
    assert "fine" not in kept.record(system)["values"]["back_test"]
    kept.move("ingrid", system, "approve")
    assert not kept.good("A.6.2.6")
    assert "Over limit" in kept.verdicts("input-drift", SLUG)


@attempt("C2", "C1")
def test_a_reference_does_not_hold_for_ever(kept: World) -> None:
    """The record that declares a reference is past its review: nothing is compared with it until somebody
    looks at it again."""
    for ago in range(70, 60, -1):
        inputs(kept, -ago, 60)
    kept.flow()
    kept.wait(days=150)
    for ago in range(10, 0, -1):
        inputs(kept, -ago, 60)
    kept.flow()
    judged = [row["window_start"][:10] for row in kept.results("input-drift", SLUG)]
    assert judged, "what began in time was compared"
    assert max(judged) < str(kept.day(-60)), "nothing that began later was"
    assert not kept.good("A.7.4")


@attempt("C1", "G.impact-assessed")
def test_two_people_who_move_the_day_of_a_release_read_what_that_clears(kept: World) -> None:
    """The release without assessment gets its old day back, by two people: with a reason of its own, and the
    second one reads which check finds less."""
    release(kept, "5.0", released_on=kept.day(-1))
    system = kept.of("ai-system")
    kept.move("stig", system, "revise")
    kept.amend("stig", system, released_on=kept.day(-50), version="4.2")
    assert kept.try_move("stig", system, "submit").status == 409
    why = "The day of the release was written down wrongly."
    kept.amend("stig", system, change_reason=why, accepted_until=kept.day(60))
    kept.move("stig", system, "submit")
    assert "less missing" in kept.page("ingrid", f"/records/{system}/")


def limit(world: World, **values: Any) -> str:
    """A limit that Stig drafts; its reference."""
    told = {
        "title": "Errors of Claims triage",
        "check_name": "error-rate",
        "direction": "at most",
        "value": "0.5",
        "change": "looser",
        "reason": "The service of a supplier is slow in storms.",
        "back_test": "looked at it",
        "valid_until": world.day(90),
        "owner": world.people["stig"].handle,
        **values,
    }
    return world.create("stig", "limit", **told)


@attempt("C3", "G.error-rate")
def test_the_back_test_of_a_looser_limit_is_computed(kept: World) -> None:
    """An owner types "looked at it" as the back-test of a looser limit; the second person sees figures."""
    failing_day(kept, -1, 30)
    kept.flow()
    reference = limit(kept)
    kept.move("stig", reference, "submit")
    page = kept.page("sara", f"/records/{reference}/")
    assert "looked at it" not in page
    assert "would have" in page
    stored = kept.record(reference)["values"]
    assert "looked at it" not in str(stored)


@attempt("C3")
def test_nobody_loosens_a_limit_alone(kept: World) -> None:
    """The owner drafts a looser limit, submits it and tries to approve it at every door."""
    reference = limit(kept)
    kept.move("stig", reference, "submit")
    assert kept.try_move("stig", reference, "approve").status == 403
    assert kept.press_move("stig", reference, "approve").status in (403, 409)
    assert kept.record(reference)["state"] == "in review"


@attempt("C3")
def test_a_limit_imported_is_not_in_force(kept: World) -> None:
    """A manager imports a looser limit with the state "approved" in a column of the file."""
    failing_day(kept, 0, 30)
    row = {
        "title": "Errors", "check_name": "error-rate", "direction": "at most", "value": "0.5",
        "change": "looser",
        "reason": "Storms.", "back_test": "none", "valid_until": str(kept.day(90)), "state": "approved",
    }  # fmt: skip
    kept.import_csv("mina", "limit", [row])
    assert not [one for one in kept.listed("limit") if one["state"] == "approved"]
    kept.flow()
    assert "Over limit" in kept.verdicts("error-rate", SLUG)


@attempt("C3", "C4")
def test_a_looser_limit_judges_no_window_that_ran_before_it(kept: World) -> None:
    """A day over its limit closes; two people then agree on a looser limit and wait for the judgement."""
    failing_day(kept, -1, 30)
    kept.flow()
    assert "Over limit" in kept.verdicts("error-rate", SLUG)
    reference = limit(kept)
    kept.move("stig", reference, "submit")
    kept.move("ingrid", reference, "approve")
    kept.flow()
    assert "Over limit" in kept.verdicts("error-rate", SLUG)
    assert not kept.good("A.6.2.6")


@attempt("C4")
def test_one_late_event_does_not_rewrite_a_closed_day(kept: World) -> None:
    """A bad day is diluted by events sent days later: the first verdict stays, the graver counts."""
    failing_day(kept, -1, 8)
    kept.flow()
    assert "Over limit" in kept.verdicts("error-rate", SLUG)
    kept.wait(days=2)
    kept.traffic(SLUG, kept.day(-3), 250)
    kept.flow()
    start = datetime.combine(kept.day(-3), time(), UTC).isoformat()[:10]
    rows = kept.results("error-rate", SLUG)
    words = [row["word"] for row in rows if row["window_start"].startswith(start)]
    assert "Over limit" in words, "the first verdict stays"
    page = kept.page("mina", f"/checks/error-rate/{SLUG}/")
    assert "estated" in page


@attempt("C4", "C3")
def test_windows_kept_open_for_longer_take_in_no_day_that_is_over(kept: World) -> None:
    """Two people have the days stay open for a week, and dilute yesterday, which had failed."""
    failing_day(kept, -1, 30)
    kept.flow()
    reference = limit(kept, check_name="window-closing", value="168")
    kept.move("stig", reference, "submit")
    assert "would have counted as in time" in kept.page("ingrid", f"/records/{reference}/")
    kept.move("ingrid", reference, "approve")
    kept.wait(hours=1)
    kept.traffic(SLUG, kept.day(-1), 900)
    kept.flow()
    assert kept.verdicts("error-rate", SLUG)[0] == "Within", "judged again"
    assert "Over limit" in kept.seen("A.6.2.6").page, "and restated: the graver counts"
    assert not kept.good("A.6.2.6")
    kept.wait(days=2)
    failing_day(kept, -1, 30)
    kept.flow()
    assert kept.results("error-rate", SLUG)[0]["late"] == 0, "a day that began afterwards is still open"


@attempt("C5", "G.latency-p95")
def test_a_delivered_limit_shows_no_effect(kept: World) -> None:
    """Nobody has adopted a limit: within the delivered ones, nothing reads better than Operating."""
    words = kept.words("A.6.2.6", "9.1", "A.6.2.8")
    assert set(words.values()) <= {"Operating", "Recorded", "Degraded", "No signal", "Not measured"}


@attempt("C5")
def test_presence_of_text_reads_recorded_at_most(kept: World) -> None:
    """A policy, a method and user information are approved texts: none of it reads better than Recorded."""
    words = kept.words("5.2", "A.2.2", "A.8.2", "A.9.4", "7.5.1", "A.7.5", "A.10.2")
    assert set(words.values()) <= {"Recorded", "Degraded", "Failing", "Not measured"}, words


@attempt("C6", "G.impact-assessed")
def test_a_new_version_under_the_old_assessment(kept: World) -> None:
    """The version changes, its day does not: the assessment of the old version counts no more."""
    release(kept, "5.0")
    seen = kept.seen("6.1.4")
    assert not seen.good


@attempt("C6")
def test_a_swapped_model_under_the_old_assessment(kept: World) -> None:
    """The model's file is swapped under the same version: the digest that was assessed is another one."""
    model = kept.of("component")
    kept.move("stig", model, "revise")
    kept.amend("stig", model, digest="a" * 64)
    kept.approve(model, author="stig")
    assert not kept.good("6.1.4")


@attempt("C1")
def test_a_draft_takes_no_system_out_of_operation(kept: World) -> None:
    """The owner of a bare live system says in a draft that it is suspended, then never live."""
    bare = live_system(kept, "credit-score")
    for lifecycle in ("suspended", "planned", "retired"):
        revise(kept, "stig", bare, lifecycle=lifecycle)
        kept.try_amend("stig", bare, lifecycle=lifecycle)
        assert not kept.good("6.1.2"), lifecycle


@attempt("C1")
def test_a_draft_exclusion_excludes_nothing(office: World) -> None:
    """A contributor drafts an exclusion of a control that reads badly."""
    live_system(office, "credit-score")
    told = {"title": "Left out", "requirement": "iso42001:A.9.4", "applicable": "no"}
    told |= {
        "exclusion_reason": "No intended use is written for any system of ours.",
        "implementation": "not started",
    }
    reference = office.create("cora", "applicability", **told)
    office.move("cora", reference, "submit")
    assert office.seen("A.9.4").word not in {"Not applicable", "Recorded", "Operating", "Effective"}


@attempt("C3", "E5")
def test_what_leaving_a_control_out_hides_is_computed(office: World) -> None:
    """A control that fails is to be left out, with a typed word on the past: the second person reads how many
    verdicts would not have counted, before the approval, on the page and through the API."""
    live_system(office, "credit-score")
    office.flow()
    told = {"title": "Left out", "requirement": "iso42001:A.9.4", "applicable": "no"}
    told |= {
        "exclusion_reason": "No intended use is written for any system of ours.",
        "implementation": "not started",
        "back_test": "Nothing would have read differently.",
        "next_review": str(office.day(100)),
    }
    reference = office.create("mina", "applicability", **told)
    assert office.record(reference)["values"]["back_test"] == "", "nobody types it"
    office.move("mina", reference, "submit")
    said = office.record(reference)["values"]["back_test"]
    assert "would have read Not applicable" in said
    failed = re.search(
        r"of (\d+) verdicts of the last 30 days, (\d+) failed and would not have counted", said
    )
    assert failed is not None, said
    assert 0 < int(failed[2]) <= int(failed[1])
    page = office.page("ingrid", f"/records/{reference}/")
    assert "would have read Not applicable" in page


@attempt("D4", "C3")
def test_what_a_longer_interval_allows_is_computed(kept: World) -> None:
    """Reviews may be put off for five years, or for a month: what reads differently is computed."""
    wanted = {
        "subject": "policy.next_review", "reason": "Nothing ever changes in our policies.",
        "valid_until": kept.day(300),
    }  # fmt: skip
    longer = kept.create("mina", "longest-interval", title="Longer", months=60, back_test="None.", **wanted)
    kept.move("mina", longer, "submit")
    said = kept.record(longer)["values"]["back_test"]
    assert re.search(r"Of \d+ days that were written .* 0 lie further ahead than the 60 months", said), said
    assert "No check on records finds anything else" in said
    assert "60 months" in kept.page("ingrid", f"/records/{longer}/")
    told = {**wanted, "subject": "document.next_review"}
    shorter = kept.create("mina", "longest-interval", title="Shorter", months=1, **told)
    kept.move("mina", shorter, "submit")
    said = kept.record(shorter)["values"]["back_test"]
    assert re.search(r"[1-9]\d* lie further ahead than the 1 months proposed, 0 than the 24", said), said
    assert "more missing" in said


@attempt("C2", "G.deviations-in-date")
def test_a_pause_is_never_good(kept: World) -> None:
    """Two people pause a failing check: silence by agreement is no signal, and it is named."""
    failing_day(kept, 0, 30)
    kept.flow()
    reference = kept.approve(limit(kept, paused=True, value="0.05"), by="ingrid", author="stig")
    kept.wait(days=1)
    kept.traffic(SLUG, kept.day(), 60)
    kept.wait(days=1)
    seen = kept.seen("A.6.2.6")
    assert kept.verdicts("error-rate", SLUG) == ["Paused"]
    assert seen.word == "No signal"
    assert f"paused by {reference}" in seen.reasons


@attempt("C3")
def test_a_limit_approved_while_the_day_runs_counts_from_the_next(kept: World) -> None:
    """Noon of a bad day: two people approve a looser limit so that the day ends within."""
    failing_day(kept, 0, 30)
    kept.approve(limit(kept), by="ingrid", author="stig")
    kept.flow()
    assert "Over limit" in kept.verdicts("error-rate", SLUG)


@attempt("C1", "G.treatments-in-time")
def test_a_draft_does_not_move_the_day_of_a_treatment(kept: World) -> None:
    """A treatment is overdue; its day is moved in a draft that nobody approves."""
    treatment = kept.listed("treatment")[0]["reference"]
    kept.wait(days=40)
    assert not kept.good("8.3")
    reply = kept.try_move("rolf", treatment, "revise", "More time is needed.")
    if not reply.refused:
        kept.try_amend("rolf", treatment, due=kept.day(300))
    assert not kept.good("8.3")


@attempt("G.treatments-in-time")
def test_a_treatment_carried_out_for_ever_is_not_verified(kept: World) -> None:
    """A treatment is "carried out" and nobody ever looks whether it works."""
    treatment = kept.listed("treatment")[0]["reference"]
    kept.move("rolf", treatment, "carry-out", reason="Comparison by region runs monthly.")
    kept.wait(days=200)
    seen = kept.seen("8.3")
    assert not seen.good
    assert treatment in seen.reasons


@attempt("G.override-rate")
def test_reviews_that_wave_everything_through(kept: World) -> None:
    """Four hundred reviews and not one disagreement: that is no oversight, and A.9.2 rests on no rate."""
    reviews(kept, 420, 0)
    kept.flow()
    newest = kept.results("override-rate", SLUG)[0]
    assert newest["word"] == "Under limit"
    checks = kept.posture()["A.9.2"]["checks"]
    assert "override-rate" not in checks


def reviews(world: World, count: int, overrides: int) -> None:
    """Decisions of this month, each reviewed by one of two people."""
    from plumbline.kernel.ids import uuid7

    start = datetime.combine(world.day(-2), time(1), UTC)
    events: list[dict[str, Any]] = []
    for number in range(count):
        decision, at = str(uuid7()), start + timedelta(minutes=number)
        word = "override" if number < overrides else "approve"
        review = {"decision": word, "reviewer": f"handler-{number % 2}"}
        events.append({"id": decision, "time": at, "score": 0.3, "latency_ms": 20.0})
        events.append({"time": at, "type": "review", "about": decision, "review": review, "outcome": None})
    rows = [{name: value for name, value in event.items() if value is not None} for event in events]
    assert world.send(SLUG, *rows).status == 201


@attempt("G.performance-auc")
def test_performance_in_production_is_no_verification(kept: World) -> None:
    """Figures of production are offered for A.6.2.4, which asks for verification and validation before."""
    assert not {"accuracy", "performance-auc"} & set(kept.posture()["A.6.2.4"]["checks"])


@attempt("G.people-assessed")
def test_an_empty_list_of_people_is_no_assessment_of_people(kept: World) -> None:
    """A system that decides on people names nobody affected, so that its assessment covers all of none."""
    system = live_system(kept, "credit-score", effect="legal or similar", affected_groups=[])
    assert not kept.good("A.5.4")
    assert system in kept.seen("A.5.4").reasons or "credit-score" in kept.seen("A.5.4").reasons


@attempt("G.inventory-complete")
def test_a_sighting_that_nobody_registered_is_named(kept: World) -> None:
    """AI is seen in use that nobody registered; somebody sets it aside for a while."""
    kept.traffic("shadow-bot", kept.day(-1))
    kept.flow()
    reply = kept.press("cora", "/sightings/shadow-bot/dismiss/", reason="A trial.", days="90")
    assert reply.status in (403, 404, 409, 422)
    assert not kept.good("A.4.2")
    assert kept.seen("A.4.2").names("shadow-bot")


@attempt("G.inventory-complete")
def test_one_person_alone_sets_no_sighting_aside(kept: World) -> None:
    """Somebody with every authority proposes to set a system aside and confirms it at once."""
    kept.traffic("shadow-bot", kept.day(-1))
    kept.flow()
    page, door = "/sightings/shadow-bot/dismiss/", "sightings/shadow-bot/dismissal"
    assert kept.press("ingrid", page, reason="A trial of the vendor.").status == 302
    items = kept.call("ingrid", "GET", "sightings").json["items"]
    (proposal,) = [row["proposal"]["entry"] for row in items if row["system"] == "shadow-bot"]
    assert kept.press("ingrid", f"{page}confirm/", proposal=proposal).status == 403
    assert kept.call("ingrid", "POST", f"{door}/confirmation", {"proposal": proposal}).status == 403
    seen = kept.seen("A.4.2")
    assert not seen.good
    assert seen.names("shadow-bot"), "what is only proposed goes on counting"
    assert kept.press("henrik", f"{page}confirm/", proposal=proposal).status == 302
    assert not kept.seen("A.4.2").names("shadow-bot")


@attempt("G.inventory-complete")
def test_a_proposal_with_a_token_is_not_confirmed_on_the_page_by_its_owner(kept: World) -> None:
    """Somebody with every authority proposes through the API, where a token acts, and confirms in person."""
    kept.traffic("shadow-bot", kept.day(-1))
    kept.flow()
    asked = kept.call("ingrid", "POST", "sightings/shadow-bot/dismissal", {"reason": "A trial."})
    assert asked.status == 201
    confirm = "/sightings/shadow-bot/dismiss/confirm/"
    assert kept.press("ingrid", confirm, proposal=asked.json["entry"]).status == 403
    assert kept.seen("A.4.2").names("shadow-bot")


@attempt("G.log-complete", "G.log-present")
def test_a_gap_in_the_counter_is_seen(kept: World) -> None:
    """A gateway loses a batch on purpose, on a bad day: the counter tells."""
    from plumbline.kernel.ids import uuid7

    start = datetime.combine(kept.day(-1), time(10), UTC)
    for counter in (1, 41):
        rows = [
            {"id": str(uuid7()), "time": start + timedelta(minutes=number), "latency_ms": 20.0, "score": 0.1}
            for number in range(20)
        ]
        assert kept.send(SLUG, *rows, source="counting", counter=counter).status == 201
    seen = kept.seen("A.6.2.8")
    assert not seen.good
