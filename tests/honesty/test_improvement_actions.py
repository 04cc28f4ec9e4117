"""Actions that make the AIMS better (10.1), and certificates that are recorded and certify nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.organization import approved, management_review
from tests.honesty.world import Reply, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def action(world: World, *, due: int = 30, **changed: Any) -> str:
    """An action that comes from an idea, as Mina writes it."""
    told: dict[str, Any] = {"origin": "other", "source": "Sara had the idea in the weekly meeting."}
    mine = {"owner": world.people["mina"].handle, "indicator": None, "due": world.day(due).isoformat()}
    return world.make("action", **{**told, **mine, **changed})


def report(world: World, reference: str, values: dict[str, Any]) -> Reply:
    """Ask to record, with ``values``, that an action was carried out."""
    body = {"move": "carry-out", "reason": "As agreed on in the meeting.", "values": values}
    tag = world.etag("mina", reference)
    return world.call("mina", "POST", f"actions/{reference}/moves", body, If_Match=tag)


def carried_out(world: World, reference: str, *, begun: bool = False) -> str:
    if not begun:
        world.move("mina", reference, "begin")
    told = {"done_on": world.day().isoformat(), "result": "Sixteen in a hundred after two quarters."}
    done = report(world, reference, told)
    assert done.status == 200, done.text
    return reference


def late(world: World) -> str:
    world.flow()
    return str(world.missed("actions-carried-out"))


def test_an_action_is_carried_out_in_time_and_reviewed_by_somebody_else(office: World) -> None:
    reference = office.approve(action(office))
    assert late(office) == "{}"
    office.move("mina", reference, "begin")
    refused = office.try_move("mina", reference, "carry-out")
    assert {fault["field"] for fault in refused.json["errors"]} == {"done_on", "result"}
    carried_out(office, reference, begun=True)
    assert office.try_move("mina", reference, "review").refused, "nobody reviews what they own"
    office.wait(days=30 + 90)
    assert late(office) == "{}"
    office.wait(days=1)
    assert "is what one person says" in late(office)
    office.move("sara", reference, "review")
    assert late(office) == "{}"


def test_what_is_late_is_named_and_a_draft_binds_nobody_before_its_day(office: World) -> None:
    approved(office, "policy", by="ingrid", next_review=office.day(200))
    draft, running = action(office, due=5), office.approve(action(office, due=10))
    assert late(office) == "{}"
    office.wait(days=6)
    assert "is not approved" in office_missed(office)[draft]
    office.wait(days=5)
    assert "was due on" in office_missed(office)[running]
    refused = office.try_amend("mina", running, due=office.day(90).isoformat())
    assert refused.refused, "one person puts nothing off that was approved"


def office_missed(world: World) -> dict[str, str]:
    world.flow()
    return world.missed("actions-carried-out")


def test_what_is_reported_was_done_after_its_approval(office: World) -> None:
    reference = office.approve(action(office))
    office.move("mina", reference, "begin")
    before = {"done_on": office.day(-1).isoformat(), "result": "Done long ago by somebody else."}
    refused = report(office, reference, before)
    assert [fault["field"] for fault in refused.json["errors"]] == ["done_on"]


def test_a_reviewed_action_is_improvement_and_without_it_10_1_says_so(office: World) -> None:
    reference = office.approve(action(office))
    assert "Actions whose result was reviewed are not there" in office.seen("10.1").reasons
    carried_out(office, reference)
    assert "Actions whose result was reviewed are not there" in office.seen("10.1").reasons
    office.move("sara", reference, "review")
    assert "Actions whose result was reviewed" not in office.seen("10.1").reasons


def test_an_action_of_a_review_opens_the_next_one(office: World) -> None:
    review = management_review(office)
    reference = office.approve(action(office, origin="management review", review=review, source=""))
    office.wait(days=40)
    period = {"period_from": office.day(-35), "period_until": office.day(-1), "held_on": None}
    following = office.make("management-review", **period)
    revision = office.record(following)["revision"]
    gathered = office.press("mina", f"/management-reviews/{following}/gather/", revision=revision)
    assert gathered.status == 302, gathered.text
    (section,) = [
        part
        for part in office.record(following)["values"]["inputs"]["sections"]
        if part["slug"] == "earlier-actions"
    ]
    assert reference in str(section["items"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"origin": "a dream"}, "origin"),
        ({"review": "MRV-0099"}, "review"),
        ({"done_on": "2031-01-01"}, "done_on"),
        ({"due": "2039-01-01"}, "due"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(office: World, changed: dict[str, Any], field: str) -> None:
    """Page and API name the field and write nothing; an import names what it leaves out."""
    refused_everywhere(office, "action", office.record(action(office))["values"], changed, field)


def refused_everywhere(
    world: World, kind: str, good: dict[str, Any], changed: dict[str, Any], field: str
) -> None:
    wrong = {**{name: value for name, value in good.items() if value}, **changed}
    before = len(world.listed(kind))
    refused = world.try_create("mina", kind, **wrong)
    assert {fault["field"].partition(".")[0] for fault in refused.json["errors"]} == {field}
    page = reverse("record-new", args=[kinds.get(kind).plural])
    assert world.press("mina", page, **wrong).status not in (302, 500)
    assert len(world.listed(kind)) == before
    text = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in world.import_csv("mina", kind, [text]).text


def test_it_names_what_it_comes_from_and_somebody_who_does_it(office: World) -> None:
    refused = office.try_move("mina", action(office, origin="audit", source=""), "submit")
    assert [fault["field"] for fault in refused.json["errors"]] == ["finding"]
    refused = office.try_move("mina", action(office, owner=None), "submit")
    assert [fault["field"] for fault in refused.json["errors"]] == ["owner"]


def certificate(world: World, **changed: Any) -> str:
    """A certificate of our own, as Mina writes it."""
    ours: dict[str, Any] = {"holder": "us", "supplier": None, "standard": "ISO/IEC 42001:2023"}
    days = {"issued_on": world.day(-100), "valid_until": world.day(30), "last_surveillance": None}
    later = {"next_surveillance": world.day(200), "owner": world.people["mina"].handle}
    return world.make("certificate", **{**ours, **days, **later, **changed})


def test_a_second_person_looks_a_certificate_up_and_says_where(office: World) -> None:
    approved(office, "policy", by="ingrid", next_review=office.day(200))
    reference = certificate(office)
    office.move("mina", reference, "submit")
    told = "In the register of the body by number: same scope and last day."
    assert office.try_move("mina", reference, "approve", reason=told).refused
    assert office.try_move("sara", reference, "approve", reason="").refused, "where was it looked up?"
    office.move("sara", reference, "approve", reason=told)
    page = office.page("mina", f"/records/{reference}/")
    assert "By what is recorded it is valid today." in page
    assert "A second person looked it up on 20 Nov 2026" in page
    assert "The register may say something else since." in page
    assert told in page
    office.wait(days=31)
    assert "By what is recorded it has expired." in office.page("mina", f"/records/{reference}/")
    assert office.record(reference)["computed"]["status"] == "expired"
    others = [number for number in office.posture() if number != "7.5.3"]
    before = office.words(*others)
    office.move("mina", reference, "propose-retirement")
    office.move("sara", reference, "retire")
    assert office.words(*others) == before, "it is a document from outside, and speaks for nothing else"


@pytest.mark.parametrize("standing", ["suspended", "withdrawn", "applied for"])
def test_its_standing_is_as_the_register_says(office: World, standing: str) -> None:
    not_yet = {"number": "", "issued_on": None, "valid_until": None, "next_surveillance": None}
    reference = certificate(office, standing=standing, **(not_yet if standing == "applied for" else {}))
    page = office.page("mina", f"/records/{reference}/")
    assert f"By what is recorded it is {standing}" in page
    assert "Nobody else has looked this version up yet" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"holder": "somebody"}, "holder"),
        ({"supplier": "SUP-0099", "holder": "supplier"}, "supplier"),
        ({"last_surveillance": "2031-01-01"}, "last_surveillance"),
        ({"valid_until": "2035-01-01"}, "valid_until"),
        ({"next_surveillance": "2035-01-01"}, "next_surveillance"),
    ],
)
def test_a_wrong_certificate_is_refused_at_every_door(
    office: World, changed: dict[str, Any], field: str
) -> None:
    refused_everywhere(office, "certificate", office.record(certificate(office))["values"], changed, field)


@pytest.mark.parametrize("field", ["number", "issued_on", "valid_until", "accreditation", "register"])
def test_what_was_issued_says_by_whom_until_when_and_where_that_is_seen(office: World, field: str) -> None:
    empty = None if field in ("issued_on", "valid_until") else ""
    refused = office.try_move("mina", certificate(office, **{field: empty}), "submit")
    assert field in [fault["field"] for fault in refused.json["errors"]]


def test_it_ends_after_it_was_issued(office: World) -> None:
    refused = office.try_amend("mina", certificate(office), valid_until=office.day(-200).isoformat())
    assert [fault["field"] for fault in refused.json["errors"]] == ["valid_until"]
