"""More of every kind: other fields, other doors, and two honest-looking acts that make a cheat together."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import (
    SLUG,
    approved,
    corrected,
    failing_day,
    live_system,
    proposed_action,
    suspicion,
)
from tests.honesty.test_contradictions import exclude
from tests.honesty.test_goal_posts import limit
from tests.honesty.test_own_cause import in_unit
from tests.honesty.test_text_for_acts import attest
from tests.honesty.test_time import verified
from tests.honesty.world import Reply, World

pytestmark = pytest.mark.django_db(transaction=True)


# What was found


def finding(world: World, **values: Any) -> str:
    """What an external auditor found in the system of the well-kept organization, open; its reference."""
    told = {
        "title": "No impact assessment before release",
        "source": "external audit",
        "requirements": ["iso42001:6.1.4"],
        "system": world.of("ai-system"),
        "description": "Two of five releases of the year went live before their assessment was approved.",
        "detected_on": world.day(-1),
        "owner": world.people["stig"].handle,
        **values,
    }
    reference = world.create("tomas", "nonconformity", **told)
    world.move("sara", reference, "confirm")
    return reference


@attempt("E3", "F8")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "A release went live, and its assessment was nearly done."),
        ("requirements", ["iso42001:7.5.3"]),
        ("system", None),
    ],
)
@pytest.mark.parametrize("raised", ["by an audit", "by a check"])
def test_what_was_found_is_not_rewritten_by_those_it_is_about(
    kept: World, raised: str, field: str, value: Any
) -> None:
    """The owner of the system amends what an auditor, or a check, has seen of it, and then answers that."""
    if raised == "by an audit":
        reference = finding(kept, grade="major")
    else:
        reference = suspicion(kept)
        kept.move("sara", reference, "confirm")
    before = kept.record(reference)["values"][field]
    for who in ("stig", "cora", "mina"):
        assert kept.try_amend(who, reference, **{field: value}).refused, who
    assert kept.record(reference)["values"][field] == before


@attempt("E3", "E4")
def test_a_finding_that_the_audit_did_not_grade_is_not_graded_by_the_line(kept: World) -> None:
    """The auditor leaves the grade open; the line calls the finding minor, so that no action is needed."""
    reference = finding(kept)
    for who in ("stig", "cora", "mina"):
        assert kept.try_amend(who, reference, grade="minor").refused, who
    assert kept.record(reference)["values"]["grade"] == "not graded"
    kept.amend("stig", reference, grade="major")


@attempt("E4", "E2")
def test_what_a_check_expects_to_be_major_is_not_called_minor_by_its_owner(kept: World) -> None:
    """A live system without any risk assessment: its owner grades that as minor, as nobody has graded it."""
    live_system(kept, "credit-score")
    kept.flow()
    (raised,) = [row for row in kept.suspicions("risks-assessed") if row["state"] == "suspected"]
    reference = raised["reference"]
    assert kept.record(reference)["values"]["owner"] == kept.people["stig"].handle
    kept.move("sara", reference, "confirm")
    assert kept.try_amend("stig", reference, grade="minor").refused
    assert kept.record(reference)["values"]["grade"] == "not graded"


@attempt("E2", "G.nonconformities-in-time")
def test_what_was_found_is_not_put_off_out_of_sight_at_once(kept: World) -> None:
    """Before anything is late, the owner gives the finding almost two years, so that it never goes on to
    anybody."""
    reference = suspicion(kept)
    kept.move("sara", reference, "confirm")
    due = kept.record(reference)["values"]["due"]
    for who in ("stig", "cora"):
        reply = kept.try_amend(who, reference, due=kept.day(700), owner=kept.people["stig"].handle)
        if who == "stig":
            assert reply.refused
            assert kept.record(reference)["values"]["due"] == due
    assert kept.try_amend("stig", reference, due=None).refused


@attempt("G.nonconformities-in-time", "E4")
def test_a_finding_grows_no_younger_by_another_day_of_sight(kept: World) -> None:
    """A nonconformity has lain for 40 days; whoever recorded it writes that it was seen this morning."""
    reference = kept.create(
        "cora", "nonconformity", title="Nobody reads the weekly report", source="observation",
        description="Of eight weekly reports four were opened by nobody.", own_rule="Rule 12",
        detected_on=kept.day(-1), owner=kept.people["cora"].handle,
    )  # fmt: skip
    kept.move("sara", reference, "confirm")
    kept.wait(days=40)
    assert not kept.good("10.2")
    kept.amend("cora", reference, detected_on=kept.day())
    assert not kept.good("10.2")
    assert reference in kept.missed("nonconformities-in-time")


@attempt("D2", "G.actions-effective")
def test_what_a_check_found_is_proved_by_no_look_of_a_person(kept: World) -> None:
    """The action names no check, so that a friendly second person verifies by looking at it."""
    found = corrected(kept)
    action = proposed_action(
        kept, found, effectiveness_check="", effectiveness_from=None, effectiveness_until=None,
        minimum_results=None, effectiveness_measure="We look whether it feels better.",
    )  # fmt: skip
    reply = verified(kept, action, lambda: kept.wait(days=5))
    assert reply.status == 409
    assert "is proved by that check" in reply.text
    assert kept.record(action)["state"] != "verified"


# What two people decided


@attempt("E5", "G.soa-complete")
def test_a_control_is_left_out_until_a_day(office: World) -> None:
    """Two people leave a control out, nobody looks at it again, and it never counts any more."""
    assert exclude(office, "A.10.4").status == 200
    assert office.seen("A.10.4").word == "Not applicable"
    office.wait(days=200)
    assert office.seen("A.10.4").word == "Not applicable", "the day itself counts"
    office.wait(days=1)
    assert office.seen("A.10.4").word != "Not applicable"


@attempt("E5", "D4")
def test_a_control_is_left_out_for_a_year_where_nobody_says_until_when(office: World) -> None:
    """The row that leaves a control out names no day at all."""
    reply = office.try_create(
        "mina", "applicability", title="Left out", requirement="iso42001:A.10.4", applicable="no",
        exclusion_reason="Nothing of this kind exists in our organization.", implementation="not started",
    )  # fmt: skip
    until = office.record(reply.json["reference"])["values"]["next_review"]
    assert until == f"{office.day().year + 1}{office.day().isoformat()[4:]}"


CRITERIA = {"matrix": "\n".join(["low, low, low, low, moderate"] * 4 + ["low, low, low, moderate, moderate"])}


@attempt("E5", "G.risks-in-hand")
def test_another_matrix_makes_no_accepted_risk_smaller(kept: World) -> None:
    """Top management approves a matrix by which nearly everything is low: what was judged before has to be
    judged anew, and is named until then."""
    assert kept.good("6.1.2")
    risk = kept.of("risk")
    level = kept.record(risk)["computed"]["level_today"]
    approved(kept, "risk-criteria", by="ingrid", next_review=kept.day(200), **CRITERIA)
    seen = kept.seen("6.1.2")
    assert kept.record(risk)["computed"]["level_today"] == level
    assert not seen.good
    assert seen.names(risk)
    assert "was judged by the risk criteria" in seen.reasons


@attempt("E5")
def test_a_risk_is_not_accepted_by_the_level_of_another_matrix(kept: World) -> None:
    """The risk was judged by the matrix of before; its acceptance is pressed through under the new one."""
    risk = kept.make(
        "risk", who="rolf", title="Claims of the elderly wait", response="retain", assessed_on=kept.day(-1),
        accepted_until=kept.day(90), next_review=kept.day(90), likelihood=2, harm_to_individuals=2,
        residual_likelihood=1, residual_harm_to_individuals=2,
    )  # fmt: skip
    kept.move("rolf", risk, "assess")
    approved(kept, "risk-criteria", by="ingrid", next_review=kept.day(200))
    reply = kept.try_move("henrik", risk, "accept", "Within our appetite.")
    assert reply.refused
    assert "was judged by the risk criteria" in reply.text


@attempt("E6", "B5")
def test_nobody_talks_over_what_somebody_else_has_seen(kept: World) -> None:
    """The auditor attests that it does not work; the manager vouches for the opposite the day after."""
    attest(kept, "6.3", "Not effective", who="tomas", period_until=kept.day(-5))
    attest(kept, "6.3", "Effective", who="mina", period_until=kept.day(-1))
    row = kept.seen("6.3").row
    assert row["attested"] == "Not effective"
    assert row["attested_by"].startswith("Tomas")
    kept.wait(days=1)
    attest(kept, "6.3", "Effective", who="tomas", period_until=kept.day(-1))
    assert kept.seen("6.3").row["attested"] == "Effective", "whoever said it may say otherwise"


@attempt("B5", "A8")
def test_what_is_vouched_for_of_one_system_speaks_for_no_other(kept: World) -> None:
    """A manager vouches for one small system, and the requirement has an attestation for all of them."""
    attest(kept, "6.3", "Effective", system=kept.of("ai-system"))
    assert kept.seen("6.3").row["attested"] is None


@attempt("E6", "E2")
def test_the_owner_of_a_system_does_not_vouch_for_it(kept: World) -> None:
    """The attestation of a system runs out; the one who answers for the system renews it."""
    owner = kept.people["mina"].handle
    system = live_system(kept, "credit-score", owner=owner)
    reference = kept.create(
        "mina", "attestation", title="It works", requirement="iso42001:A.6.2.6", verdict="Effective",
        statement="Monitoring works as it was planned.", basis="Twenty records of the last quarter.",
        period_from=kept.day(-100), period_until=kept.day(-1), competence="I have built it myself.",
        valid_until=kept.day(90), owner=owner, system=system,
    )  # fmt: skip
    reply = kept.try_move("mina", reference, "finalise")
    assert reply.status == 403
    assert "You answer for" in reply.text
    assert kept.press_move("mina", reference, "finalise").refused
    assert kept.record(reference)["state"] == "draft"


# Limits


@attempt("C3")
@pytest.mark.parametrize(
    ("name", "value", "direction"),
    [("error-rate", "0.5", "at most"), ("error-rate.minimum", "5000", "at most")],
)
def test_what_is_looser_is_not_called_tighter(kept: World, name: str, value: str, direction: str) -> None:
    """A new limit, or a larger sample below which nothing is judged, calls itself tighter than before."""
    told = {"check_name": name, "value": value, "direction": direction}
    reference = limit(kept, **told, change="tighter")
    kept.move("stig", reference, "submit")
    reply = kept.try_move("ingrid", reference, "approve")
    assert reply.refused
    assert "looser" in reply.text


@attempt("C3", "E1")
def test_a_strict_limit_is_neither_loosened_by_its_next_version_nor_taken_back(kept: World) -> None:
    """The organization's own limit of one percent gets a second version in passing, then is retired."""
    reference = limit(kept, value="0.01", change="tighter", valid_until=kept.day(300))
    kept.approve(reference, by="ingrid", author="stig")
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, value="0.4", reason="As before, in other words.")
    kept.move("stig", reference, "submit")
    assert kept.try_move("ingrid", reference, "approve").refused
    kept.move("ingrid", reference, "return")
    kept.move("stig", reference, "restore")
    kept.move("stig", reference, "propose-retirement")
    assert kept.try_move("ingrid", reference, "retire").refused
    kept.wait(days=1)
    failing_day(kept, 0, 3)
    kept.flow()
    assert kept.verdicts("error-rate", SLUG)[0] == "Over limit"


@attempt("C4", "A10")
def test_a_measure_with_nearly_nothing_to_measure_is_no_recovery(kept: World) -> None:
    """A bad day is followed by days with three calls each, too few to be judged by."""
    failing_day(kept, -1, 30)
    kept.flow()
    for _ in range(3):
        kept.wait(days=1)
        kept.traffic(SLUG, kept.day(), 3)
    kept.flow()
    assert kept.results("error-rate", SLUG)[0]["word"] == "No signal"
    assert not kept.good("A.6.2.6")


# Time


def spans(world: World, slug: str, day: Any, count: int) -> Reply:
    """Export traces of calls on ``day``, as an OpenTelemetry collector does."""
    start = datetime.combine(day, time(1), UTC)
    rows = []
    for number in range(count):
        begun = int((start + timedelta(minutes=number)).timestamp() * 10**9)
        rows.append(
            {
                "traceId": f"{number + 1:032x}",
                "spanId": f"{number + 1:016x}",
                "name": "chat",
                "startTimeUnixNano": str(begun),
                "endTimeUnixNano": str(begun + 20_000_000),
                "attributes": [
                    {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                    {"key": "gen_ai.request.model", "value": {"stringValue": "small"}},
                ],
            }
        )
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": slug}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": rows}]}]}
    return world.export(json.dumps(body).encode())


@attempt("C4", "D1")
def test_traces_dated_back_do_not_rewrite_a_closed_day(kept: World) -> None:
    """A bad day is diluted by traces that an OpenTelemetry exporter sends two days later."""
    failing_day(kept, -1, 8)
    kept.flow()
    assert "Over limit" in kept.verdicts("error-rate", SLUG)
    kept.wait(days=2)
    bad = kept.day(-3)
    assert spans(kept, SLUG, bad, 400).status == 200
    kept.flow()
    rows = [row for row in kept.results("error-rate", SLUG) if row["window_start"].startswith(str(bad))]
    assert "Over limit" in [row["word"] for row in rows], "the verdict of the day stays"
    assert (rows[0]["word"], rows[0]["late"] > 0) == ("Within", True), "what came late stands beside it"
    for who in ("stig", "cora", "mina"):
        reply = kept.call(who, "POST", f"results/{rows[0]['id']}/acceptance", {"reason": "It was only late."})
        assert reply.refused, "it counts once somebody without a part in it has accepted it"
    assert "Over limit" in kept.page("mina", f"/checks/error-rate/{SLUG}/")


# One person, and combinations


@attempt("E7", "E1")
def test_unit_and_owner_together_widen_nothing(kept: World) -> None:
    """In one amendment the unit is emptied and the system given away: neither holds before an approval."""
    system = in_unit(kept)
    kept.move("stig", system, "revise")
    kept.try_amend("stig", system, unit=None, owner=kept.people["cora"].handle)
    assert kept.call("olaf", "GET", f"ai-systems/{system}", scopes=["read"]).status in (403, 404)
    failing_day(kept, slug="credit-score")
    kept.flow()
    raised = [row for row in kept.suspicions("error-rate") if row["values"]["system"] == system]
    assert [row["values"]["owner"] for row in raised] == [kept.people["stig"].handle]


@attempt("E2", "E5")
def test_a_system_given_away_for_an_hour_makes_nobody_a_stranger_to_it(kept: World) -> None:
    """Whoever owns a system and has every authority hands it over, dismisses what was found, and takes it
    back."""
    system = live_system(kept, "credit-score", owner=kept.people["ingrid"].handle)
    failing_day(kept, slug="credit-score")
    kept.flow()
    (raised,) = [row for row in kept.suspicions("error-rate") if row["values"]["system"] == system]
    kept.move("mina", system, "revise")
    kept.amend("mina", system, owner=kept.people["stig"].handle)
    kept.approve(system, by="sara")
    why = "It was a load test, and it had been announced to everybody two weeks before."
    kept.move("mina", raised["reference"], "propose-dismissal", reason=why)
    assert kept.try_move("ingrid", raised["reference"], "dismiss", why).refused
    assert kept.record(raised["reference"])["state"] == "dismissal proposed"


@attempt("E1", "E9")
@pytest.mark.parametrize(
    ("name", "mailbox"),
    [("MINA  HOLM", "m.holm@halden.example"), ("M. Holm", "mina+boss@halden.example")],
)
def test_a_second_account_in_other_letters_is_no_second_person(
    office: World, name: str, mailbox: str
) -> None:
    """The manager invites herself anew, in other letters or under another label of her mailbox."""
    made = office.press("mina", "/people/invite/", full_name=name, email=mailbox)
    assert made.status == 422, "the name, or the mailbox, tells who it is"


@attempt("E8")
@pytest.mark.parametrize("what", ["another file of the same name", "a link"])
def test_an_approval_does_not_reach_what_came_after_the_look(kept: World, what: str) -> None:
    """A reviewer reads a document with its annex; the annex is replaced, or a link is added, meanwhile."""
    reference = kept.create(
        "mina", "document", title="Process for stops", type="process", origin="own", version="1",
        text="The duty lead stops the queue and writes down why.", retention_rule="Ten years.",
        next_review=kept.day(100),
    )  # fmt: skip
    assert kept.attach("mina", reference, "annex.txt", b"Whoever stops it says why.").status == 201
    kept.move("mina", reference, "submit")
    seen = kept.etag("sara", reference)
    if what == "a link":
        assert kept.link("cora", reference, kept.of("policy")).status == 201
    else:
        assert kept.attach("cora", reference, "annex.txt", b"Nobody stops anything.").status in (
            201,
            409,
            422,
        )
        assert kept.attach("cora", reference, "annex.txt", b"Nobody ever did.").status in (201, 409, 422)
    reply = kept.try_move("sara", reference, "approve", etag=seen)
    assert reply.status in (409, 412)
    assert kept.record(reference)["state"] == "in review"


@attempt("C3", "E1")
def test_an_import_changes_nothing_that_is_in_force(office: World) -> None:
    """A process of two people's approval comes in again by CSV, with other words and another review."""
    row = {
        "title": "Life cycle of AI systems", "type": "process", "origin": "own", "version": "1",
        "text": "Each release is tested, and somebody else than its author lets it go live.",
        "summary": "Who tests, who releases.", "retention_rule": "Ten years.", "classification": "internal",
        "next_review": str(office.day(60)),
    }  # fmt: skip
    first = office.import_csv("mina", "document", [row])
    assert first.status == 200, first.text
    (listed,) = office.listed("document")
    reference = listed["reference"]
    office.approve(reference)
    office.import_csv(
        "mina", "document", [{**row, "text": "Anybody releases.", "next_review": str(office.day(700))}]
    )
    assert [one["reference"] for one in office.listed("document")] == [reference]
    record = office.record(reference)
    in_force = record["in_force"] or record
    assert in_force["values"]["next_review"] == row["next_review"]
    assert in_force["values"]["text"] == row["text"]


@attempt("C1", "A3")
def test_a_bad_system_under_a_new_name_keeps_what_was_found(kept: World) -> None:
    """After a bad day the system is renamed by two people, so that its readings are those of nobody."""
    failing_day(kept, -1, 30)
    kept.flow()
    system = kept.of("ai-system")
    kept.move("stig", system, "revise")
    reply = kept.try_amend("stig", system, slug="claims-sorting")
    if not reply.refused:
        why = "The product has got another name in the whole organization."
        kept.amend("stig", system, change_reason=why, accepted_until=kept.day(60))
        kept.move("stig", system, "submit")
        kept.move("ingrid", system, "approve")
    assert not kept.good("A.6.2.6")
    assert kept.suspicions("error-rate"), "and what was raised is still there"


@attempt("A3", "G.inventory-complete")
def test_a_system_that_sends_is_not_registered_away_as_planned(kept: World) -> None:
    """AI that decides every day is registered as planned, in a draft and then by two people."""
    kept.traffic("shadow-bot", kept.day(-1))
    kept.flow()
    reference = kept.create(
        "stig", "ai-system", title="Shadow bot", slug="shadow-bot", lifecycle="planned", effect="none",
        owner=kept.people["stig"].handle,
    )  # fmt: skip
    assert not kept.good("6.1.2")
    kept.approve(reference, by="ingrid", author="stig")
    kept.traffic("shadow-bot", kept.day())
    seen = kept.seen("6.1.2")
    assert not seen.good
    assert seen.names(reference)


@attempt("G.risks-in-hand", "E1")
def test_the_only_risk_of_a_system_is_not_closed_away(kept: World) -> None:
    """The owner closes the accepted risk; a friend does so: the live system is left without one."""
    risk = kept.listed("risk")[0]["reference"]
    assert kept.try_move("rolf", risk, "close").refused
    kept.try_move("tove", risk, "close")
    if kept.record(risk)["state"] == "closed":
        assert not kept.good("6.1.2", "6.1.3")
    else:
        assert kept.record(risk)["state"] == "accepted"


@attempt("G.treatments-in-time", "E1")
def test_an_overdue_treatment_is_not_abandoned_by_whoever_owes_it(kept: World) -> None:
    """The day of a treatment has passed; its owner abandons it, so that nothing is late any more."""
    treatment = kept.listed("treatment")[0]["reference"]
    kept.wait(days=40)
    assert not kept.good("8.3")
    reply = kept.try_move("rolf", treatment, "abandon", "It was not needed after all.")
    assert reply.refused or not kept.good("8.3")
