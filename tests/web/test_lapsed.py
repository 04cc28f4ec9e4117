"""An acceptance that today's level has overtaken is a task of the risk's owner, with reason and link."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse_lazy
from tests.authority import give_authority
from tests.web import reading

from plumbline.kernel import clock
from plumbline.kernel.states import MeasuredState

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)
CONTROL = "iso42001:A.9.2"
MY_WORK = reverse_lazy("my-work")
PAGES = ("/", MY_WORK)


@pytest.fixture
def risk(house: House) -> str:
    """High before, accepted as moderate because of one control; the risk owner owns it."""
    from plumbline.records import commands, kinds

    manager, second = house.actor("aims-manager"), house.actor("top-management")
    give_authority(second)
    today = clock.today()
    owner = house.person("risk-owner").handle

    def step(actor: Any, saved: Any, *names: str) -> Any:
        for name in names:
            saved = commands.move(actor, saved.reference, name, revision=saved.revision, reason="As agreed.")
        return saved

    values: dict[str, Any] = {
        "title": "Claims drift", "description": "Late claims.", "likelihood": 4, "harm_to_individuals": 4,
        "residual_likelihood": 2, "residual_harm_to_individuals": 3, "assessed_on": str(today),
        "response": "reduce", "accepted_until": str(today + timedelta(days=90)), "owner": owner,
    }  # fmt: skip
    made = step(manager, commands.create(manager, kinds.get("risk"), values), "assess")
    plan: dict[str, Any] = {
        "title": "Watch it", "risks": [made.reference], "option": "reduce", "action": "Watch the queue",
        "measure": "Fewer alerts.", "controls": [CONTROL], "due": str(today + timedelta(days=30)),
    }  # fmt: skip
    planned = step(manager, commands.create(manager, kinds.get("treatment"), plan), "submit")
    step(second, planned, "approve")
    step(second, step(manager, made, "treat"), "accept")
    return made.reference


def reads(monkeypatch: pytest.MonkeyPatch, state: MeasuredState) -> None:
    from plumbline.controls import posture

    monkeypatch.setattr(
        posture, "measured_for", lambda systems, wanted, at, now: {one: {CONTROL: state} for one in systems}
    )


def text(house: House, role: str, address: str) -> str:
    answer = house.client(role).get(address)
    assert answer.status_code == 200
    return " ".join(reading.read(answer.content).text.split())


@pytest.mark.parametrize("address", PAGES)
def test_its_owner_has_a_task_as_long_as_more_is_left_than_was_accepted(
    house: House, risk: str, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    reads(monkeypatch, MeasuredState.FAILING)
    shown = text(house, "risk-owner", address)
    assert "Acceptances that have lapsed" in shown
    assert f"Claims drift {risk}" in shown
    assert "accepted as moderate, high today: the acceptance has lapsed. Treat the risk" in shown
    assert "Nothing needs you" not in shown
    page = reading.read(house.client("risk-owner").get(address).content)
    assert f"/records/{risk}/" in [attrs.get("href") for tag, attrs in page.tags if tag == "a"]
    assert "have lapsed" not in text(house, "aims-manager", address), "it is the task of the owner"
    reads(monkeypatch, MeasuredState.OPERATING)
    assert "have lapsed" not in text(house, "risk-owner", address)


def test_it_is_gone_once_the_risk_is_assessed_anew(
    house: House, risk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plumbline.records import commands
    from plumbline.records.models import Record

    manager = house.actor("aims-manager")
    reads(monkeypatch, MeasuredState.FAILING)
    assert "have lapsed" in text(house, "risk-owner", MY_WORK)
    revision = Record.objects.get(reference=risk).revision
    commands.move(manager, risk, "reassess", revision=revision, reason="It is graver.")
    shown = text(house, "risk-owner", MY_WORK)
    assert "have lapsed" not in shown
    assert "Claims drift" in shown, "it is a record that is being worked on"
