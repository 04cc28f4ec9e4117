"""Suppliers are assessed with the systems that inherit their risk; agents have limits; customers are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.organization import live_system, notice, supplier_assessment
from tests.honesty.world import World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)
ACTS, AGENTS, CUSTOMERS = "supplier-assessments", "agents-limited", "customers-answered"


def why(world: World, check: str) -> str:
    """What is missed by a check, in one text."""
    world.flow()
    return " ".join(f"{name} {reason}" for name, reason in world.missed(check).items())


@pytest.fixture
def supplied(office: World) -> tuple[str, str]:
    """An approved supplier and the live system that uses it."""
    supplier = office.approve(office.make("supplier"))
    return supplier, live_system(office, "credit-score", supplier=supplier)


def test_a_supplier_without_an_act_is_named_and_both_pages_show_the_act(
    office: World, supplied: tuple[str, str]
) -> None:
    supplier, system = supplied
    assert f"{supplier} has no approved assessment of its own" in why(office, ACTS)
    made = supplier_assessment(office, supplier=supplier, systems=[system])
    assert why(office, ACTS) == ""
    for page, heading in ((system, "Inherited from suppliers"), (supplier, "Assessments")):
        shown = office.page("mina", f"/records/{page}/")
        assert heading in shown
        assert made in shown


def test_an_assessment_names_every_system_that_uses_the_supplier(
    office: World, supplied: tuple[str, str]
) -> None:
    """Through the system itself or a part of it; one that came later is missed by name until it is named."""
    supplier, system = supplied
    draft = office.make("supplier-assessment", supplier=supplier, systems=[], risks=[])
    refused = office.try_move("mina", draft, "submit")
    assert [fault["field"] for fault in refused.json["errors"]] == ["systems"]
    assert system in refused.text
    supplier_assessment(office, supplier=supplier, systems=[system])
    later = live_system(office, "chat")
    office.approve(office.make("component", supplier=supplier, systems=[later], datasets=[]))
    assert f"leaves out {later}" in why(office, ACTS)
    supplier_assessment(office, supplier=supplier, systems=[system, later])
    assert why(office, ACTS) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"verdict": "not suitable"}, "found it not suitable"),
        ({"evidence": "seen"}, "says next to nothing of the evidence"),
        ({"assessed_on": -400}, "was last assessed on"),
    ],
)
def test_an_assessment_that_does_not_carry_says_why(
    office: World, supplied: tuple[str, str], changed: dict[str, Any], said: str
) -> None:
    if isinstance(changed.get("assessed_on"), int):
        changed = {"assessed_on": office.day(changed["assessed_on"])}
    supplier_assessment(office, supplier=supplied[0], systems=[supplied[1]], **changed)
    assert said in why(office, ACTS)


def test_conditions_end_on_their_day(office: World, supplied: tuple[str, str]) -> None:
    told = {"verdict": "suitable with conditions", "conditions": "Results by language for each model."}
    supplier_assessment(
        office, supplier=supplied[0], systems=[supplied[1]], conditions_by=office.day(5), **told
    )
    assert why(office, ACTS) == ""
    office.wait(days=6)
    assert "set conditions that nobody has seen met since" in why(office, ACTS)


def agent(world: World, system: str, **values: Any) -> str:
    """An approved agent of a system with limits, which Stig may stop; its reference."""
    tool = world.approve(world.make("component", type="tool", title="Search", systems=[system], datasets=[]))
    told = {
        "type": "agent",
        "systems": [system],
        "datasets": [],
        "tools": [tool],
        "amount_limits": "Fifty euros a case, twenty cases a day.",
        "data_limits": "Reads claims, sends nothing to anybody.",
        "stopped_by": world.people["stig"].handle,
        "stop_how": "Switch in the console; cases go to handlers.",
        **values,
    }
    return world.approve(world.make("component", **told))


def test_an_agent_with_limits_is_in_order_and_its_tool_says_who_may_use_it(office: World) -> None:
    system = live_system(office, "chat")
    made = agent(office, system)
    assert why(office, AGENTS) == ""
    tool = office.record(made)["values"]["tools"][0]
    page = office.page("mina", f"/records/{tool}/")
    assert "Agents that may use it" in page
    assert made in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tools": []}, "lacks the tools that it may use"),
        ({"amount_limits": ""}, "lacks limits of amount"),
        ({"data_limits": "none"}, "says next to nothing of limits of data"),
        ({"stopped_by": None}, "names nobody who is here and may stop it"),
        ({"stop_how": ""}, "lacks how it is stopped"),
    ],
)
def test_an_agent_that_lacks_a_limit_is_named(office: World, changed: dict[str, Any], said: str) -> None:
    made = agent(office, live_system(office, "chat"), **changed)
    assert f"{made} {said}" in why(office, AGENTS)


def test_one_person_makes_an_agent_nothing_else(office: World) -> None:
    """A draft that calls the agent software takes it out of nothing."""
    made = agent(office, live_system(office, "chat"), amount_limits="")
    office.move("mina", made, "revise")
    limits = dict.fromkeys(("data_limits", "stop_how"), "")
    office.amend("mina", made, type="software", tools=[], stopped_by=None, **limits)
    assert f"{made} lacks limits of amount" in why(office, AGENTS)


def test_only_an_agent_has_limits_at_every_door(office: World) -> None:
    wrong = {"title": "Search", "type": "tool", "version": "1", "amount_limits": "Ten a day, no more."}
    refused = office.try_create("mina", "component", **wrong)
    assert [fault["field"] for fault in refused.json["errors"]] == ["amount_limits"]
    page = reverse("record-new", args=[kinds.get("component").plural])
    assert office.press("mina", page, **wrong).status not in (302, 500)
    assert office.listed("component") == []
    assert "amount_limits" in office.import_csv("mina", "component", [wrong]).text
    assert [row["values"]["amount_limits"] for row in office.listed("component")] == [""]


def test_customers_are_told_and_answered(office: World) -> None:
    system = live_system(office, "credit-score", roles=["provider"])
    buyer = office.approve(office.make("interested-party", type="customers"))
    missed = why(office, CUSTOMERS)
    assert f"{system} has no approved notice" in missed
    assert f"{buyer} expects something" in missed
    office.approve(office.make("obligation", party=buyer))
    notice(office, system, audience=["customers"])
    assert why(office, CUSTOMERS) == ""
