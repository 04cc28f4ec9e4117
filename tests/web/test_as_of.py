"""Pages as of a day: each shows what was known then or says that it cannot; none shows today instead."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import resolve
from tests.web import addresses, reading

from plumbline.identity import commands as people
from plumbline.kernel import clock
from plumbline.records import commands
from plumbline.web import pages

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]
NOTICE = "You see what was recorded, judged and in force on"


def days_ago(count: int) -> str:
    return str(clock.today() - timedelta(days=count))


def in_days(count: int):
    return clock.frozen(clock.now() + timedelta(days=count))


def test_every_page_shows_the_day_or_refuses_it(house: House, mina: Client) -> None:
    """By declaration, so that a page to come cannot forget it."""
    today = str(clock.today())
    shown, refused = set(), set()
    for address in addresses.pages(house):
        declared = pages.get(resolve(unquote(address.partition("?")[0])).url_name)
        if "as_of=" in address or "?" in address:
            continue
        answer = mina.get(address, {"as_of": today})
        text = answer.content.decode()
        if declared.as_of:
            assert answer.status_code == 200, address
            assert NOTICE in reading.read(answer.content).prose, address
            assert f'name="as_of" value="{today}"' in " ".join(text.split()), address
            shown.add(declared.name)
        else:
            assert answer.status_code == 422, address
            assert "This page shows today only." in text, address
            assert 'name="as_of"' not in mina.get(address).content.decode(), address
            refused.add(declared.name)
    assert {"control", "requirement", "check", "checks", "evidence", "record", "record-list"} <= shown
    assert {"controls", "clauses", "statement", "review-inputs"} <= shown
    assert {"home", "search", "trail", "people"} <= refused


@pytest.mark.parametrize("day", ["yesterday", "2026-13-40", "2026-11-21", "9999-12-31"])
def test_a_day_that_means_nothing_or_has_not_come_is_refused(house: House, mina: Client, day: str) -> None:
    for address in ("/controls/A.6.2.6/", "/records/ai-systems/", "/evidence/", "/checks/"):
        assert mina.get(address, {"as_of": day}).status_code == 422, address
    record = f"/records/{house.references['system']}/"
    assert mina.get(record, {"as_of": day}).status_code == 422


def test_a_control_reads_as_it_read_then(house: House, mina: Client) -> None:
    """Error rate of Claims Triage: within its limit up to yesterday, over it today."""
    now = reading.read(mina.get("/controls/A.6.2.6/").content).prose
    assert "Over limit" in now
    assert "Monitoring attested" in now
    assert "1 open" in now
    answer = mina.get("/controls/A.6.2.6/", {"as_of": days_ago(3)})
    then = reading.read(answer.content).prose
    assert "Over limit" not in then
    assert "Within" in then
    assert "Monitoring attested" not in then, "it was not recorded by then"
    assert "Missing values not escalated" not in then
    assert "None open" in then
    # Nothing is written on a page of the past.
    assert "Attest A.6.2.6" not in answer.content.decode()
    with in_days(5):
        later = reading.read(
            house.client("aims-manager").get("/controls/A.6.2.6/", {"as_of": days_ago(5)}).content
        ).prose
        assert "Monitoring attested" in later
        assert "1 open" in later


def test_a_nonconformity_counts_from_the_day_on_which_it_was_recorded(house: House, mina: Client) -> None:
    with in_days(4):
        house.make(
            "nonconformity", title="Again", description="Seen again.", requirements=["iso42001:A.6.2.6"]
        )
        now = reading.read(mina.get("/controls/A.6.2.6/").content).prose
        then = reading.read(mina.get("/controls/A.6.2.6/", {"as_of": days_ago(2)}).content).prose
    assert "2 open" in now
    assert "1 open" in then
    assert "Again" not in then


def test_a_check_shows_the_results_known_then_and_the_day_goes_along(house: House, mina: Client) -> None:
    address = "/checks/error-rate/claims-triage/"
    assert "Over limit" in reading.read(mina.get(address).content).prose
    answer = mina.get(address, {"as_of": days_ago(2)})
    page = reading.read(answer.content)
    assert "Over limit" not in page.prose
    assert "Within" in page.prose
    links = [attrs.get("href", "") for tag, attrs in page.tags if tag == "a"]
    assert f"?days=90&as_of={days_ago(2)}" in links
    assert mina.get(address, {"as_of": days_ago(300)}).status_code == 404
    control = reading.read(mina.get("/controls/A.6.2.6/", {"as_of": days_ago(2)}).content)
    assert f"{address}?as_of={days_ago(2)}" in [
        attrs.get("href") for tag, attrs in control.tags if tag == "a"
    ]


def test_a_list_shows_the_records_as_they_were_known(house: House, mina: Client) -> None:
    reference = house.references["system"]
    with in_days(3):
        commands.amend(house.actor("aims-manager"), reference, {"title": "Claims Sorting"}, revision=1)
        house.make("ai-system", title="Chat", slug="chat")
    with in_days(6):
        now = reading.read(mina.get("/records/ai-systems/").content).prose
        before = reading.read(mina.get("/records/ai-systems/", {"as_of": days_ago(5)}).content)
        after = reading.read(mina.get("/records/ai-systems/", {"as_of": days_ago(3)}).content).prose
        nothing = reading.read(mina.get("/records/ai-systems/", {"as_of": days_ago(30)}).content).prose
        narrowed = mina.get("/records/ai-systems/", {"as_of": days_ago(5), "state": "draft"})
        day = days_ago(5)
    assert "Claims Sorting" in now
    assert "Claims Triage" in before.prose
    assert "Claims Sorting" not in before.prose
    assert "Chat" not in before.prose
    hrefs = [attrs.get("href") for tag, attrs in before.tags if tag == "a" and "data-open" in attrs]
    assert hrefs == [f"/records/{reference}/?as_of={day}"]
    assert "Claims Sorting" in after
    assert "Chat" in after
    assert "No such record was known then." in nothing
    assert narrowed.status_code == 422
    assert "eave it out" in narrowed.content.decode()


def test_a_record_of_another_unit_stays_out_of_sight(house: House, mina: Client) -> None:
    """Who sees what is as of today, also on a page of the past."""
    operator = house.operator
    people.create_unit(operator, slug="south", name="South")
    north = people.create_unit(operator, slug="north", name="North")
    person = people.create_person(operator, email="nora@halden.example", full_name="Nora")
    people.give_grant(operator, person, "aims-manager", unit=north)
    house.make("ai-system", title="Southern Star", slug="southern-star", unit="south")
    client = Client()
    client.force_login(person)
    for day in ({}, {"as_of": str(clock.today())}):
        assert "Southern Star" not in reading.read(client.get("/records/ai-systems/", day).content).prose
        assert "Southern Star" in reading.read(mina.get("/records/ai-systems/", day).content).prose


def test_what_hangs_on_a_record_is_that_of_the_day(house: House, mina: Client) -> None:
    reference = house.references["system"]
    manager = house.actor("aims-manager")
    with in_days(2):
        commands.comment(manager, reference, "Said two days later.")
        commands.attach(manager, reference, "later.txt", b"Added two days later.", "text/plain")
        commands.link(manager, reference, "see also", house.references["risk"])
    with in_days(3):
        now = reading.read(mina.get(f"/records/{reference}/").content).prose
        then = reading.read(mina.get(f"/records/{reference}/", {"as_of": days_ago(2)}).content).prose
    for words in ("Said two days later.", "later.txt", "see also"):
        assert words in now
        assert words not in then
    assert "Over limit" in now, "what the checks read of it"
    assert "Over limit" not in then


def test_evidence_has_the_age_that_it_had(house: House, mina: Client) -> None:
    """The attestation runs for 60 days."""
    with in_days(70):
        now = reading.read(mina.get("/evidence/", {"requirement": "iso42001:A.6.2.6"}).content).prose
        then = reading.read(
            mina.get("/evidence/", {"requirement": "iso42001:A.6.2.6", "as_of": days_ago(65)}).content
        ).prose
    assert "Monitoring attested" in now
    assert "ended" in now
    assert "Monitoring attested" in then
    assert "ended" not in then
