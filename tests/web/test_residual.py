"""What is left of a risk today, on its page: it moves back as the controls that reduce it fail."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from plumbline.kernel.states import MeasuredState
from plumbline.records.search_index import queries as search_index

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)
JUDGED = {
    "harm_to_individuals": 4,
    "residual_likelihood": 2,
    "residual_harm_to_individuals": 3,
    "assessed_on": "2026-11-01",
}
CONTROLS = ["iso42001:A.6.2.6", "iso42001:A.9.2"]


@pytest.fixture
def risk(house: House) -> str:
    """Judged 4 x 4 (high) before and 2 x 3 (moderate) after an approved treatment with two controls."""
    from plumbline.records import commands, kinds

    manager = house.actor("aims-manager")
    values: dict[str, Any] = {"title": "Claims drift", "description": "Late claims.", "likelihood": 4}
    values |= JUDGED
    made = commands.create(manager, kinds.get("risk"), values)
    treatment = commands.create(
        manager,
        kinds.get("treatment"),
        {
            "title": "Watch it",
            "risks": [made.reference],
            "option": "reduce",
            "action": "Watch",
            "measure": "Fewer alerts.",
            "controls": CONTROLS,
            "due": str(date.today() + timedelta(days=30)),
        },
    )
    moved = commands.move(manager, treatment.reference, "submit", revision=treatment.revision)
    commands.move(house.actor("top-management"), treatment.reference, "approve", revision=moved.revision)
    return made.reference


def panel(house: House, reference: str) -> Any:
    answer = house.client("aims-manager").get(f"/records/{reference}/")
    assert answer.status_code == 200
    return answer.context.get("left"), answer.content.decode()


@pytest.mark.parametrize(
    ("states", "today", "says"),
    [
        # Level 4 before, 2 as planned. By hand: 2 steps x the share that does not hold, rounded up.
        ((MeasuredState.EFFECTIVE, MeasuredState.DEGRADED), "Moderate", "2 of 2 controls"),
        ((MeasuredState.EFFECTIVE, MeasuredState.FAILING), "Elevated", "1 of 2 controls"),
        ((MeasuredState.NO_SIGNAL, MeasuredState.NOT_MEASURED), "High", "0 of 2 controls"),
        ((MeasuredState.NOT_APPLICABLE, MeasuredState.EFFECTIVE), "Moderate", "1 of 1 controls"),
    ],
)
def test_it_follows_the_measured_states(
    house: House, risk: str, monkeypatch: pytest.MonkeyPatch, states: Any, today: str, says: str
) -> None:
    from plumbline.controls import posture
    from plumbline.controls.residual_levels import commands as residual_levels

    given = dict(zip(CONTROLS, states, strict=True))
    monkeypatch.setattr(posture, "measured_for", lambda systems, *_: dict.fromkeys(systems, given))
    left, page = panel(house, risk)
    assert (left.before, left.planned, left.today) == ("High", "Moderate", today)
    assert left.graver is (today != "Moderate")
    assert str(left.sentence).startswith(says)
    assert "Residual risk today" in page
    residual_levels.keep()
    for address in ("/records/risks/", "/records/risks/export.csv"):
        text = house.client("aims-manager").get(address)
        body = b"".join(text.streaming_content) if text.streaming else text.content
        assert b"evel" in body, address
        assert today.encode() in body.partition(b"Claims drift")[2], address


def test_nothing_is_said_before_it_is_judged(house: House) -> None:
    left, page = panel(house, house.references["risk"])
    assert left is None
    assert "Residual risk today" not in page
    assert "one AI system" in page, "how far it reaches is known before it is judged"


def test_a_draft_treatment_takes_nothing_off(house: House) -> None:
    from plumbline.records import commands, kinds

    values: dict[str, Any] = {"title": "Alone", "description": "Late claims.", "likelihood": 4}
    values |= JUDGED
    made = commands.create(house.actor("aims-manager"), kinds.get("risk"), values)
    left, page = panel(house, made.reference)
    assert (left.today, left.controls) == ("High", ())
    assert "No control of an approved treatment reduces it" in page


def test_it_is_the_same_for_a_reader_who_does_not_see_the_treatment(house: House, risk: str) -> None:
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor
    from plumbline.records import commands

    manager = house.actor("aims-manager")
    other = people.create_unit(Actor.installation(), name="Elsewhere")
    treatment = search_index.search(manager, "Watch it")[0].reference
    commands.move(manager, treatment, "revise", revision=3, reason="Another unit does it")
    moved = commands.amend(manager, treatment, {"unit": other.slug}, revision=4)
    moved = commands.move(manager, treatment, "submit", revision=moved.revision)
    commands.move(house.actor("top-management"), treatment, "approve", revision=moved.revision)
    unit = people.create_unit(Actor.installation(), name="Here")
    reader = people.create_person(Actor.installation(), email="here@halden.example", full_name="Here")
    people.give_grant(Actor.installation(), reader, "viewer", unit=unit)
    reader.refresh_from_db()
    house.people["here"] = reader
    whole, _ = panel(house, risk)
    answer = house.client("here").get(f"/records/{risk}/")
    assert "Watch it" not in answer.content.decode()
    assert answer.context["left"] == whole
    assert [row.label.split()[0] for row in whole.controls] == ["A.6.2.6", "A.9.2"]
