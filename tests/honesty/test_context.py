"""Clauses 4 and 5 follow from records: the minimal ones make each requirement good, and taking any of them
out of force, letting its day pass or leaving it a draft changes the state and names that reason.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.honesty.organization import live_system
from tests.honesty.world import GOOD, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def retired(world: World, reference: str, by: str = "sara") -> None:
    """Take a record out of force, as two people have to."""
    world.move("mina", reference, "propose-retirement")
    world.move(by, reference, "retire")


def context(world: World) -> dict[str, str]:
    """The least that is recorded of the context: two issues, a party, what is taken on of its needs."""
    mina = world.people["mina"].handle
    made = {
        "external": world.approve(world.make("issue")),
        "internal": world.approve(world.make("issue", title="Few people know the models", origin="internal")),
        "party": world.approve(world.make("interested-party")),
    }
    made["obligation"] = world.approve(world.make("obligation", party=made["party"], owner=mina))
    return made


AREAS = (
    *("conformity", "reporting", "risk", "impact", "resources", "security", "safety", "privacy"),
    *("development", "performance", "oversight", "suppliers", "law", "data"),
)


def duty(world: World, area: str, by: str = "ingrid") -> str:
    """An approved responsibility for an area, for which Mina answers."""
    made = world.make("responsibility", title=f"Duty: {area}", area=area, owner=world.people["mina"].handle)
    return world.approve(made, by=by)


def leadership(world: World) -> dict[str, str]:
    """The least that is recorded of scope, duties and a committee, beside the context."""
    mina = world.people["mina"].handle
    made = context(world) | {area: duty(world, area) for area in AREAS}
    made["scope"] = world.approve(world.make("scope"), by="ingrid")
    terms = {"members": [made["risk"]], "owner": mina, "effective_from": world.day().isoformat()}
    made["committee"] = world.approve(world.make("committee", **terms), by="ingrid")
    made["meeting"] = world.approve(
        world.make("committee-meeting", committee=made["committee"], held_on=world.day().isoformat())
    )
    made["decision"] = world.approve(
        world.make("committee-decision", meeting=made["meeting"], owner=mina, due=world.day(20).isoformat())
    )
    made["policy"] = world.approve(world.make("policy"), by="ingrid")
    made["objective"] = world.approve(world.make("objective", owner=mina))
    return made


def test_the_context_is_determined_by_records(office: World) -> None:
    """Drafts determine nothing, approved records do, and none of it rests on somebody vouching for it."""
    office.make("issue", title="A draft of an internal one", origin="internal")
    office.approve(office.make("issue"))
    assert office.words("4.1", "4.2") == {"4.1": "Failing", "4.2": "Failing"}
    assert "internal context has no approved record" in office.seen("4.1").reasons
    drafts = [row["reference"] for row in office.listed("issue") if row["state"] == "draft"]
    office.move("mina", *drafts, "discard")
    context(office)
    office.approve(office.make("scope"), by="ingrid")
    assert office.words("4.1", "4.2") == {"4.1": "Recorded", "4.2": "Recorded"}
    assert office.posture()["4.1"]["attested"] is None


@pytest.mark.parametrize(
    ("gone", "number", "said"),
    [
        ("external", "4.1", "external context has no approved record"),
        ("internal", "4.1", "internal context has no approved record"),
        ("party", "4.2", "register of interested parties has no approved record"),
        ("obligation", "4.2", "has needs of which nothing is taken on or declined"),
    ],
)
def test_without_its_minimal_record_a_requirement_of_the_context_says_so(
    office: World, gone: str, number: str, said: str
) -> None:
    made = context(office)
    office.approve(office.make("scope"), by="ingrid")
    assert office.words(number)[number] in GOOD
    retired(office, made[gone])
    seen = office.seen(number)
    assert not seen.good
    assert said in seen.reasons.lower()


@pytest.mark.parametrize("number", ["4.1", "4.2"])
def test_what_nobody_looks_at_again_is_named(office: World, number: str) -> None:
    made = context(office)
    office.approve(office.make("scope"), by="ingrid")
    assert office.words(number)[number] in GOOD
    review = office.record(made["external"])["values"]["next_review"]
    office.wait(days=(office.day().fromisoformat(review) - office.day() + timedelta(days=1)).days)
    seen = office.seen(number)
    assert not seen.good
    assert "was due for review" in seen.reasons


def test_each_live_system_has_a_role_of_ours(office: World) -> None:
    context(office)
    live_system(office, "chat", roles=[], purpose="Answers questions about the cover of a policy.")
    assert "names no role that we play towards it" in office.seen("4.1").reasons
    live_system(
        office, "mail", roles=["customer"], purpose="Sorts letters by subject.", effect="legal or similar"
    )
    assert "1 of 2 live systems have a purpose and a role" in office.seen("4.1").reasons


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("issue", {"origin": "somewhere"}, "origin"),
        ("issue", {"next_review": "2031-01-01"}, "next_review"),
        ("interested-party", {"needs": "-"}, "needs"),
        ("obligation", {"party": "PTY-0099"}, "party"),
        ("obligation", {"effective_from": "2026-06-01", "ends_on": "2026-05-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(
    office: World, kind: str, changed: dict[str, str], field: str
) -> None:
    """Page and API name the field, say what to do, and write nothing; an import names what it leaves out."""
    good = office.record(office.make(kind))["values"]
    wrong = {**{name: value for name, value in good.items() if value}, **changed}
    before = len(office.listed(kind))
    refused = office.try_create("mina", kind, **wrong)
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == [field]
    assert all(refused.remedies)
    page = reverse("record-new", args=[kinds.get(kind).plural])
    assert office.press("mina", page, **wrong).status not in (302, 500)
    assert len(office.listed(kind)) == before
    told = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in office.import_csv("mina", kind, [told]).text


@pytest.mark.parametrize(
    ("gone", "number", "said"),
    [
        ("scope", "4.1", "decision on climate change is in no approved scope"),
        ("scope", "4.3", "scope of the aims is not approved"),
        ("conformity", "5.3", "conformity of the aims is assigned to nobody"),
        ("reporting", "5.3", "reports to top management is assigned to nobody"),
        ("risk", "5.3", "has too few members who are here: 0"),
        ("policy", "5.1", "ai policy is not there"),
        ("objective", "5.1", "ai objectives is not there"),
        *((area, "A.3.2", "is assigned to nobody") for area in AREAS[2:]),
    ],
)
def test_without_its_minimal_record_a_requirement_of_leadership_says_so(
    office: World, gone: str, number: str, said: str
) -> None:
    made = leadership(office)
    before = office.seen(number)
    assert said not in before.reasons.lower()
    retired(office, made[gone], by="ingrid")
    seen = office.seen(number)
    assert not seen.good
    assert said in seen.reasons.lower()


def test_what_is_recorded_of_leadership_is_good_without_anybody_vouching_for_it(office: World) -> None:
    leadership(office)
    words = office.words("4.1", "4.2", "4.3", "5.3")
    assert {number: word for number, word in words.items() if word not in GOOD} == {}
    missing = office.posture()["5.1"]["reasons"]
    assert [row["text"] for row in missing if "management review is not there" in row["text"].lower()]
    assert office.posture()["5.3"]["attested"] is None


def test_context_and_scope_are_approved_as_one(office: World) -> None:
    """What has changed since review was asked for is not approved by accident, and a system that came after
    the scope is named until the scope is looked at again."""
    context(office)
    scope = office.make("scope")
    office.move("mina", scope, "submit")
    frozen = office.record(scope)["values"]["content"]
    assert {kind: len(rows) for kind, rows in frozen.items()} == {
        "issue": 2, "interested-party": 1, "obligation": 1, "ai-system": 0,
    }  # fmt: skip
    office.approve(office.make("issue", title="Customers ask for evidence"))
    refused = office.try_move("ingrid", scope, "approve")
    assert refused.refused
    assert refused.json["errors"][0]["field"] == "content"
    office.move("ingrid", scope, "return")
    office.approve(scope, by="ingrid")
    live_system(office, "chat")
    assert f"is neither within {scope} nor left out of it" in office.seen("4.3").reasons
    assert "The context that is approved with it" in office.page("mina", f"/records/{scope}/")


def test_only_top_management_approves_scope_and_duties(office: World) -> None:
    mina = office.people["mina"].handle
    for kind in ("scope", "responsibility"):
        made = office.make(kind, owner=mina)
        office.move("mina", made, "submit")
        refused = office.try_move("sara", made, "approve")
        assert refused.refused
        assert "top management" in refused.text.lower()
        pressed = office.press_move("sara", made, "approve")
        assert "approved" not in office.record(made)["state"], pressed.text[:200]


def test_a_committee_without_members_is_refused_at_every_door(office: World) -> None:
    """API, page and import: none of them takes a committee further that nobody sits on."""
    good = office.record(office.make("committee", owner=office.people["mina"].handle))["values"]
    bare = {**{name: value for name, value in good.items() if value}, "title": "Nobody sits on it"}
    del bare["members"]
    alone = office.create("mina", "committee", **bare)
    refused = office.try_move("mina", alone, "submit")
    assert refused.refused
    assert "members" in {fault["field"] for fault in refused.json["errors"]}
    assert all(refused.remedies)
    assert "embers" in office.press_move("mina", alone, "submit").text
    assert office.record(alone)["state"] == "draft"
    told = {name: str(value) for name, value in bare.items()} | {"title": "Nobody sits on this one either"}
    office.import_csv("mina", "committee", [told])
    (imported,) = [row for row in office.listed("committee") if row["values"]["title"] == told["title"]]
    assert office.try_move("mina", imported["reference"], "submit").refused


def test_a_quorum_that_nobody_can_reach_and_a_decision_without_one_are_refused(office: World) -> None:
    made = leadership(office)
    mina = office.people["mina"].handle
    many = office.make("committee", title="Too few", members=[made["risk"]], quorum=2, owner=mina)
    assert {one["field"] for one in office.try_move("mina", many, "submit").json["errors"]} == {"quorum"}
    meeting = office.make(
        "committee-meeting", title="Too few came", quorate="no", committee=made["committee"]
    )
    decision = office.make("committee-decision", title="By two", meeting=office.approve(meeting), owner=mina)
    assert "too few members" in office.try_move("mina", decision, "submit").text
    early = office.try_create(
        "mina", "committee-decision", title="Before", meeting=meeting, decision="To act before we met.",
        action="Act before we met.", due="2026-01-01",
    )  # fmt: skip
    assert {one["field"] for one in early.json["errors"]} == {"due"}


def test_what_the_scope_leaves_out_has_a_reason(office: World) -> None:
    system = live_system(office, "mail")
    scope = office.make("scope", excluded=[system])
    assert {one["field"] for one in office.try_move("mina", scope, "submit").json["errors"]} == {"exclusions"}
    office.amend("mina", scope, exclusions=f"{system} is run by the group, and its AIMS covers it.")
    office.approve(scope, by="ingrid")
    assert [row["within"] for row in office.record(scope)["values"]["content"]["ai-system"]] == [False]


def test_a_late_decision_and_a_member_who_left_are_named(office: World) -> None:
    made = leadership(office)
    office.wait(days=21)
    assert f"{made['decision']} was due on" in office.seen("5.1").reasons
    office.move("mina", made["decision"], "carry-out")
    assert f"{made['decision']} was due on" not in office.seen("5.1").reasons


def test_what_was_decided_stays_and_another_day_is_another_decision(office: World) -> None:
    made = leadership(office)
    office.move("mina", made["decision"], "revise")
    later = office.try_amend("mina", made["decision"], due=office.day(60).isoformat())
    assert {one["field"] for one in later.json["errors"]} == {"due"}
    office.amend("mina", made["decision"], title="Said in fewer words")


def test_the_matrix_shows_every_area_and_where_nobody_answers(office: World) -> None:
    first = office.page("viola", "/responsibilities/matrix/")
    assert first.count("Nobody") >= len(AREAS)
    duty(office, "privacy")
    shown = office.page("viola", "/responsibilities/matrix/")
    assert "1 of 14 areas" in shown
    assert "Mina" in shown
    assert "Assign it" not in shown, "a viewer is not offered what they may not do"
    assert "Assign it" in office.page("mina", "/responsibilities/matrix/")
