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


def retired(world: World, reference: str) -> None:
    """Take a record out of force, as two people have to."""
    world.move("mina", reference, "propose-retirement")
    world.move("sara", reference, "retire")


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


def test_the_context_is_determined_by_records(office: World) -> None:
    """Drafts determine nothing, approved records do, and none of it rests on somebody vouching for it."""
    office.make("issue")
    assert office.words("4.1", "4.2") == {"4.1": "Failing", "4.2": "Failing"}
    assert "internal context has no approved record" in office.seen("4.1").reasons
    context(office)
    retired(office, office.approve(office.of("issue")))
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
    assert office.words(number)[number] in GOOD
    retired(office, made[gone])
    seen = office.seen(number)
    assert not seen.good
    assert said in seen.reasons.lower()


@pytest.mark.parametrize("number", ["4.1", "4.2"])
def test_what_nobody_looks_at_again_is_named(office: World, number: str) -> None:
    made = context(office)
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
