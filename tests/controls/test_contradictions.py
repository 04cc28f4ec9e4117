"""Contradictions are gathered from what the checks say of their members, for whoever may know of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plumbline.controls import contradictions, exclusions, facts, posture, residual
from plumbline.controls.library.contradictions import SPEAKS_AGAINST
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict
from plumbline.kernel.states import MeasuredState
from plumbline.records import commands as door

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., Any]
LEFT_OUT = {
    "requirement": "iso42001:A.9.2",
    "applicable": "no",
    "reasons": [],
    "justification": "",
    "risks": [],
    "how": "",
    "implementation": "not started",
    "exclusion_reason": "Nothing of this kind exists here.",
}


def go(actor: Actor, saved: Any, *steps: str) -> Any:
    for step in steps:
        saved = door.move(actor, saved.reference, step, revision=saved.revision, reason="As planned.")
    return saved


def test_a_contradiction_is_a_code_wherever_it_stands_in_a_message() -> None:
    inner = say("risk.lapsed", "lapsed")
    assert set(contradictions._codes(say("risk.about", "has {fault}", fault=inner))) == {
        "risk.about",
        "risk.lapsed",
    }


def test_every_code_is_one_that_a_check_says() -> None:
    from tests.wording.codes import codes

    assert {code for code, _ in codes()} >= contradictions.CODES


def test_a_prohibited_practice_that_runs_is_listed(flow: Callable[[], None], make: Make, mina: Actor) -> None:
    system = make("ai-system", eu_class="prohibited practice", lifecycle="in operation")
    flow()
    found, hidden = contradictions.contradictions(mina)
    assert hidden == 0
    (one,) = [one for one in found if one.message.code == "assessment.prohibited"]
    assert system.reference in str(one.name) or "claims-triage" in str(one.name)
    assert one.check == "impact-assessed"
    assert "iso42001:6.1.4" in one.requirements
    assert not posture.posture(only=["iso42001:6.1.4"])[0].measured.good


def test_they_are_read_in_one_query_however_many_systems_report(
    flow: Callable[[], None], make: Make, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        slug = f"system-{number}"
        make("ai-system", slug=slug, eu_class="prohibited practice", lifecycle="in operation")
    flow()
    with django_assert_num_queries(1):
        found, _ = contradictions.contradictions()
    assert [one.message.code for one in found].count("assessment.prohibited") == 3


def test_who_does_not_see_the_system_reads_that_there_is_one_more(
    flow: Callable[[], None], make: Make, mina: Actor, someone: Any
) -> None:
    from plumbline.identity import commands as people
    from plumbline.identity.actors import actor_of_person

    unit = people.create_unit(Actor.installation(), name="Here")
    other = people.create_unit(Actor.installation(), name="Elsewhere")
    make("ai-system", eu_class="prohibited practice", lifecycle="in operation", unit=other.slug)
    person = people.create_person(Actor.installation(), email="v@halden.example", full_name="Vera")
    people.give_grant(Actor.installation(), person, "viewer", unit=unit)
    flow()
    found, hidden = contradictions.contradictions(actor_of_person(person))
    assert [one for one in found if one.message.code == "assessment.prohibited"] == []
    assert hidden >= 1


def test_a_control_is_not_left_out_while_the_register_needs_it(make: Make, mina: Actor, someone: Any) -> None:
    make("ai-system", lifecycle="in operation")
    row = go(mina, make("applicability", **LEFT_OUT), "submit")
    with pytest.raises(Conflict) as caught:
        exclusions.refuse_contradicted(mina, _record(row.reference), "")
    (fault,) = caught.value.faults
    assert (fault.field, fault.as_dict()["code"]) == ("applicable", "applicability.contradicted")
    assert "in operation" in str(fault.message)


def test_nothing_speaks_against_leaving_out_what_nothing_needs(make: Make, mina: Actor) -> None:
    assert "iso42001:A.9.2" in SPEAKS_AGAINST
    make("ai-system", lifecycle="planned", operating_since=None)
    row = go(mina, make("applicability", **LEFT_OUT), "submit")
    exclusions.refuse_contradicted(mina, _record(row.reference), "")


def _record(reference: str) -> Any:
    from plumbline.clauses.planning.applicability import Applicability

    return Applicability.objects.get(reference=reference)


class TestResidual:
    @pytest.fixture
    def risk(self, make: Make, mina: Actor, sara: Actor) -> str:
        """4 x 4 (high) before, 2 x 3 (moderate) after, by one control that nothing has measured yet."""
        judged = {"likelihood": 4, "residual_likelihood": 2, "residual_harm_to_individuals": 3}
        saved = make("risk", **judged)
        go(mina, saved, "assess")
        plan = make("treatment", risks=[saved.reference], controls=["iso42001:A.8.3"])
        go(sara, go(mina, plan, "submit"), "approve")
        return str(saved.reference)

    def test_what_nobody_measures_takes_nothing_off(self, risk: str) -> None:
        left = residual.today()[risk]
        assert (left.before.word, left.planned.word, left.today.word) == ("High", "Moderate", "High")
        assert left.graver
        assert set(left.controls.values()) <= {
            MeasuredState.NOT_MEASURED,
            MeasuredState.NOTHING_TO_JUDGE,
            MeasuredState.NO_SIGNAL,
        }

    def test_it_goes_by_the_system_of_the_risk(self, risk: str, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[set[str]] = []

        def measured(systems: set[str], wanted: set[str], *_: Any) -> dict[str, dict[str, MeasuredState]]:
            asked.append(set(systems))
            return {"claims-triage": dict.fromkeys(wanted, MeasuredState.OPERATING)}

        monkeypatch.setattr(posture, "measured_for", measured)
        assert residual.today([risk])[risk].today.word == "Moderate"
        assert asked == [{"claims-triage"}]

    def test_checks_read_it_as_a_fact(self, risk: str) -> None:
        (row,) = facts.FACTS["residual"].read()
        assert (row["reference"], row["planned"], row["today"], row["appetite"]) == (risk, 2, 4, 3)
        assert (row["planned_word"], row["today_word"]) == ("moderate", "high")

    def test_its_stamp_changes_when_a_check_has_a_new_result(
        self, risk: str, flow: Callable[[], None]
    ) -> None:
        before = facts.FACTS["residual"].stamp()
        flow()
        assert facts.FACTS["residual"].stamp() != before

    def test_a_reading_of_another_system_does_not_count(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for slug in ("claims-triage", "chat-assist"):
            make("ai-system", slug=slug, lifecycle="in operation")
        asked: set[tuple[str, ...]] = set()
        real = posture.parts_of

        def recording(check: Any, systems: Any, *rest: Any) -> Any:
            if check.on_telemetry:
                asked.add(tuple(systems))
            return real(check, systems, *rest)

        monkeypatch.setattr(posture, "parts_of", recording)
        found = posture.measured_for(["claims-triage"], ["iso42001:A.6.2.6"])
        assert set(found["claims-triage"]) == {"iso42001:A.6.2.6"}
        assert asked <= {("claims-triage",), ()}
        assert ("claims-triage",) in asked
        asked.clear()
        posture.measured_for([""], ["iso42001:A.6.2.6"])
        assert any(len(systems) == 2 for systems in asked)
        assert posture.measured_for([], ["iso42001:A.6.2.6"]) == {}
