"""D. Time: proofs before the act, things done in the future, dates decades away, ages of the wrong thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import SLUG, corrected, failing_day, live_system, proposed_action
from tests.honesty.test_text_for_acts import attest, put_in_force
from tests.honesty.world import Reply, World

from plumbline.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


def verified(world: World, action: str, *between: Callable[[], None]) -> Reply:
    """Take an action to its verification, with acts between its carrying out and that; the first refusal."""
    for who, step in (("stig", "submit"), ("sara", "approve"), ("stig", "carry-out")):
        reply = world.try_move(who, action, step)
        if reply.refused:
            return reply
    for act in between:
        act()
    world.flow()
    return world.try_move("sara", action, "verify")


@attempt("D1", "G.actions-effective")
def test_a_proof_period_before_the_action_proves_nothing(kept: World) -> None:
    """The proof period lies a month back; after the carrying out, ninety events are dated into it."""
    found = corrected(kept)
    action = proposed_action(kept, found, effectiveness_from=kept.day(-30), effectiveness_until=kept.day(-28))

    def back_dated() -> None:
        for day in (-30, -29, -28):
            kept.traffic(SLUG, kept.day(day), 30)

    reply = verified(kept, action, back_dated)
    assert reply.refused
    assert kept.record(action)["state"] != "verified"


@attempt("D1")
def test_events_dated_forward_into_the_proof_do_not_count(kept: World) -> None:
    """Good events are dated after the carrying out but sent before it took place."""
    found = corrected(kept)
    action = proposed_action(
        kept, found, effectiveness_from=kept.day(), effectiveness_until=kept.day(), minimum_results=1
    )
    kept.traffic(SLUG, kept.day(), 300)
    reply = verified(kept, action, lambda: kept.wait(days=1))
    assert reply.refused
    assert kept.record(action)["state"] != "verified"


@attempt("D1")
def test_later_data_does_prove_it(kept: World) -> None:
    """Nobody cheats: days pass, good events happen and arrive, and the action is verified by them."""
    found = corrected(kept)
    action = proposed_action(kept, found)

    def good_days() -> None:
        for _ in range(3):
            kept.wait(days=1)
            kept.traffic(SLUG, kept.day(), 60)
            kept.flow()
        kept.wait(days=1)

    reply = verified(kept, action, good_days)
    assert reply.status == 200, reply.text
    assert kept.record(action)["state"] == "verified"


@attempt("D2")
def test_a_check_that_never_failed_proves_nothing(kept: World) -> None:
    """An action against errors is proved by the latency, which has been within its limit all the time."""
    found = corrected(kept)
    action = proposed_action(kept, found, effectiveness_check="latency-p95")

    def good_days() -> None:
        for _ in range(3):
            kept.wait(days=1)
            kept.traffic(SLUG, kept.day(), 60)
        kept.wait(days=1)

    assert verified(kept, action, good_days).refused


@attempt("D2")
def test_a_proof_under_a_looser_limit_proves_nothing(kept: World) -> None:
    """The check failed at 5 %; its limit is loosened to 50 % before the days of the proof."""
    from tests.honesty.test_goal_posts import limit

    found = corrected(kept)
    action = proposed_action(kept, found)

    def bad_days_under_a_looser_limit() -> None:
        kept.approve(limit(kept), by="ingrid", author="stig")
        for _ in range(3):
            kept.wait(days=1)
            failing_day(kept, 0, 20)
        kept.wait(days=1)

    assert verified(kept, action, bad_days_under_a_looser_limit).refused


FUTURE = (
    ("supplier", "assessed_on"),
    ("nonconformity", "detected_on"),
    ("risk", "assessed_on"),
    ("impact-assessment", "assessed_on"),
    ("dataset", "acquired_on"),
    ("indicator", "measured_on"),
    ("management-review", "held_on"),
    ("attestation", "period_until"),
)


@attempt("D3", "D4", "G.suppliers-assessed")
@pytest.mark.parametrize(("kind", "field"), FUTURE, ids=[f"{kind}.{field}" for kind, field in FUTURE])
def test_what_was_done_lies_in_the_past(office: World, kind: str, field: str) -> None:
    """Somebody records as done what lies two years ahead: refused at that field, with a remedy."""
    from plumbline.records import examples, kinds

    later = {"due": None, "period_from": office.day(-10), "period_until": office.day(-1), "next_review": None}
    later |= {"accepted_until": office.day(900), "valid_until": office.day(900), "covers_until": None}
    later |= {"covers_from": None, field: office.day(730)}
    known = {entry.name for entry in kinds.get(kind).model._meta.get_fields()}
    changed = {name: value for name, value in later.items() if name in known}
    told = examples.values_of(kinds.get(kind), office.of, changed)
    reply = office.try_create(
        "mina", kind, **{name: value for name, value in told.items() if value is not None}
    )
    assert reply.status == 422, reply.text
    assert field in [fault["field"] for fault in reply.json["errors"]]


@attempt("D3", "G.suppliers-assessed")
def test_a_draft_assessment_of_a_supplier_does_not_count(kept: World) -> None:
    """A contributor drafts the assessment of a supplier behind a live system; nobody has approved it."""
    told = {"title": "Text Models Ltd", "supplies": ["models"], "diligence": "suitable", "importance": "high"}
    told |= {
        "assessed_on": kept.day(-1),
        "assessment": "Questionnaire and two references.",
        "contract": "2026/7",
    }
    told |= {"responsibilities": "They host, we decide.", "contract_until": kept.day(300)}
    supplier = kept.create("cora", "supplier", **told)
    live_system(kept, "letter-drafts", sourcing="bought", supplier=supplier)
    assert not kept.good("A.10.3", "A.10.2")


DECADES = (
    ("document", "next_review"),
    ("risk", "next_review"),
    ("risk", "accepted_until"),
    ("impact-assessment", "next_review"),
    ("ai-system", "next_review"),
    ("dataset", "next_review"),
    ("supplier", "next_review"),
    ("attestation", "valid_until"),
    ("deviation", "expires_on"),
    ("applicability", "next_review"),
    ("limit", "valid_until"),
    ("nonconformity", "due"),
    ("corrective-action", "due"),
    ("treatment", "due"),
    ("objective", "due"),
)


@attempt("D4")
@pytest.mark.parametrize(("kind", "field"), DECADES, ids=[f"{kind}.{field}" for kind, field in DECADES])
def test_nothing_is_put_off_for_decades(office: World, kind: str, field: str) -> None:
    """A date that somebody has to keep is set fifty years ahead: refused, when written or when approved."""
    from plumbline.records import kinds

    assert field in {entry.name for entry in kinds.get(kind).model._meta.get_fields()}
    far: dict[str, Any] = {field: office.day(50 * 365)}
    if kind in ("risk", "nonconformity"):
        reply = far_step(office, kind, far)
    elif kind == "attestation":
        told = {
            "period_from": office.day(-20),
            "period_until": office.day(-1),
            "owner": office.people["mina"].handle,
        }
        reference = office.try_create("mina", kind, **example(office, kind, told | far))
        reply = (
            reference
            if reference.refused
            else office.try_move("mina", reference.json["reference"], "finalise")
        )
    else:
        reply = put_in_force(office, kind, by="ingrid", **(dates(office, kind) | far))
    assert reply.refused, reply.text
    assert any(field == fault["field"] for fault in reply.json.get("errors", [])), reply.text


def dates(world: World, kind: str) -> dict[str, Any]:
    """Days of the example of a kind that must not lie where the example has them."""
    wanted = {"corrective-action": "due", "treatment": "due", "objective": "due", "deviation": "expires_on"}
    return {wanted[kind]: world.day(30)} if kind in wanted else {}


def example(world: World, kind: str, changed: dict[str, Any]) -> dict[str, Any]:
    """The example of a kind as the API takes it."""
    from plumbline.records import examples, kinds

    told = examples.values_of(kinds.get(kind), world.of, changed)
    return {name: value for name, value in told.items() if value is not None}


def far_step(world: World, kind: str, far: dict[str, Any]) -> Reply:
    """Take a risk to its acceptance, a nonconformity to its confirmation; the last answer."""
    near = {"accepted_until": world.day(90)} if kind == "risk" else {"due": world.day(30)}
    if kind == "risk":
        near |= {"response": "retain", "assessed_on": world.day(-1)}
    reply = world.try_create("mina", kind, **example(world, kind, near | far))
    if reply.refused:
        return reply
    reference = reply.json["reference"]
    steps = (("mina", "assess"), ("ingrid", "accept")) if kind == "risk" else (("sara", "confirm"),)
    for who, step in steps:
        reply = world.try_move(who, reference, step)
        if reply.refused:
            return reply
    return reply


@attempt("D5")
def test_the_last_day_counts_to_its_end(kept: World) -> None:
    """An attestation is valid until today: it counts this evening, and no more tomorrow."""
    attest(kept, "6.3", "Effective", valid_until=kept.day())
    kept.wait(hours=10)
    assert kept.posture()["6.3"]["attested"] == "Effective"
    kept.wait(hours=2)
    assert kept.posture()["6.3"]["attested"] is None


@attempt("D5")
def test_a_day_ends_where_the_organization_is(kept: World) -> None:
    """In Auckland today is tomorrow already: what was valid until today in UTC has ended there."""
    attest(kept, "6.3", "Effective", valid_until=kept.day())
    with clock.in_time_zone("Pacific/Auckland"):
        assert kept.posture()["6.3"]["attested"] is None
    kept.wait(hours=20)
    with clock.in_time_zone("Pacific/Honolulu"):
        assert kept.posture()["6.3"]["attested"] == "Effective"


@attempt("D5")
def test_the_command_line_names_the_day_of_the_organization(
    kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Honolulu a window that began at midnight in UTC began the day before: every door says so."""
    kept.flow()
    newest = kept.results("log-present", SLUG)[0]
    monkeypatch.setenv("PLUMBLINE_TIME_ZONE", "Pacific/Honolulu")
    with clock.in_time_zone("Pacific/Honolulu"):
        printed = kept.cli("results", "--check", "log-present", "--latest")
        begins = clock.day_of(clock.parse_rfc3339(newest["window_start"]))
    assert str(begins) < newest["window_start"][:10]
    assert str(begins) in printed
    assert newest["window_start"][:10] not in printed


@attempt("D6", "G.log-present")
def test_the_age_is_that_of_the_data(kept: World) -> None:
    """Events of four days ago are sent and judged now: nobody reads that they are minutes old."""
    kept.wait(days=4)
    kept.traffic(SLUG, kept.day(-4), 30)
    page = kept.seen("A.6.2.8").page
    assert f"data: {kept.day(-4):%d %b}" in page, "an older age is told by its day"
    assert re.search(r"(read|data):? [^.]{0,20}\b\d+ (s|min) (ago|old)", page) is None


@attempt("D6")
def test_a_silent_system_is_silent_after_its_cadence(kept: World) -> None:
    """A daily system stops sending; judging old data anew does not keep it good."""
    kept.wait(days=4)
    assert not kept.seen("A.6.2.8").good
    assert not kept.good("A.6.2.6")


@attempt("D1", "G.log-present")
def test_a_silent_day_is_not_filled_afterwards(kept: World) -> None:
    """A day passes without an event; two days later events are dated into it: they are marked late."""
    kept.wait(days=2)
    kept.flow()
    day = kept.day(-1)
    assert f"{day:%d %b %Y} Within" not in kept.page("mina", f"/checks/log-present/{SLUG}/")
    kept.traffic(SLUG, day, 30)
    kept.flow()
    rows = [row for row in kept.results("log-present", SLUG) if row["window_start"].startswith(str(day))]
    assert [row["late"] for row in rows if row["word"] == "Within"] == [30]
    page = kept.page("mina", f"/checks/log-present/{SLUG}/")
    assert re.search(rf"{day:%d %b %Y} .{{0,80}}\b30 late\b", page)


@attempt("D3")
def test_events_of_the_future_are_refused(kept: World) -> None:
    """A caller sends decisions dated next week, to look alive through the holidays."""
    start = datetime.combine(kept.day(7), time(9), UTC)
    reply = kept.send(
        SLUG, {"time": start, "outcome": "pay"}, {"time": start + timedelta(minutes=1), "outcome": "pay"}
    )
    assert reply.refused
    assert reply.remedies


@attempt("D4")
def test_an_import_puts_nothing_off_either(office: World) -> None:
    """The same by CSV: documents whose next review lies fifty years ahead."""
    rows = [
        {"title": "Process", "type": "process", "origin": "own", "next_review": str(office.day(50 * 365))}
    ]
    assert office.import_csv("mina", "document", rows).status == 200
    (planned,) = office.get("mina", "imports")
    (row,) = office.get("mina", f"imports/{planned['id']}/rows")["items"]
    (notice,) = row["notices"]
    assert (notice["field"], notice["text"]) == ("next_review", rows[0]["next_review"])
    assert "longest interval" in notice["message"]
    assert notice["remedy"]
    (record,) = office.listed("document")
    assert (record["state"], record["values"]["next_review"]) == ("draft", None), (
        "the row is in, the day is not"
    )


@attempt("D3", "G.impact-assessed")
def test_an_assessment_claims_no_approval_before_the_release(kept: World) -> None:
    """Approved today, the assessment says that it is in force since before the release that it assesses."""
    system = kept.of("ai-system")
    kept.move("stig", system, "revise")
    kept.amend("stig", system, version="5.0", released_on=kept.day(-30))
    kept.approve(system, author="stig")
    reply = put_in_force(
        kept, "impact-assessment", system=system, version="5.0", assessed_on=kept.day(-35),
        effective_from=kept.day(-33), next_review=kept.day(50), risks=[kept.of("risk")],
    )  # fmt: skip
    if not reply.refused:
        seen = kept.seen("8.4")
        assert not seen.good or "20 Nov 2026" in seen.reasons
