"""Signing in, staying signed in and asking to change something: every page, every way around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.security.conftest import PASSWORD, House

from plumbline.identity import commands as people
from plumbline.identity import second_factor
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records.models import Record
from plumbline.trail import log, publisher

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLES = {
    "reference": "SYS-0001",
    "plural": "ai-systems",
    "number": "1",
    "index": "0",
    "slug": "a",
    "subject": "a",
    "handle": "x",
    "move": "submit",
    "event_id": "00000000-0000-0000-0000-000000000000",
    "requirement_id": "iso42001:9.1",
    "token": "x",
    "grant": "x",
    "secret": "x",
}
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "http:///evil.example",
    "///evil.example",
    "https:evil.example",
    " //evil.example",
    "\x00//evil.example",
]


def addresses() -> Iterator[str]:
    """Every address of the pages, with something in each gap."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, route)
            elif not route.startswith(("api/", "static/")):
                yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda gap: SAMPLES.get(gap[1], "1"), route)

    for address in walk(get_resolver().url_patterns, ""):
        yield address.replace("A.6.2.6", "A.6.2.6") if "controls/1" not in address else "/controls/A.6.2.6/"


def test_every_form_needs_its_secret(house: House) -> None:
    """A POST without the secret of the session is refused on every address there is."""
    person = house.person("Mina", "aims-manager")
    browser = house.browser(person, enforce_csrf_checks=True)
    size, found = log.size(), sorted(set(addresses()))
    assert len(found) > 60
    wrong = [
        (path, code) for path in found if (code := browser.post(path).status_code) not in (403, 404, 405)
    ]
    assert not wrong
    assert log.size() == size


def test_asking_changes_nothing(house: House) -> None:
    """GET and HEAD of every address, signed in: no record, no account differs, and no entry is made but those
    that say what of the sensitive kinds was read."""
    person = house.person("Mina", "aims-manager")
    browser = house.browser(person, raise_request_exception=False)
    publisher.publish()
    size, found = log.size(), [path for path in sorted(set(addresses())) if "sign-out" not in path]
    for path in found:
        for ask in (browser.get, browser.head):
            assert ask(path).status_code < 500, path
    read = [*log.search("record.read"), *log.search("record.listed")]
    assert {entry.subject_ref for entry in read} <= {
        kind.slug for kind in kinds.all_kinds() if kind.sensitive
    }
    assert (log.size() - len(read), Record.objects.count()) == (size, 0)


def test_pages_are_shown_to_nobody_unknown(house: House) -> None:
    browser = Client()
    # Public keys are for whoever checks a pack, and codes on paper for whoever holds it.
    # Whoever has just signed out is nobody any more.
    open_to_all = (
        *("/sign-in/", "/signed-out/", "/static/", "/keys.txt", "/verify-document/"),
        "/raise-concern/",  # for those who stay unknown; off unless a setting opens it
    )
    for path in sorted(set(addresses())):
        if not path.startswith(open_to_all):
            assert browser.get(path).status_code in (302, 403, 404, 405), path


def test_signing_in_leads_nowhere_else(house: House) -> None:
    signed = house.browser(house.person("Mina", "aims-manager"))
    for place, target in enumerate(ELSEWHERE):
        told = {"email": "mina@halden.example", "password": PASSWORD, "next": target}
        answer = Client(REMOTE_ADDR=f"10.0.0.{place}").post("/sign-in/", told)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/", target
        assert signed.get("/sign-in/", {"next": target}).headers["Location"] == "/", target


def test_an_unknown_host_gets_no_page_and_no_answer(house: House) -> None:
    browser = house.browser(house.person("Mina", "aims-manager"), raise_request_exception=False)
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]"):
        for path in ("/", "/sign-in/", "/records/ai-systems/", "/api/v1/me"):
            assert browser.get(path, headers={"host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed(house: House) -> None:
    person = house.person("Mina", "aims-manager")
    other = house.person("Tom", "viewer")
    browser = house.browser(person)
    answer = browser.post(f"/people/{other.handle}/invitation/", headers={"X-Forwarded-Host": "evil.example"})
    assert settings.PLUMBLINE.public_address in answer.content.decode()
    assert "evil.example" not in answer.content.decode()


def test_a_password_alone_does_not_do_where_a_code_is_asked(house: House) -> None:
    """After the first step nothing is open but the second, however the steps are mixed."""
    from allauth.mfa.totp.internal.auth import TOTP

    person = house.person("Mina", "aims-manager")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    assert second_factor.is_enabled(person)
    browser = Client()
    told = {"email": "mina@halden.example", "password": PASSWORD, "next": "/people/"}
    assert browser.post("/sign-in/", told).headers["Location"].startswith("/sign-in/code/")
    for path in ("/", "/people/", "/account/", "/records/ai-systems/", "/trail/"):
        assert browser.get(path).status_code == 302
    for path in ("/account/factor/", "/account/password/", "/account/tokens/"):
        assert browser.post(path, {"password": PASSWORD}).headers["Location"].startswith("/sign-in/")
    assert browser.post("/sign-in/code/", {"code": "000000"}).status_code in (422, 429)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert browser.get("/people/").status_code == 302


def test_a_new_password_leaves_the_second_step_in_place(house: House) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    mina, tom = house.actor("Mina", "aims-manager"), house.person("Tom", "viewer")
    TOTP.activate(tom, "JBSWY3DPEHPK3PXP")
    path = people.invitation(mina, tom)
    new = "another-long-password-8"
    browser = Client()
    assert browser.post(path, {"password": new, "again": new, "repeat": new}).status_code in (302, 422)
    answer = browser.post("/sign-in/", {"email": "tom@halden.example", "password": new})
    assert answer.status_code != 302 or answer.headers["Location"].startswith("/sign-in/code/")
    assert browser.get("/").status_code == 302


def test_an_account_out_of_use_ends_its_session_at_once(house: House) -> None:
    tom = house.person("Tom", "aims-manager")
    browser = house.browser(tom)
    assert browser.get("/people/").status_code == 200
    people.deactivate_person(house.operator, tom)
    assert browser.get("/people/").status_code == 302


def test_a_session_is_no_key_to_the_api(house: House) -> None:
    browser = house.browser(house.person("Mina", "aims-manager"))
    for path in ("/api/v1/me", "/api/v1/ai-systems"):
        assert browser.get(path).status_code == 401
    told = {"values": {"title": "a", "slug": "a"}}
    assert browser.post("/api/v1/ai-systems", told, content_type="application/json").status_code == 401


def test_pages_of_the_signed_in_stay_out_of_caches(house: House) -> None:
    browser = house.browser(house.person("Mina", "aims-manager"))
    for path in ("/", "/people/", "/account/", "/records/ai-systems/"):
        assert "no-store" in browser.get(path).headers["Cache-Control"]
