"""The calendar of what is due: read by another program, opened by its secret, showing what may be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from tests.delivery.test_waiting import Waits
from tests.identity.conftest import Company

from plumbline.controls.tasks.task import Task, TaskKind
from plumbline.delivery import proofs
from plumbline.delivery.calendar import commands, ics, queries
from plumbline.delivery.erasure import commands as erasure
from plumbline.delivery.models import CalendarFeed
from plumbline.identity import commands as identity
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.identity.sign_in import CALENDARS
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands as records

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
DUE = date(2026, 12, 1)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    answer = Waits()
    monkeypatch.setattr(queries, "tasks_of", answer)
    return answer


@pytest.fixture
def boss(company: Company) -> Person:
    return company.person("boss", "aims-manager")


def path(person: Person) -> str:
    return "/calendar/" + commands.make(actor_of_person(person)).partition("/calendar/")[2]


def events(address: str) -> list[Any]:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def make(boss: Person, kind: str = "document", **values: Any) -> str:
    given = {"title": "Method", "type": "method", **values} if kind == "document" else values
    return records.create(actor_of_person(boss), kind, given).reference


def task(reference: str, due: date | None = DUE) -> Task:
    return Task(TaskKind.ESCALATED, reference, "", say("test.reason", "Decide."), due, 7)


def test_own_records_and_tasks_are_days_that_another_program_reads(waits: Waits, boss: Person) -> None:
    risk = make(boss, "risk", title="Late claims", description="Claims change.")
    goal = make(
        boss, "treatment", title="Watch; it, closely \\ now", option="reduce", risks=[risk],
        controls=["iso42001:A.9.2"], action="Watch the queue", measure="Fewer alerts.",
        due=str(DUE + timedelta(days=9)), owner=boss.handle,
    )  # fmt: skip
    method = make(boss)
    waits.tasks[boss.handle] = [task(method), task(method, DUE + timedelta(days=3)), task(make(boss), None)]
    address = path(boss)
    first, second = events(address)
    assert (str(first["SUMMARY"]), first["DTSTART"].dt) == (f"Method ({method})", DUE)
    assert first["DTEND"].dt == DUE + timedelta(days=1)
    assert str(first["URL"]).endswith(f"/records/{method}/")
    assert str(first["TRANSP"]) == "TRANSPARENT"
    assert (str(second["SUMMARY"]), second["DTSTART"].dt) == (
        f"Watch; it, closely \\ now ({goal})",
        DUE + timedelta(days=9),
    )
    again = events(address)
    assert [event["UID"] for event in again] == [event["UID"] for event in (first, second)]
    assert len({event["UID"] for event in again}) == 2


def test_the_address_is_the_only_key_and_is_stored_nowhere(waits: Waits, boss: Person) -> None:
    address = path(boss)
    assert Client().get(address).status_code == 200, "no session"
    assert Client().post(address).status_code == 405
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) == 43, "256 bits in base 64"
    assert secret not in str(CalendarFeed.objects.values().get())
    for wrong in (
        "/calendar/0.ics",
        address.swapcase().replace("/CALENDAR/", "/calendar/").replace("ICS", "ics"),
    ):
        assert Client().get(wrong).status_code == 404


def test_a_new_address_ends_the_old_one_and_revoking_ends_both(
    waits: Waits, boss: Person, entries: Callable[[], list[str]]
) -> None:
    old = path(boss)
    new = path(boss)
    assert [Client().get(each).status_code for each in (old, new)] == [404, 200]
    commands.revoke(actor_of_person(boss))
    assert Client().get(new).status_code == 404
    with pytest.raises(Conflict):
        commands.revoke(actor_of_person(boss))
    assert entries()[-3:] == ["calendar.made", "calendar.made", "calendar.revoked"]
    assert list(proofs._check_calendars(0, 1)) == []


@pytest.mark.parametrize("change", ["password", "voided", "deactivated", "erased"])
def test_what_ends_the_way_in_ends_the_calendar(change: str, waits: Waits, boss: Person) -> None:
    address = path(boss)
    if change == "password":
        identity.set_password(boss, "another quiet ledger")
    elif change == "voided":
        boss.set_unusable_password()
        boss.save()
    elif change == "deactivated":
        identity.deactivate_person(Actor.installation(), boss)
    else:
        erasure.erase_rows([boss.handle])
        assert not CalendarFeed.objects.exists()
    assert Client().get(address).status_code == 404


def test_it_shows_what_its_owner_may_see_now(waits: Waits, boss: Person, company: Company) -> None:
    claims, sales = (identity.create_unit(Actor.installation(), name=name) for name in ("Claims", "Sales"))
    hidden, seen = make(boss, unit=claims.slug, title="Secret"), make(boss, unit=sales.slug)
    noor = company.person("noor", "viewer", unit=sales)
    waits.tasks[noor.handle] = [task(hidden), task(seen)]
    address = path(noor)
    assert [str(event["SUMMARY"]) for event in events(address)] == [f"Method ({seen})"]
    body = Client().get(address).content.decode()
    assert hidden not in body
    assert "Secret" not in body
    grant = noor.grants.get()
    identity.revoke_grant(Actor.installation(), grant)
    assert events(address) == []


def test_of_a_sensitive_record_it_has_the_reference_alone(
    waits: Waits, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make(boss)
    monkeypatch.setattr(queries, "is_sensitive", lambda reference: True)
    waits.tasks[boss.handle] = [task(method)]
    (event,) = events(path(boss))
    assert str(event["SUMMARY"]) == method


def test_a_program_that_reads_too_often_is_told_to_wait(waits: Waits, boss: Person) -> None:
    address = path(boss)
    answers = [Client().get(address) for _ in range(CALENDARS + 1)]
    assert [answer.status_code for answer in answers] == [200] * CALENDARS + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_it_is_made_in_a_session_and_by_somebody_with_a_password(boss: Person, company: Company) -> None:
    actor = actor_of_person(boss)
    token = Actor("tok_1", boss.pk, "Boss (test)", actor.grants, frozenset({"read", "write"}))
    for who in (token, Actor.installation()):
        with pytest.raises(NotAllowed):
            commands.make(who)
    with pytest.raises(Conflict):
        commands.make(company.actor("noor", "viewer", password=None))
    assert not CalendarFeed.objects.exists()


def test_the_account_page_shows_an_address_once(client: Client, waits: Waits, boss: Person) -> None:
    client.force_login(boss)
    answer = client.post("/account/calendar/").content.decode()
    (address,) = re.findall(r'id="calendar-address">http://[^/]+(/calendar/[\w-]+\.ics)<', answer)
    assert Client().get(address).status_code == 200
    assert address not in client.get("/account/").content.decode()
    assert client.post("/account/calendar/revoke/").status_code == 302
    assert Client().get(address).status_code == 404
    assert client.post("/account/calendar/revoke/").status_code == 409


@pytest.mark.parametrize("change", [{"digest": "ab"}, {"credential": "ab"}])
def test_an_address_that_was_changed_past_its_entry_is_found(change: dict[str, str], boss: Person) -> None:
    path(boss)
    assert list(proofs._check_calendars(0, 1)) == []
    CalendarFeed.objects.update(**change)
    assert [found.table for found in proofs._check_calendars(0, 1)] == [proofs.CALENDAR]


def test_an_address_that_nobody_made_is_found(boss: Person) -> None:
    CalendarFeed.objects.create(person=boss, digest="ab", credential="ab", created_at=clock.now())
    assert [found.row for found in proofs._check_calendars(0, 1)] == [boss.handle]


class TestText:
    """RFC 5545: 3.1 on folding, 3.3.11 on text; what another library reads is what was written."""

    @pytest.mark.parametrize(
        "text",
        [
            "plain",
            "a;b,c\\d",
            "two\nlines",
            "\\n is no line end",
            "ü" * 100,
            "📅" * 60,
            "BEGIN:VEVENT\r\nEND:VEVENT",
            "x" * 73 + "\\;",
            "",
        ],
    )
    def test_comes_back_and_fits_its_lines(self, text: str) -> None:
        event = ics.Event("u@plumbline", DUE, text, text, "https://aims.example/records/RSK-0007/")
        written = ics.calendar("Due", [event], clock.now())
        assert written.endswith("END:VCALENDAR\r\n")
        lines = written.split("\r\n")
        assert all("\n" not in line and "\r" not in line for line in lines)
        assert max(len(line.encode()) for line in lines) <= ics.OCTETS
        (read,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
        assert str(read["SUMMARY"]) == text.replace("\r\n", "\n")
        assert str(read["DESCRIPTION"]) == text.replace("\r\n", "\n")

    def test_signs_that_no_text_may_have_are_left_out(self) -> None:
        event = ics.Event("u@plumbline", DUE, "a\x00b\x07c\x7fd", "", "https://aims.example/")
        (read,) = icalendar.Calendar.from_ical(ics.calendar("Due", [event], clock.now())).walk("VEVENT")
        assert str(read["SUMMARY"]) == "abcd"

    def test_an_empty_calendar_is_one(self) -> None:
        read = icalendar.Calendar.from_ical(ics.calendar("Due", [], clock.now()))
        assert (str(read["VERSION"]), str(read["NAME"])) == ("2.0", "Due")
