"""Signing in through the pages: password, code, one-time link, limits, and when sessions end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory

from plumbline.identity import commands, queries, sessions
from plumbline.identity import sign_in as flows
from plumbline.identity.actors import Actor
from plumbline.identity.log_redaction import RedactSecretsFilter, redact_secrets
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotSignedIn
from plumbline.trail import log

from .conftest import PASSWORD, Company

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Entries = Callable[[], list[str]]
WRONG = "The e-mail address or the password is not right."


def totp(secret: str, at: float) -> str:
    """The code of RFC 6238 (SHA-1, 30 s, six figures), written out from RFC 4226 section 5.3."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_code_of_this_file_is_that_of_the_rfc() -> None:
    """RFC 6238 appendix B, SHA-1: at 59 s 94287082, at 1111111109 s 07081804; the last six figures."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert totp(secret, 59) == "287082"
    assert totp(secret, 1111111109) == "081804"


def sign_in(client: Client, email: str = "noor@example.org", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def who(client: Client) -> bool:
    """Whether the server takes the session (asked at a page that sends the signed-in away)."""
    return bool(client.get("/sign-in/").status_code == 302)


@pytest.fixture
def noor(company: Company) -> Person:
    return company.person("noor", "viewer")


class TestPassword:
    def test_right_one(self, client: Client, noor: Person, entries: Entries) -> None:
        answer = sign_in(client, next="/records/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/records/")
        assert who(client)
        assert entries()[-1] == "session.started"
        leaf = log.leaf(log.size() - 1)
        assert (leaf.actor, leaf.subject["ref"]) == (noor.handle, noor.handle)

    def test_address_in_other_capitals(self, client: Client, noor: Person) -> None:
        assert sign_in(client, email="NOOR@Example.org").status_code == 302

    def test_next_stays_on_this_installation(self, client: Client, noor: Person) -> None:
        for bad in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
            answer = sign_in(client, next=bad)
            assert answer.headers["Location"] == "/"
            client.post("/sign-out/")

    def test_unknown_wrong_and_inactive_look_alike(
        self, client: Client, noor: Person, company: Company, entries: Entries
    ) -> None:
        company.person("ina")
        commands.deactivate_person(Actor.installation(), queries.person("ina@example.org"))
        before = len(entries())
        answers = [
            sign_in(client, password="not the right one"),
            sign_in(client, email="nobody@example.org"),
            sign_in(client, email="ina@example.org"),
        ]
        pages = {
            re.sub(rb'value="[^"]*"', b"", answer.content).replace(b"autofocus", b"") for answer in answers
        }
        assert len(pages) == 1
        assert [answer.status_code for answer in answers] == [422] * 3
        assert WRONG.encode() in answers[0].content
        assert entries()[before:] == ["session.refused"] * 3
        assert not signed_in(client)
        body = b"".join(log.leaf(index).body for index in range(before, log.size()))
        assert b"example.org" not in body

    def test_form_without_its_secret(self, noor: Person) -> None:
        assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403

    def test_nobody_signs_up(self) -> None:
        from allauth.account.adapter import get_adapter

        assert get_adapter().is_open_for_signup(None) is False
        assert Client().get("/accounts/signup/").status_code == 404
        assert Client().get("/signup/").status_code == 404

    def test_session_key_changes_at_sign_in(self, client: Client, noor: Person) -> None:
        client.session.save()
        before = client.session.session_key
        sign_in(client)
        assert client.session.session_key != before

    def test_sign_out_by_post_only(self, client: Client, noor: Person, entries: Entries) -> None:
        sign_in(client)
        assert client.get("/sign-out/").status_code == 405
        assert who(client)
        assert client.post("/sign-out/").status_code == 302
        assert not signed_in(client)
        assert entries()[-1] == "session.ended"

    def test_cookie_is_of_this_installation(self, client: Client, noor: Person) -> None:
        answer = sign_in(client)
        cookie = answer.cookies[django_settings.SESSION_COOKIE_NAME]
        assert cookie.key.startswith("plumbline_")
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


class TestLimits:
    def test_from_one_address(self, client: Client, noor: Person) -> None:
        limit = django_settings.PLUMBLINE.sign_in_rate
        with clock.frozen(clock.now() + timedelta(seconds=1)):
            for number in range(limit):
                assert sign_in(client, email=f"x{number}@example.org").status_code == 422
            answer = sign_in(client)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
            assert not signed_in(client)
            assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302

    def test_for_one_account_from_many_addresses(self, noor: Person) -> None:
        with clock.frozen(clock.now() + timedelta(seconds=1)):
            for number in range(20):
                answer = sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), password="wrong")
                assert answer.status_code == 422
            assert sign_in(Client(REMOTE_ADDR="192.0.2.99")).status_code == 429
            for number in range(20):  # an unknown account is limited alike
                sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), email="nobody@example.org")
            answer = sign_in(Client(REMOTE_ADDR="198.51.100.99"), email="nobody@example.org")
            assert answer.status_code == 429


class TestCode:
    @pytest.fixture
    def secret(self, client: Client, noor: Person) -> str:
        """Noor's secret, set up in a session as the account page does."""
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        secret = str(generate_totp_secret())
        TOTP.activate(noor, secret)
        RecoveryCodes.activate(noor)
        return secret

    def test_second_step(self, client: Client, secret: str, entries: Entries) -> None:
        answer = sign_in(client, next="/records/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/code/")
        assert not signed_in(client)
        assert entries()[-1] != "session.started"
        assert client.get("/sign-in/code/").status_code == 200
        answer = client.post("/sign-in/code/", {"code": totp(secret, time.time())})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/records/")
        assert signed_in(client)
        assert entries()[-1] == "session.started"
        assert b"password+mfa" in log.leaf(log.size() - 1).body

    def test_wrong_code(self, client: Client, secret: str, entries: Entries) -> None:
        sign_in(client)
        answer = client.post("/sign-in/code/", {"code": "000000"})
        assert answer.status_code == 422
        assert not signed_in(client)
        assert entries()[-1] == "session.refused"

    def test_code_counts_once_across_processes(self, client: Client, secret: str) -> None:
        """The second process is one whose cache has never seen the code."""
        from django.core.cache import cache

        code = totp(secret, time.time())
        sign_in(client)
        assert client.post("/sign-in/code/", {"code": code}).status_code == 302
        cache.clear()
        other = Client()
        sign_in(other)
        assert other.post("/sign-in/code/", {"code": code}).status_code == 422

    def test_no_spelling_of_a_used_code_and_no_earlier_code_is_taken(self, secret: str) -> None:
        """RFC 6238, section 5.2, while the clock stands still and after it has gone on by so many seconds."""
        start = clock.now()
        before, code, after = (totp(secret, start.timestamp() + seconds) for seconds in (-30, 0, 30))

        addresses = iter(range(1, 255))

        def taken(given: str, seconds: int = 0) -> bool:
            client = Client(REMOTE_ADDR=f"192.0.2.{next(addresses)}")
            with clock.frozen(start + timedelta(seconds=seconds)):
                sign_in(client)
                answer = client.post("/sign-in/code/", {"code": given})
            assert answer.status_code == (302 if signed_in(client) else 422)
            return signed_in(client)

        assert taken(f"{code[:3]} {code[3:]}")
        spellings = (code, f"{code[:3]}-{code[3:]}", f" {code}", f"{code}-")
        assert not any(taken(used) for used in spellings)
        assert not taken(before)
        assert taken(after)
        assert not any(taken(used, 29) for used in spellings)
        assert not taken(after, 30)
        assert not any(taken(used, 31) for used in spellings)
        assert taken(totp(secret, start.timestamp() + 60), 60)

    def test_recovery_code_counts_once(self, client: Client, secret: str, noor: Person) -> None:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        code = RecoveryCodes.activate(noor).generate_codes()[0]
        sign_in(client)
        assert client.post("/sign-in/code/", {"code": code}).status_code == 302
        other = Client()
        sign_in(other)
        for used in (code, f"{code[:4]}-{code[4:]}", f"{code[:4]} {code[4:]}"):
            assert other.post("/sign-in/code/", {"code": used}).status_code == 422

    def test_tries_are_limited_and_a_right_password_does_not_help(self, noor: Person, secret: str) -> None:
        with clock.frozen(clock.now() + timedelta(seconds=1)):
            for number in range(20):
                client = Client(REMOTE_ADDR=f"192.0.2.{number}")
                sign_in(client)
                assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
            client = Client(REMOTE_ADDR="192.0.2.99")
            sign_in(client)
            answer = client.post("/sign-in/code/", {"code": totp(secret, time.time())})
            assert answer.status_code == 429

    def test_code_page_without_the_first_step(self, client: Client) -> None:
        for answer in (client.get("/sign-in/code/"), client.post("/sign-in/code/", {"code": "123456"})):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")

    def test_secret_is_not_in_the_database_in_the_clear(self, noor: Person, secret: str) -> None:
        stored = "".join(str(factor.data) for factor in queries.authenticators(noor.pk))
        assert secret not in stored
        key = django_settings.PLUMBLINE.data / "keys" / "factors.secret"
        assert key.stat().st_mode & 0o077 == 0


class TestLink:
    def test_button_signs_in_once(self, client: Client, noor: Person, entries: Entries) -> None:
        path = commands.make_one_time_link(noor)
        for _ in range(3):  # looking does not use it up
            assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
        assert not signed_in(client)
        answer = client.post(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert who(client)
        assert entries()[-1] == "session.started"
        other = Client()
        assert other.post(path).status_code == 401
        assert not signed_in(other)

    def test_not_from_elsewhere_and_not_used_up_by_it(self, client: Client, noor: Person) -> None:
        path = commands.make_one_time_link(noor)
        for other in (Client(REMOTE_ADDR="192.0.2.7"), Client(HTTP_X_FORWARDED_FOR="127.0.0.1")):
            assert other.get(path).status_code == 401
            assert other.post(path).status_code == 401
            assert not signed_in(other)
        assert client.post(path).status_code == 302

    def test_whoever_calls_it_the_link_itself_asks_where_the_request_comes_from(self, noor: Person) -> None:
        """The page asks as well; a page to come may forget to."""
        secret = commands.make_one_time_link(noor).split("/")[3]
        with pytest.raises(NotSignedIn):
            flows.with_link(RequestFactory(REMOTE_ADDR="192.0.2.7").post("/"), secret)
        with pytest.raises(NotSignedIn):
            flows.with_link(RequestFactory().get("/"), secret)
        assert commands.redeem_link(secret) == noor

    def test_ipv6_loopback(self, noor: Person) -> None:
        assert Client(REMOTE_ADDR="::1").post(commands.make_one_time_link(noor)).status_code == 302

    def test_too_old(self, client: Client, noor: Person) -> None:
        path = commands.make_one_time_link(noor)
        with clock.frozen(clock.now() + timedelta(minutes=11)):
            assert client.post(path).status_code == 401

    def test_form_without_its_secret_uses_nothing_up(self, client: Client, noor: Person) -> None:
        path = commands.make_one_time_link(noor)
        assert Client(enforce_csrf_checks=True).post(path).status_code == 403
        assert client.post(path).status_code == 302

    def test_never_logged(self, noor: Person, caplog: pytest.LogCaptureFixture) -> None:
        """Django logs the path of a refused request; every handler hides the secret in it."""
        path = commands.make_one_time_link(noor)
        Client(enforce_csrf_checks=True).post(path)
        Client(REMOTE_ADDR="192.0.2.7").get(path)
        assert caplog.records
        for record in caplog.records:
            assert RedactSecretsFilter().filter(record)
            assert path.split("/")[3] not in record.getMessage()
        handlers = django_settings.LOGGING["handlers"].values()
        assert all("secrets" in handler["filters"] for handler in handlers)

    def test_secrets_are_redacted(self) -> None:
        token = f"plb_{'a' * 20}_{'b' * 64}"
        text = redact_secrets(
            f"Forbidden: /sign-in/link/SECRET/ and /sign-in/invitation/per_x/y-z/ with {token}."
            " /sign-in/reset/per_x/MAILED/ next=%2Fsign-in%2Freset%2Fper_x%2FMAILED /calendar/FEED.ics"
        )
        assert "SECRET" not in text
        assert "y-z" not in text
        assert "MAILED" not in text
        assert "FEED" not in text
        assert "b" * 64 not in text
        assert f"plb_{'a' * 20}_…" in text


class TestSessions:
    def test_idle(self, client: Client, noor: Person) -> None:
        sign_in(client)
        start, idle = clock.now(), django_settings.PLUMBLINE.session_idle
        with clock.frozen(start + timedelta(seconds=idle - 5)):
            assert who(client)
        with clock.frozen(start + timedelta(seconds=2 * idle - 60)):
            assert who(client)
        with clock.frozen(start + timedelta(seconds=3 * idle)):
            assert not who(client)
        assert not signed_in(client)

    def test_absolute(self, client: Client, noor: Person) -> None:
        sign_in(client)
        start, limits = clock.now(), django_settings.PLUMBLINE
        step = limits.session_idle - 60
        for seconds in range(step, limits.session_absolute, step):
            with clock.frozen(start + timedelta(seconds=seconds)):
                assert who(client)
        with clock.frozen(start + timedelta(seconds=limits.session_absolute + 1)):
            assert not who(client)

    def test_ends_when_roles_change(self, client: Client, noor: Person) -> None:
        sign_in(client)
        assert who(client)
        grant = commands.give_grant(Actor.installation(), noor, "reviewer")
        assert not who(client)
        sign_in(client)
        assert who(client)
        commands.revoke_grant(Actor.installation(), grant)
        assert not who(client)

    def test_ends_when_the_password_changes_or_the_account_stops(self, client: Client, noor: Person) -> None:
        sign_in(client)
        commands.set_password(noor, PASSWORD + " again")
        assert not who(client)
        sign_in(client, password=PASSWORD + " again")
        assert who(client)
        commands.deactivate_person(Actor.installation(), noor)
        assert not who(client)

    def test_a_session_that_the_framework_began_is_stamped(self, client: Client, noor: Person) -> None:
        client.force_login(noor)
        assert who(client)
        assert client.session[sessions.EPOCH] == noor.session_epoch


def test_invitation_page(client: Client, company: Company) -> None:
    company.person("mia", "aims-manager")
    boss = company.actor("bob", "aims-manager")
    lee = company.person("lee", password=None)
    path = commands.invitation(boss, lee)
    assert client.get(path).status_code == 200
    assert client.post(path, {"password": "short"}).status_code == 422
    assert client.post(path, {"password": PASSWORD}).status_code == 302
    assert client.post(path, {"password": PASSWORD}).status_code == 401
    assert sign_in(client, email="lee@example.org").status_code == 302
