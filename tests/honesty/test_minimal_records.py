"""Every one of the 70 requirements is answered by something that is recorded: with it the requirement reads
well, without it it reads otherwise and names what is not there.

Most are tried elsewhere, as `ELSEWHERE` says; here are those that need an organization that is well kept.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from tests.controls import test_minimal_records as support
from tests.controls import test_minimal_records_of_all as of_all
from tests.honesty.organization import management_review
from tests.honesty.world import World

from plumbline import catalogs

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

ELSEWHERE: Final[Mapping[str, str]] = {
    "4.1": "honesty.test_context:test_without_its_minimal_record_a_requirement_of_the_context_says_so",
    "4.2": "honesty.test_context:test_without_its_minimal_record_a_requirement_of_the_context_says_so",
    "4.3": "honesty.test_context:test_without_its_minimal_record_a_requirement_of_leadership_says_so",
    "5.1": "honesty.test_context:test_without_its_minimal_record_a_requirement_of_leadership_says_so",
    "5.3": "honesty.test_context:test_without_its_minimal_record_a_requirement_of_leadership_says_so",
    "A.3.2": "honesty.test_context:test_without_its_minimal_record_a_requirement_of_leadership_says_so",
    "6.1.1": "honesty.test_opportunities:"
    "test_an_issue_leads_somewhere_and_without_its_opportunity_6_1_1_says_so",
    "6.1.2": "honesty.test_plans:test_without_the_minimal_record_the_requirements_say_so",
    "8.2": "honesty.test_plans:test_without_the_minimal_record_the_requirements_say_so",
    "8.3": "honesty.test_plans:test_without_the_minimal_record_the_requirements_say_so",
    "6.1.3": "controls.test_minimal_records_of_all:"
    "test_without_one_decided_control_the_statement_is_not_whole",
    "6.3": "honesty.test_changes:test_an_approved_change_is_what_6_3_needs_and_without_it_says_so",
    "7.2": "controls.test_minimal_records:"
    "test_competence_is_determined_and_had_by_everybody_who_holds_the_role",
    "9.2.1": "honesty.test_audits:test_without_a_recent_audit_9_2_1_says_so",
    "9.2.2": "honesty.test_audits:test_without_its_programme_9_2_2_says_so",
    "10.1": "honesty.test_opportunities:test_without_its_minimal_record_10_1_says_what_nothing_came_of",
    "10.2": "controls.test_minimal_records_of_all:"
    "test_without_its_corrective_action_a_nonconformity_and_10_2_say_so",
    "A.4.6": "controls.test_minimal_records:test_people_and_skills_of_a_system_are_recorded",
    "A.6.2.8": "controls.test_posture:test_age_makes_stale_and_then_no_signal",
}
"""By requirement, where its minimal record is taken away: the module below `tests`, and the test."""


def _all_of(world: World, kind: str) -> list[str]:
    return [row["reference"] for row in world.listed(kind)]


def _retire(world: World, reference: str, by: str = "sara") -> None:
    world.move("mina", reference, "propose-retirement")
    world.move(by, reference, "retire")


def _answering(world: World, kind: str, requirement: str) -> list[str]:
    return [
        reference
        for reference in _all_of(world, kind)
        if f"iso42001:{requirement}" in world.record(reference)["values"]["requirements"]
    ]


def _without_deployment(world: World) -> None:
    (deployment,) = _all_of(world, "deployment")
    world.amend("mina", deployment, ended_on=world.day())
    world.move("mina", deployment, "end")


def _without_a_document(world: World) -> None:
    (scope,) = _answering(world, "document", "4.3")
    _retire(world, scope)


def _without_a_plan_to_watch(world: World) -> None:
    for reference in {*_answering(world, "document", "A.6.2.6"), *_answering(world, "document", "9.1")}:
        _retire(world, reference)
    for reference in _all_of(world, "indicator"):
        _retire(world, reference)


def _without_a_monitoring_plan(world: World) -> None:
    for reference in _all_of(world, "monitoring-plan"):
        _retire(world, reference)


def _without_a_stop(world: World) -> None:
    (system,) = _all_of(world, "ai-system")
    world.move("mina", system, "revise")
    world.amend("mina", system, stop_procedure="As usual.")
    world.approve(system)


TAKEN: Final[Mapping[str, tuple[Callable[[World], None], str]]] = {
    "7.5.1": (_without_a_document, "8 of 9 documents"),
    "9.1": (_without_a_monitoring_plan, "Monitoring plan has no approved record"),
    "A.6.2.4": (_without_deployment, "is live by no approved deployment"),
    "A.6.2.5": (_without_deployment, "is live by no approved deployment"),
    "A.6.2.6": (_without_a_plan_to_watch, "has neither indicator nor plan"),
    "A.9.4": (_without_a_stop, "says next to nothing"),
}
"""By requirement, what takes the record away from the well-kept organization, and what is then said."""

HERE: Final = {"9.3.2", "A.2.3", "A.2.4", "A.9.3", "A.10.4"}
"""Requirements with a test of their own below."""


@pytest.mark.parametrize("number", TAKEN)
def test_without_its_record_a_well_kept_organization_says_what_is_not_there(kept: World, number: str) -> None:
    take, why = TAKEN[number]
    before = kept.seen(number)
    assert before.good, before.reasons
    take(kept)
    kept.flow()
    after = kept.seen(number)
    assert not after.good
    assert why in after.reasons


def test_without_gathered_inputs_a_management_review_and_9_3_2_say_so(office: World) -> None:
    """Each input that something is recorded for is counted; where the review is gone, none is."""
    for kind in ("issue", "interested-party"):
        office.approve(office.make(kind))
    office.wait(days=40)
    review = management_review(office)
    office.flow()
    (before,) = re.findall(r"(\d) of 8 inputs were put before", office.seen("9.3.2").reasons)[:1]
    assert int(before) >= 2
    _retire(office, review, by="ingrid")
    office.flow()
    assert "0 of 8 inputs were put before" in office.seen("9.3.2").reasons


@pytest.mark.parametrize("number", ["A.2.3", "A.9.3"])
def test_what_no_check_reads_rests_on_somebody_who_vouches_for_it(office: World, number: str) -> None:
    """How policies go together and AI is used is judged by people, whose word counts for a time."""
    requirement = f"iso42001:{number}"
    mina = office.people["mina"].handle
    saved = office.make("attestation", requirement=requirement, system=None, owner=mina)
    office.move("mina", saved, "finalise")
    row = office.posture()[number]
    assert (row["attested"], row["measured"]) == ("Effective", "Not measured")
    office.wait(days=400)
    later = office.posture()[number]
    assert (later["attested"], later["measured"]) == (None, "Stale")


def test_without_its_review_the_policy_and_a_2_4_say_so(office: World) -> None:
    policy = office.approve(office.make("policy", next_review=office.day(380)), by="ingrid")
    office.wait(days=370)
    told = {"reviewed_on": office.day(), "next_review": office.day(380), "policy": policy}
    office.approve(office.make("document-review", **told), by="ingrid")
    office.flow()
    assert office.seen("A.2.4").good, office.seen("A.2.4").reasons
    office.wait(days=379)
    office.flow()
    assert office.seen("A.2.4").good, office.seen("A.2.4").reasons
    office.wait(days=30)
    office.flow()
    after = office.seen("A.2.4")
    assert not after.good
    assert "was last reviewed on" in after.reasons


def test_without_an_obligation_what_customers_expect_and_a_10_4_say_so(office: World) -> None:
    party = office.approve(office.make("interested-party", type="customers"))
    mina = office.people["mina"].handle
    owed = office.approve(office.make("obligation", party=party, owner=mina))
    office.flow()
    assert office.seen("A.10.4").good, office.seen("A.10.4").reasons
    _retire(office, owed)
    office.flow()
    after = office.seen("A.10.4")
    assert not after.good
    assert "no obligation in force says how it is met" in after.reasons


def test_every_requirement_has_a_test_that_takes_its_record_away() -> None:
    """None is left out, and each test that is named is there."""
    tried = {*support.MINIMAL, *of_all.MINIMAL, *ELSEWHERE, *TAKEN, *HERE}
    audited = {row.number for row in (*catalogs.subclauses(), *catalogs.controls())}
    assert len(audited) == 70
    assert audited == tried
    for place in ELSEWHERE.values():
        module, name = place.split(":")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), name)), place
