"""The inputs of a management review: what they say, and that they stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.authority import give_authority
from tests.clauses.conftest import Make

from plumbline.controls import posture, residual
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import Conflict, NotAllowed, NotFound, Stale
from plumbline.kernel.states import MeasuredState
from plumbline.records import commands, queries
from plumbline.records.models import Record
from plumbline.reports import review, review_data

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 3)
SLUGS = [
    "earlier-actions",
    "issues",
    "interested-parties",
    "nonconformities",
    "measurements",
    "audits",
    "objectives",
    "risks",
    "improvement",
]


def section(found: dict[str, Any], slug: str) -> dict[str, Any]:
    """One section of frozen inputs."""
    return next(one for one in found["sections"] if one["slug"] == slug)


def figure(found: dict[str, Any], slug: str, label: str) -> dict[str, Any]:
    """One figure of a section."""
    return next(one for one in section(found, slug)["figures"] if one["label"] == label)


def planned(actor: Actor, **values: Any) -> commands.Saved:
    """A review of the first days of March."""
    wanted = {"title": "Review", "period_from": FIRST, "period_until": LAST, **values}
    return commands.create(actor, "management-review", wanted)


def test_every_input_of_the_sub_clause_is_there_even_with_nothing_recorded(mina: Actor) -> None:
    found = review.inputs(FIRST, LAST)
    assert [one["slug"] for one in found["sections"]] == SLUGS
    assert section(found, "audits")["said"].startswith("No reported audit is recorded here.")
    assert section(found, "issues")["said"].startswith("Nothing is recorded about")
    assert not section(found, "issues")["recorded"]
    assert section(found, "nonconformities")["said"] == "No nonconformity is recorded here."
    assert found["period"] == {"from": "2026-03-01", "until": "2026-03-03"}
    assert found["before"] == {"from": "2026-02-26", "until": "2026-02-28"}


def test_figures_have_their_base_and_the_period_before(mina: Actor, make: Make) -> None:
    make("corrective-action")
    found = review.inputs(FIRST, LAST)
    raised = figure(found, "nonconformities", "Raised")
    assert (raised["value"], raised["before"]) == (1, 0)
    assert figure(found, "nonconformities", "Open now") == {
        "label": "Open now",
        "value": 1,
        "of": 1,
        "before": None,
        "base": "nonconformities, dismissed ones left out",
    }
    states = [one for one in section(found, "measurements")["figures"] if one["base"] == "requirements"]
    measured = [one for one in states if one["label"] != "Attested in date"]
    assert sum(one["value"] for one in measured) == 70 == measured[0]["of"]


def test_what_was_recorded_outside_the_period_is_not_counted_in_it(mina: Actor, make: Make) -> None:
    make("nonconformity")
    found = review.inputs(date(2026, 3, 4), date(2026, 3, 6))
    raised = figure(found, "nonconformities", "Raised")
    assert (raised["value"], raised["before"]) == (0, 1)


def test_what_is_overdue_at_the_end_of_the_period_is_counted_and_marked(mina: Actor, make: Make) -> None:
    """A nonconformity that was due on the last day is overdue when the period ends; one due later is not."""
    late = make("nonconformity", detected_on=date(2026, 3, 1), due=LAST)
    make("nonconformity", detected_on=date(2026, 3, 1), due=date(2026, 3, 4))
    found = review.inputs(FIRST, LAST)
    overdue = figure(found, "nonconformities", "Overdue")
    assert (overdue["value"], overdue["of"]) == (1, 2)
    notes = {item["ref"]: item["note"] for item in section(found, "nonconformities")["items"]}
    assert notes.pop(late.reference) == "overdue"
    assert set(notes.values()) == {""}
    assert section(found, "nonconformities")["message"]["params"] == {"open": 2, "overdue": 1, "raised": 2}


@pytest.mark.parametrize(
    ("instant", "counts"),
    [
        ("2026-02-28T23:59:59Z", (0, 1)),
        ("2026-03-01T00:00:00Z", (1, 0)),
        ("2026-03-03T23:59:59Z", (1, 0)),
        ("2026-03-04T00:00:00Z", (0, 0)),
    ],
)
def test_a_period_begins_and_ends_at_midnight(
    mina: Actor, make: Make, monkeypatch: pytest.MonkeyPatch, instant: str, counts: tuple[int, int]
) -> None:
    row = {**records_facts(make("nonconformity").reference), "created": instant}
    monkeypatch.setattr(review_data.ReviewData, "rows", lambda _, kind: [row] * (kind == "nonconformity"))
    raised = figure(review.inputs(FIRST, LAST), "nonconformities", "Raised")
    assert (raised["value"], raised["before"]) == counts


def records_facts(reference: str) -> dict[str, Any]:
    """The plain values of one nonconformity."""
    return next(row for row in queries.claimed("nonconformity") if row["reference"] == reference)


def test_what_a_section_says_is_frozen_as_data_beside_its_words(mina: Actor, make: Make) -> None:
    make("nonconformity")
    for part in review.inputs(FIRST, LAST)["sections"]:
        message = review_data.message_of(part, "said", "message")
        assert str(message) == part["said"]
        older = {"said": part["said"]}
        assert str(review_data.message_of(older, "said", "message")) == part["said"]


def test_actions_of_earlier_reviews_come_with_their_state(
    mina: Actor, someone: Callable[[str, str], Actor], make: Make
) -> None:
    earlier = make("management-review", actions="Lars reviews the limits by June.")
    action = make("corrective-action")
    commands.link(mina, earlier.reference, "decided", action.reference)
    commands.move(mina, earlier.reference, "submit", revision=earlier.revision)
    top = someone("top-management", "Ingrid")
    commands.move(top, earlier.reference, "approve", revision=earlier.revision + 1)
    found = section(review.inputs(FIRST, LAST), "earlier-actions")
    assert [one["ref"] for one in found["items"]] == [action.reference, earlier.reference]
    assert found["items"][1]["note"] == "Lars reviews the limits by June."
    assert found["figures"][1]["value"] == 0
    assert found["figures"][1]["of"] == 1


def test_gathering_freezes_them_into_the_record_and_its_trail_entry(mina: Actor, make: Make) -> None:
    saved = planned(mina)
    done = review.prepare(mina, saved.reference, saved.revision)
    assert done.revision == saved.revision + 1
    before = review.find(mina, saved.reference).inputs
    make("nonconformity")
    after = review.find(mina, saved.reference).inputs
    assert before == after
    assert queries.as_of(mina, saved.reference, review.gathered_at(before) or date.min)["values"]["inputs"]
    canonical(before)


def test_a_review_without_inputs_is_not_submitted_unless_it_says_why(mina: Actor, make: Make) -> None:
    bare = make("management-review", inputs_missing="")
    with pytest.raises(Conflict) as refused:
        commands.move(mina, bare.reference, "submit", revision=bare.revision)
    assert "inputs" in {fault.field for fault in refused.value.faults}
    done = review.prepare(mina, bare.reference, bare.revision)
    with pytest.raises(Conflict) as refused:
        commands.move(mina, bare.reference, "submit", revision=done.revision)
    (fault,) = refused.value.faults
    assert fault.field == "inputs_missing"
    assert "Changes in external and internal issues" in str(fault.message)
    told = {"inputs_missing": "Issues and parties: looked at in the strategy day."}
    done = commands.amend(mina, bare.reference, told, revision=done.revision)
    assert commands.move(mina, bare.reference, "submit", revision=done.revision).state == "in review"


def test_refusals(mina: Actor, make: Make, someone: Any) -> None:
    running = planned(mina, period_until=date(2026, 3, 31))
    with pytest.raises(Conflict) as refused:
        review.prepare(mina, running.reference, running.revision)
    assert refused.value.faults[0].field == "period_until"
    saved = planned(mina)
    with pytest.raises(Stale):
        review.prepare(mina, saved.reference, saved.revision + 5)
    with pytest.raises(NotAllowed):
        review.prepare(someone("viewer", "Vera"), saved.reference, saved.revision)
    with pytest.raises(NotFound):
        review.find(mina, make("risk").reference)


def test_who_manages_one_unit_gathers_no_figures_of_the_whole_organization(
    mina: Actor, installation: Actor
) -> None:
    """They may amend the review itself, since it is of their unit."""
    unit = people.create_unit(installation, slug="claims", name="Claims")
    person = people.create_person(installation, email="una@halden.example", full_name="Una")
    people.give_grant(installation, person, "aims-manager", unit=unit)
    una = actor_of_person(person)
    saved = planned(mina, unit="claims")
    commands.amend(una, saved.reference, {"title": "Review of March"}, revision=saved.revision)
    with pytest.raises(NotAllowed) as refused:
        review.prepare(una, saved.reference, saved.revision + 1)
    assert refused.value.extra["permission"] == "read"
    assert not review.find(mina, saved.reference).inputs


class TestRisks:
    @pytest.fixture
    def risk(self, make: Make, mina: Actor, sara: Actor) -> str:
        """High before, accepted as moderate because of a control that nothing measures."""
        give_authority(sara)
        judged = {"likelihood": 4, "residual_likelihood": 2, "residual_harm_to_individuals": 3}
        saved = step(mina, make("risk", **judged), "assess")
        plan = make("treatment", risks=[saved.reference], controls=["iso42001:A.8.3"])
        step(sara, step(mina, plan, "submit"), "approve")
        return str(step(sara, step(mina, saved, "treat"), "accept").reference)

    def test_what_is_left_is_that_of_the_end_of_the_period(self, risk: str) -> None:
        with clock.frozen(clock.parse_rfc3339("2026-03-06T09:00:00Z")):
            found = section(review.inputs(FIRST, LAST), "risks")
        assert "1 of 1 judged risks are graver than planned" in found["said"]
        (item,) = found["items"]
        assert (item["ref"], item["state"]) == (risk, "accepted")
        assert item["note"].startswith("accepted as moderate and high at the end of the period")
        counted = {one["label"]: (one["value"], one["of"]) for one in found["figures"]}
        assert counted["Acceptances that have lapsed"] == (1, 1)
        assert (counted["High"], counted["Moderate"]) == ((1, 1), (0, 1))

    def test_what_was_judged_and_measured_later_does_not_count(
        self, risk: str, mina: Actor, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The period ends; afterwards the risk is judged anew, another is recorded, and the control works."""
        asked: list[Any] = []

        def measured(systems: Any, wanted: Any, at: Any, now: Any) -> Any:
            asked.append(at)
            state = MeasuredState.FAILING if at else MeasuredState.OPERATING
            return {slug: dict.fromkeys(wanted, state) for slug in systems}

        monkeypatch.setattr(posture, "measured_for", measured)
        with clock.frozen(clock.parse_rfc3339("2026-03-06T09:00:00Z")):
            revision = Record.objects.get(reference=risk).revision
            saved = commands.move(mina, risk, "reassess", revision=revision)
            commands.amend(mina, risk, {"residual_likelihood": 4}, revision=saved.revision)
            make("risk", likelihood=5, residual_likelihood=5, residual_harm_to_individuals=5)
            found = section(review.inputs(FIRST, LAST), "risks")
            now = residual.today([risk])[risk]
        assert [one["ref"] for one in found["items"]] == [risk]
        assert found["items"][0]["state"] == "accepted"
        assert found["items"][0]["note"].startswith("accepted as moderate and high")
        assert [at for at in asked if at is not None] == [clock.parse_rfc3339("2026-03-04T00:00:00Z")]
        assert now.planned.word != "Moderate"


def step(actor: Actor, saved: Any, name: str) -> Any:
    return commands.move(actor, saved.reference, name, revision=saved.revision, reason="As planned.")
