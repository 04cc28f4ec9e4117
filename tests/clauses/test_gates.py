"""Steps along a workflow ask for what the step means, and the whole way can be gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.authority import give_authority

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands, kinds, queries, steps
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def authority(sara: Actor) -> None:
    """Sara may decide everything that takes an authority."""
    give_authority(sara)


Make = Callable[..., Saved]
LATER = clock.parse_rfc3339("2026-03-04T09:00:00Z")


DESCRIBED = {
    "containment": "The queue was stopped.",
    "cause": "Amounts in another unit.",
    "similar": "None found.",
    "correction": "Converted at intake.",
}


def go(actor: Actor, saved: Saved, *moves: str) -> Saved:
    for move in moves:
        saved = commands.move(actor, saved.reference, move, revision=saved.revision, reason="as planned")
    return saved


def refused(actor: Actor, saved: Saved, move: str) -> set[str]:
    with pytest.raises(Conflict) as caught:
        go(actor, saved, move)
    assert all(fault.remedy for fault in caught.value.faults)
    return {fault.field for fault in caught.value.faults}


def test_a_risk_goes_from_identified_to_closed(make: Make, mina: Actor, sara: Actor, tove: Actor) -> None:
    risk = go(mina, make("risk"), "assess")
    assert refused(mina, risk, "treat") == {"treatments"}
    treatment = go(mina, make("treatment", risks=[risk.reference]), "submit")
    go(sara, treatment, "approve")
    treated = go(mina, risk, "treat")
    with pytest.raises(NotAllowed):
        go(mina, treated, "accept")
    accepted = go(sara, treated, "accept")
    assert go(tove, accepted, "close").state == "closed"


def test_what_is_not_judged_is_not_assessed_or_accepted(make: Make, mina: Actor, sara: Actor) -> None:
    blank = {
        "likelihood": None, "residual_likelihood": None, "residual_harm_to_individuals": None,
        "accepted_until": None, "response": "",
    }  # fmt: skip
    risk = make("risk", **blank)
    assert refused(mina, risk, "assess") == {"likelihood"}
    risk = commands.amend(mina, risk.reference, {"likelihood": 2}, revision=1)
    risk = go(mina, risk, "assess")
    after = {"response", "residual_likelihood", "residual_harm_to_individuals"}
    assert refused(mina, risk, "treat") == after
    assert refused(sara, risk, "accept") == {"accepted_until", "residual_likelihood"}


def test_an_acceptance_cannot_end_in_the_past(make: Make, mina: Actor, sara: Actor) -> None:
    risk = go(mina, make("risk", accepted_until=date(2026, 3, 2)), "assess")
    assert refused(sara, risk, "accept") == {"accepted_until"}


def test_an_acceptance_until_today_lasts_to_the_end_of_the_day(make: Make, mina: Actor, sara: Actor) -> None:
    risk = go(mina, make("risk", accepted_until=date(2026, 3, 3)), "assess")
    assert (
        commands.move(sara, risk.reference, "accept", revision=risk.revision, reason="Small.").state
        == "accepted"
    )


def test_an_open_conclusion_is_not_approved(make: Make, mina: Actor, sara: Actor) -> None:
    assessment = go(mina, make("impact-assessment", conclusion="not decided"), "submit")
    assert refused(sara, assessment, "approve") == {"conclusion"}


def test_an_assessment_says_of_which_release_and_what_it_does_to_groups(
    make: Make, mina: Actor, sara: Actor
) -> None:
    assessment = go(mina, make("impact-assessment", group_effects="", version=""), "submit")
    assert refused(sara, assessment, "approve") == {"group_effects", "version"}
    unreleased = make("ai-system", slug="lab", version="", released_on=None)
    assessment = go(mina, make("impact-assessment", system=unreleased.reference, version=""), "submit")
    assert go(sara, assessment, "approve").state == "approved"


def test_a_departure_is_not_approved_once_it_is_over(make: Make, mina: Actor, sara: Actor) -> None:
    over = go(mina, make("deviation", expires_on=date(2026, 3, 2)), "submit")
    assert refused(sara, over, "approve") == {"expires_on"}
    assert go(sara, go(mina, make("deviation", expires_on=date(2026, 3, 3)), "submit"), "approve")


def test_a_control_for_the_treatment_of_risk_names_the_risks(make: Make, mina: Actor, sara: Actor) -> None:
    row = go(mina, make("applicability", risks=[]), "submit")
    assert refused(sara, row, "approve") == {"risks"}
    row = go(mina, make("applicability", requirement="iso42001:A.9.2", risks=[], reasons=["law"]), "submit")
    assert go(sara, row, "approve").state == "approved"


def test_statement_and_treatment_do_not_contradict_each_other(make: Make, mina: Actor, sara: Actor) -> None:
    out = {"applicable": "no", "exclusion_reason": "No such data.", "reasons": [], "justification": ""}
    left = {**out, "implementation": "not started", "how": ""}
    data = go(mina, make("applicability", requirement="iso42001:A.7.4", **left), "submit")
    go(sara, data, "approve")
    rests = go(mina, make("treatment", controls=["iso42001:A.7.4", "iso42001:A.5.4"]), "submit")
    assert refused(sara, rests, "approve") == {"controls"}
    sound = go(mina, make("treatment", controls=["iso42001:A.5.4"]), "submit")
    groups = go(mina, make("applicability", requirement="iso42001:A.5.4", **left), "submit")
    go(sara, sound, "approve")
    assert refused(sara, groups, "approve") == {"applicable"}


def test_top_management_itself_approves_the_policy_and_its_review(
    make: Make, mina: Actor, sara: Actor, someone: Callable[[str, str], Actor]
) -> None:
    top = someone("top-management", "Ingrid")
    for kind in ("policy", "management-review"):
        record = go(mina, make(kind), "submit")
        with pytest.raises(NotAllowed, match="top management"):
            go(sara, record, "approve")
        step = kinds.get(kind).workflow.by_name["approve"]
        assert not steps.four_eyes(sara, queries.find(sara, record.reference)[0], step)
        assert steps.four_eyes(top, queries.find(top, record.reference)[0], step)
        assert go(top, record, "approve").state == "approved"
    topic = go(mina, make("policy", type="topic policy"), "submit")
    assert go(sara, topic, "approve").state == "approved"


def test_an_input_that_nobody_recorded_is_spoken_of(make: Make, mina: Actor) -> None:
    review = make("management-review", inputs_missing="")
    parts = [{"title": "Changes in issues", "recorded": False}, {"title": "Audits", "recorded": True}]
    saved = commands.amend(mina, review.reference, {}, revision=1, frozen={"inputs": {"sections": parts}})
    assert refused(mina, saved, "submit") == {"inputs_missing"}
    told = {"inputs_missing": "Issues: looked at in the strategy day; nothing new."}
    saved = commands.amend(mina, review.reference, told, revision=saved.revision)
    assert go(mina, saved, "submit").state == "in review"


def test_a_review_is_not_put_forward_with_the_inputs_of_another_period(make: Make, mina: Actor) -> None:
    review = make("management-review", inputs_missing="")
    inputs = {"period": {"from": "2025-01-01", "until": "2025-12-31"}}
    saved = commands.amend(mina, review.reference, {}, revision=1, frozen={"inputs": inputs})
    changed = {"period_from": date(2025, 7, 1)}
    saved = commands.amend(mina, review.reference, changed, revision=saved.revision)
    assert refused(mina, saved, "submit") == {"inputs"}


def test_a_limit_that_ran_out_is_not_approved_and_nobody_approves_their_own(
    make: Make, mina: Actor, sara: Actor
) -> None:
    old = go(mina, make("limit", valid_until=date(2026, 3, 2)), "submit")
    assert refused(sara, old, "approve") == {"valid_until"}
    limit = go(mina, make("limit"), "submit")
    with pytest.raises(NotAllowed):
        go(mina, limit, "approve")
    assert go(sara, limit, "approve").state == "approved"


def test_a_review_without_top_management_inputs_and_decisions_is_not_put_forward(
    make: Make, mina: Actor
) -> None:
    blank = {"top_management": "", "decisions": "", "inputs_missing": "", "effective": "open"}
    review = make("management-review", **blank)
    assert refused(mina, review, "submit") == {"top_management", "decisions", "inputs", "effective"}
    assert go(mina, make("management-review"), "submit").state == "in review"


def test_frozen_inputs_come_from_the_product_only(make: Make, mina: Actor) -> None:
    review = make("management-review", inputs_missing="")
    commands.amend(
        mina, review.reference, {}, revision=1, frozen={"inputs": {"nonconformities": {"open": 2}}}
    )
    kept = queries.as_of(mina, review.reference, clock.now())["values"]
    assert kept["inputs"] == {"nonconformities": {"open": 2}}


def test_a_nonconformity_goes_from_suspicion_to_closed(
    make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    told = {
        "containment": "Queue by arrival.", "cause": "New form, other unit.",
        "similar": "No other form.", "correction": "Converted at intake.",
    }  # fmt: skip
    blank = dict.fromkeys((*told, "no_action"), "")
    # A check that expects minor findings: nobody grades what is theirs below that (HONESTY E4).
    blank["check_name"] = "error-rate"
    found = go(mina, make("nonconformity", grade="not graded", **blank), "confirm")
    assert refused(mina, found, "contain") == {"containment"}
    found = commands.amend(mina, found.reference, told, revision=found.revision)
    found = go(mina, found, "contain")
    assert refused(mina, found, "correct") == {"grade"}
    found = commands.amend(mina, found.reference, {"grade": "minor"}, revision=found.revision)
    found = go(mina, found, "correct")
    assert refused(sara, found, "verify") == {"corrective_actions"}
    by_check = {
        "effectiveness_check": "drift", "effectiveness_from": date(2026, 2, 2),
        "effectiveness_until": date(2026, 3, 3), "minimum_results": 20, "effectiveness_measure": "",
    }  # fmt: skip
    action = go(mina, make("corrective-action", nonconformity=found.reference, **by_check), "submit")
    action = go(mina, go(sara, action, "approve"), "carry-out")
    assert refused(sara, action, "verify") == {"effectiveness_until"}
    assert refused(sara, found, "verify") == {"corrective_actions"}


def test_without_a_check_a_second_person_verifies(make: Make, mina: Actor, sara: Actor, tove: Actor) -> None:
    by_eye = {
        "effectiveness_check": "", "effectiveness_from": None, "effectiveness_until": None,
        "minimum_results": None, "effectiveness_measure": "Ten forms of the new kind are read.",
    }  # fmt: skip
    told = {
        "containment": "Stopped.",
        "cause": "A wrong unit.",
        "similar": "None found.",
        "correction": "Converted.",
        "no_action": "",
    }
    with clock.frozen(LATER):
        found = go(mina, make("nonconformity", **told), "confirm", "contain", "correct")
        action = go(mina, make("corrective-action", nonconformity=found.reference, **by_eye), "submit")
        action = go(mina, go(sara, action, "approve"), "carry-out")
        with pytest.raises(NotAllowed):
            go(mina, action, "verify")
        assert go(sara, action, "verify").state == "verified"
        verified = go(sara, found, "verify")
        with pytest.raises(NotAllowed):
            go(mina, verified, "close")
        assert go(tove, verified, "close").state == "closed"


def test_a_nonconformity_may_need_no_corrective_action_if_it_says_why(
    make: Make, mina: Actor, sara: Actor
) -> None:
    told = {
        "containment": "Stopped.",
        "cause": "A wrong unit.",
        "similar": "None found.",
        "correction": "Converted.",
    }
    seen = {
        "source": "observation",
        "check_name": "",
        "window": "",
        "no_action": "A single slip; the form is gone.",
    }
    found = make("nonconformity", **seen, **told)
    assert go(sara, go(mina, found, "confirm", "contain", "correct"), "verify").state == "verified"


def test_no_nonconformity_is_verified_while_one_of_its_actions_runs(
    make: Make, mina: Actor, sara: Actor
) -> None:
    told = {
        "containment": "Stopped.",
        "cause": "A wrong unit.",
        "similar": "None found.",
        "correction": "Converted.",
    }
    found = make("nonconformity", no_action="The form is gone.", **told)
    found = go(mina, found, "confirm", "contain", "correct")
    running = make("corrective-action", nonconformity=found.reference)
    with pytest.raises(Conflict) as caught:
        go(sara, found, "verify")
    assert running.reference in str(caught.value.faults[0].message)
    go(mina, running, "discard")
    assert go(sara, found, "verify").state == "verified"


def test_what_was_approved_is_not_rewritten(make: Make, mina: Actor, sara: Actor) -> None:
    plan = go(sara, go(mina, make("corrective-action"), "submit"), "approve")
    with pytest.raises(Conflict):
        commands.amend(mina, plan.reference, {"minimum_results": 1}, revision=plan.revision)


def test_a_prohibited_practice_is_not_approved_in_operation(make: Make, mina: Actor, sara: Actor) -> None:
    system = go(mina, make("ai-system", eu_class="prohibited practice", lifecycle="in operation"), "submit")
    assert refused(sara, system, "approve") == {"eu_class"}
    system = commands.amend(mina, system.reference, {"lifecycle": "suspended"}, revision=system.revision)
    assert go(sara, system, "approve").state == "approved"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"version": ""}, {"version"}),
        ({"assessed_on": date(2026, 1, 14)}, {"assessed_on"}),
        ({"effective_from": date(2026, 1, 14)}, {"effective_from"}),
    ],
)
def test_an_assessment_claims_nothing_before_the_release_that_it_assesses(
    changed: dict[str, Any], fields: set[str], make: Make, mina: Actor, sara: Actor
) -> None:
    """The example's system runs release 4.2 since 15 January 2026."""
    assessment = go(mina, make("impact-assessment", **changed), "submit")
    assert refused(sara, assessment, "approve") == fields


def test_a_major_nonconformity_needs_a_corrective_action_whatever_it_says(
    make: Make, mina: Actor, sara: Actor
) -> None:
    found = make("nonconformity", grade="major", no_action="The team was told again.", **DESCRIBED)
    found = go(mina, found, "confirm", "contain", "correct")
    assert refused(sara, found, "verify") == {"corrective_actions"}


def test_a_treatment_counts_while_its_end_is_only_proposed_or_a_draft_revises_it(
    make: Make, mina: Actor, sara: Actor
) -> None:
    from plumbline.clauses import queries

    risk = make("risk")
    made = make("treatment", risks=[risk.reference], controls=["iso42001:A.5.4"])
    assert not queries.is_treated(risk.reference)
    done = go(sara, go(mina, made, "submit"), "approve")
    draft = go(mina, done, "revise")
    draft = commands.amend(mina, draft.reference, {"controls": ["iso42001:A.7.4"]}, revision=draft.revision)
    assert queries.controls_by_risk() == {risk.reference: ("iso42001:A.5.4",)}
    assert queries.treatments_with("iso42001:A.7.4") == []
    asked = go(mina, draft, "restore", "propose-abandonment")
    assert queries.is_treated(risk.reference)
    go(sara, asked, "abandon")
    assert not queries.is_treated(risk.reference)
