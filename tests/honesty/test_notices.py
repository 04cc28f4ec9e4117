"""What people are told counts while it is true and was given; each door asks for the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.organization import live_system, notice
from tests.honesty.world import World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN, TOLD = "notices-given", "parties-told"
USERS = "has no approved notice to those who have to know"


@pytest.fixture
def system(office: World) -> str:
    """A live system that touches people, as approved."""
    return live_system(office, "credit-score")


def why(world: World, check: str) -> str:
    """What is missed by a check, in one text."""
    world.flow()
    return " ".join(f"{name} {reason}" for name, reason in world.missed(check).items())


def test_a_live_system_without_a_notice_is_named_and_one_notice_tells_both(
    office: World, system: str
) -> None:
    assert USERS in why(office, GIVEN)
    assert system in why(office, TOLD)
    notice(office, system)
    assert why(office, GIVEN) == why(office, TOLD) == ""
    assert "Information notices" in office.page("mina", f"/records/{system}/")


def test_a_notice_is_out_of_date_once_the_approved_purpose_is_another(office: World, system: str) -> None:
    """A draft of one person changes nothing; the approved purpose does, and a revision puts it right."""
    told = notice(office, system)
    office.move("mina", system, "revise")
    office.amend("mina", system, purpose="Decides on credit without anybody looking.")
    assert why(office, GIVEN) == ""
    office.approve(system)
    assert "was written before purpose of the system changed" in why(office, GIVEN)
    assert told in why(office, TOLD)
    page = office.page("mina", f"/records/{told}/")
    assert "The system in force is not as people were told" in page
    assert "Decides on credit without anybody looking" in page
    office.move("mina", told, "revise")
    office.amend("mina", told, text="A program decides on your credit. You can have a person look at it.")
    office.approve(told)
    assert why(office, GIVEN) == ""


def test_a_system_that_changes_under_review_asks_for_another_look(office: World, system: str) -> None:
    told = office.make("information-notice", system=system, obligations=[])
    office.move("mina", told, "submit")
    office.move("mina", system, "revise")
    office.amend("mina", system, purpose="Decides on credit without anybody looking.")
    office.approve(system)
    refused = office.try_move("sara", told, "approve")
    assert refused.refused
    assert "ask for review again" in " ".join(refused.remedies)
    office.move("sara", told, "return")
    office.approve(told)
    assert why(office, GIVEN) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"delivered_on": None, "delivery_evidence": ""}, "is not said to have reached anybody"),
        ({"covers": ["ai", "purpose"]}, "do not tell its limits or how to contest a result"),
        ({"audience": ["authorities"]}, USERS),
        ({"delivery_evidence": "yes"}, "says next to nothing of the evidence of delivery"),
    ],
)
def test_a_notice_that_tells_or_reaches_too_little_says_why(
    office: World, system: str, changed: dict[str, Any], said: str
) -> None:
    notice(office, system, **changed)
    assert said in why(office, GIVEN)


def test_one_person_alone_makes_nothing_good(office: World, system: str) -> None:
    """The author writes, gives and asks; they cannot approve it, and what waits counts for nothing."""
    told = office.make("information-notice", system=system, obligations=[])
    office.move("mina", told, "submit")
    assert office.try_move("mina", told, "approve").refused
    assert USERS in why(office, GIVEN)


def test_a_duty_to_inform_is_met_by_the_notice_that_names_it(office: World, system: str) -> None:
    notice(office, system)
    party = office.approve(office.make("interested-party"))
    duty = office.approve(office.make("obligation", party=party, controls=["iso42001:A.8.5"]))
    assert duty in why(office, TOLD)
    notice(office, system, audience=["authorities"], obligations=[duty], title="Figures for the supervisor")
    assert why(office, TOLD) == ""
    assert "Met by telling people" in office.page("mina", f"/records/{duty}/")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"about": "incident"}, "incident"),
        ({"about": "change"}, "change"),
        ({"delivery_evidence": ""}, "delivery_evidence"),
        ({"delivered_on": None}, "delivered_on"),
    ],
)
def test_a_draft_may_lack_what_it_is_asked_for_before_its_review(
    office: World, system: str, changed: dict[str, Any], field: str
) -> None:
    draft = office.make("information-notice", system=system, obligations=[], **changed)
    refused = office.try_move("mina", draft, "submit")
    assert [fault["field"] for fault in refused.json["errors"]] == [field]
    assert all(refused.remedies)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"system": "SYS-0099"}, "system"),
        ({"language": "x" * 61}, "language"),
        ({"delivered_on": "2099-01-01"}, "delivered_on"),
        ({"next_review": "2099-01-01"}, "next_review"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(
    office: World, system: str, changed: dict[str, Any], field: str
) -> None:
    kept = office.record(office.make("information-notice", system=system, obligations=[]))["values"]
    wrong = {**{name: value for name, value in kept.items() if value and name != "content"}, **changed}
    before = len(office.listed("information-notice"))
    refused = office.try_create("mina", "information-notice", **wrong)
    assert refused.refused
    assert [fault["field"].partition("[")[0] for fault in refused.json["errors"]] == [field]
    page = reverse("record-new", args=[kinds.get("information-notice").plural])
    assert office.press("mina", page, **wrong).status not in (302, 500)
    assert len(office.listed("information-notice")) == before
    told = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in office.import_csv("mina", "information-notice", [told]).text


def test_a_notice_speaks_of_approved_parts_of_its_own_system_and_shows_what_they_were(
    office: World, system: str
) -> None:
    data = office.make("dataset", systems=[system], version="2025-12")
    other = live_system(office, "other-score")
    told = office.make("information-notice", system=system, obligations=[], datasets=[data])
    refused = office.try_move("mina", told, "submit")
    assert [fault["field"] for fault in refused.json["errors"]] == ["datasets"]
    assert "have it approved first" in refused.remedies
    office.approve(data)
    foreign = office.approve(office.make("dataset", systems=[other], version="1", title="Other data"))
    office.amend("mina", told, datasets=[data, foreign])
    assert "name what this system is made of" in office.try_move("mina", told, "submit").remedies
    office.amend("mina", told, datasets=[data])
    office.move("mina", told, "submit")
    office.move("mina", data, "revise")
    office.amend("mina", data, version="2026-11")
    office.approve(data)
    assert office.try_move("sara", told, "approve").refused
    office.move("sara", told, "return")
    office.approve(told)
    assert office.record(told)["values"]["content"]["parts"] == {data: "version:2026-11"}
    changed = "A part that it speaks of is another by now."
    shown = office.page("mina", f"/records/{told}/")
    assert "version:2026-11" in shown
    assert changed not in shown
    assert "Notices that speak of it" in office.page("mina", f"/records/{data}/")
    office.move("mina", data, "revise")
    office.amend("mina", data, version="2026-12")
    assert changed not in office.page("mina", f"/records/{told}/")
    office.approve(data)
    assert changed in office.page("mina", f"/records/{told}/")


def test_the_change_that_people_are_told_of_is_a_record_or_a_line(office: World, system: str) -> None:
    """Either suffices; the line that was written stays beside the record, also through the door of a file."""
    change = office.make("change", duties=[])
    told = office.make(
        "information-notice", system=system, obligations=[], about="change", planned_change=change
    )
    office.move("mina", told, "submit")
    kept = office.record(told)["values"]
    file = {
        name: kept[name] for name in ("title", "system", "about", "text", "language", "version", "channel")
    }
    file |= {"audience": "users", "next_review": kept["next_review"], "planned_change": change}
    assert not office.import_csv("mina", "information-notice", [file | {"change": "One line."}]).refused
    (imported,) = {row["reference"] for row in office.listed("information-notice")} - {told}
    values = office.record(imported)["values"]
    assert (values["change"], values["planned_change"]) == ("One line.", change)
    assert "Who is told of it" in office.page("mina", f"/records/{change}/")


def test_a_notice_of_a_system_that_nobody_approved_waits(office: World) -> None:
    draft = office.make("ai-system", slug="new-one", lifecycle="in operation")
    told = office.make("information-notice", system=draft, obligations=[])
    refused = office.try_move("mina", told, "submit")
    assert refused.refused
    assert "have the record of the system approved first" in refused.remedies
