"""Passkeys through the pages: made, named, used alone and as the second step, refused, removed."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plumbline.identity import commands, queries
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.identity.passkeys import proofs, relying_party
from plumbline.identity.passkeys import queries as passkeys
from plumbline.kernel import clock
from plumbline.trail import log

from .authenticator import PRESENT, VERIFIED, Authenticator, text
from .conftest import PASSWORD, Company
from .test_sign_in import sign_in, totp, who

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Entries = Callable[[], list[str]]


def options(client: Client, path: str) -> Any:
    answer = client.post(f"{path}options/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def add(client: Client, device: Authenticator, name: str = "Laptop", password: str = PASSWORD) -> Any:
    answer = device.make(options(client, "/account/passkeys/"))
    return client.post("/account/passkeys/", {"name": name, "password": password, "answer": answer})


def enter(client: Client, device: Authenticator, **more: str) -> Any:
    answer = device.sign(options(client, "/sign-in/passkey/"))
    return client.post("/sign-in/passkey/", {"answer": answer, **more})


def differences() -> list[str]:
    return [str(each) for each in proofs.check(0, log.size())]


@pytest.fixture
def noor(company: Company, client: Client) -> Person:
    """A system owner, signed in at ``client``."""
    person = company.person("noor", "system-owner")
    sign_in(client)
    return person


@pytest.fixture
def device(noor: Person, client: Client) -> Authenticator:
    """An authenticator that keeps a passkey of Noor's."""
    made = Authenticator()
    assert add(client, made).status_code == 200
    return made


class TestRegistering:
    def test_the_first_one_comes_with_recovery_codes(
        self, client: Client, noor: Person, entries: Entries
    ) -> None:
        device = Authenticator()
        wanted = options(client, "/account/passkeys/")["publicKey"]
        assert (wanted["rp"]["id"], wanted["attestation"]) == ("localhost", "none")
        assert wanted["authenticatorSelection"]["userVerification"] == "required"
        assert wanted["authenticatorSelection"]["residentKey"] == "required"
        answer = add(client, device)
        assert len(re.findall(r"<li>(\d{8})</li>", answer.content.decode())) == 10
        assert entries()[-1] == "passkey.added"
        second = Authenticator()
        wanted = options(client, "/account/passkeys/")["publicKey"]
        assert [each["id"] for each in wanted["excludeCredentials"]] == [text(device.credential_id)]
        assert add(client, second, "Key ring").status_code == 302
        assert [each.name for each in passkeys.passkeys_of(noor.pk)] == ["Laptop", "Key ring"]
        assert b"Key ring" in client.get("/account/").content
        assert differences() == []
        body = b"".join(log.leaf(index).body for index in range(log.size()))
        assert b"Laptop" not in body

    def test_what_is_refused(self, client: Client, noor: Person, entries: Entries) -> None:
        before = len(entries())
        assert add(client, Authenticator(), password="wrong").status_code == 422
        assert add(client, Authenticator(), name=" ").status_code == 422
        assert add(client, Authenticator(), name="a\u202eb").status_code == 422
        assert add(client, Authenticator(flags=PRESENT)).status_code == 422
        for origin in ("http://localhost:9999", "http://evil.localhost:8042", "https://evil.example"):
            assert add(client, Authenticator(origin=origin)).status_code == 422
        answer = Authenticator().make(options(client, "/account/passkeys/"))
        sent = {"name": "Laptop", "password": PASSWORD, "answer": answer}
        options(client, "/account/passkeys/")  # a newer challenge voids the older one
        assert client.post("/account/passkeys/", sent).status_code == 422
        assert client.post("/account/passkeys/", sent).status_code == 422
        assert (len(entries()), passkeys.passkeys_of(noor.pk)) == (before, [])

    def test_a_credential_is_registered_once(
        self, client: Client, device: Authenticator, company: Company
    ) -> None:
        company.person("mia", "viewer")
        other = Client()
        sign_in(other, email="mia@example.org")
        thief = Authenticator(credential_id=device.credential_id)
        assert add(other, thief).status_code == 422
        assert enter(Client(), device).status_code == 302

    def test_malformed_answers(self, client: Client, noor: Person, device: Authenticator) -> None:
        good = json.loads(Authenticator().make(options(client, "/account/passkeys/")))
        bent: list[Any] = [None, [], 3, "{", {}, {**good, "rawId": 5}, {**good, "response": []}]
        for part in ("clientDataJSON", "attestationObject"):
            for value in ("", "AAAA", "!!!", text(b"\xff" * 40), good["response"][part][:-9], None):
                bent.append({**good, "response": {**good["response"], part: value}})
        for each in bent:
            options(client, "/account/passkeys/")
            sent = {"name": "L", "password": PASSWORD, "answer": json.dumps(each)}
            assert client.post("/account/passkeys/", sent).status_code == 422, each


class TestSigningIn:
    def test_with_nothing_else(self, client: Client, device: Authenticator, entries: Entries) -> None:
        wanted = options(Client(), "/sign-in/passkey/")["publicKey"]
        assert wanted["userVerification"] == "required"
        assert not wanted.get("allowCredentials")
        other = Client()
        answer = enter(other, device, next="/records/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/records/")
        assert who(other)
        assert entries()[-1] == "session.started"
        leaf = log.leaf(log.size() - 1)
        assert (leaf.facts["method"], leaf.actor) == ("passkey", leaf.subject["ref"])

    def test_what_is_refused(
        self, client: Client, noor: Person, device: Authenticator, entries: Entries, settings: Any
    ) -> None:
        settings.PLUMBLINE = replace(settings.PLUMBLINE, sign_in_rate=0)
        other, before = Client(), len(entries())
        device.flags = PRESENT
        assert enter(other, device).status_code == 422
        device.flags, device.origin = PRESENT | VERIFIED, "https://evil.example"
        assert enter(other, device).status_code == 422
        device.origin = "http://localhost:8042"
        key, device.key = device.key, Authenticator().key
        assert enter(other, device).status_code == 422
        device.key, device.domain = key, "evil.example"
        assert enter(other, device).status_code == 422
        device.domain, user, device.user = "localhost", device.user, b"per_somebody_else"
        assert enter(other, device).status_code == 422
        device.user = user
        assert enter(other, Authenticator(user=user, domain="localhost")).status_code == 422
        without = device.sign(options(other, "/sign-in/passkey/"), with_user=False)
        assert other.post("/sign-in/passkey/", {"answer": without}).status_code == 422
        for answer in ("", "{}", "[]", "{", "x" * 20_000):
            assert other.post("/sign-in/passkey/", {"answer": answer}).status_code == 422
        assert set(entries()[before:]) == {"session.refused"}
        assert not who(other)

    def test_a_challenge_is_good_once_for_one_purpose_and_five_minutes(
        self, device: Authenticator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = Client()
        answer = device.sign(options(other, "/sign-in/passkey/"))
        assert other.post("/sign-in/passkey/", {"answer": answer}).status_code == 302
        other.post("/sign-out/")
        assert other.post("/sign-in/passkey/", {"answer": answer}).status_code == 422
        assert Client().post("/sign-in/passkey/", {"answer": answer}).status_code == 422
        sign_in(other)
        answer = device.sign(options(other, "/sign-in/code/passkey/"))
        assert other.post("/sign-in/passkey/", {"answer": answer}).status_code == 422
        late = Client()
        answer = device.sign(options(late, "/sign-in/passkey/"))
        later = clock.now() + timedelta(seconds=301)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert late.post("/sign-in/passkey/", {"answer": answer}).status_code == 422

    def test_a_counter_that_does_not_rise_is_that_of_a_copy(self, device: Authenticator) -> None:
        assert enter(Client(), device).status_code == 302
        device.uses -= 1
        assert enter(Client(), device).status_code == 422
        assert enter(Client(), device).status_code == 302

    def test_inactive(self, noor: Person, device: Authenticator) -> None:
        commands.deactivate_person(Actor.installation(), noor)
        other = Client()
        assert enter(other, device).status_code == 422
        assert not who(other)

    def test_too_many_tries(self, device: Authenticator) -> None:
        other = Client()
        answers = [other.post("/sign-in/passkey/", {"answer": "{}"}) for _ in range(11)]
        # One of the ten tries a minute was the sign-in with which the passkey was made.
        assert [answer.status_code for answer in answers] == [422] * 9 + [429] * 2
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert other.post("/sign-in/passkey/options/").status_code == 429

    def test_forms_without_their_secret(self, device: Authenticator) -> None:
        other = Client(enforce_csrf_checks=True)
        for path in ("/sign-in/passkey/options/", "/sign-in/passkey/", "/sign-in/code/passkey/"):
            assert other.post(path).status_code == 403


class TestSecondStep:
    def test_after_the_password(self, device: Authenticator, noor: Person, entries: Entries) -> None:
        other = Client()
        assert sign_in(other).headers["Location"] == "/sign-in/code/"
        assert not who(other)
        assert b"Use a passkey" in other.get("/sign-in/code/").content
        wanted = options(other, "/sign-in/code/passkey/")
        assert [each["id"] for each in wanted["publicKey"]["allowCredentials"]] == [
            text(device.credential_id)
        ]
        assert other.post("/sign-in/code/passkey/", {"answer": device.sign(wanted)}).status_code == 302
        assert who(other)
        assert log.leaf(log.size() - 1).facts["method"] == "password+passkey"

    def test_somebody_elses_does_not_do(self, device: Authenticator, company: Company) -> None:
        company.person("mia", "viewer")
        mia = Client()
        sign_in(mia, email="mia@example.org")
        own = Authenticator()
        add(mia, own)
        other = Client()
        sign_in(other)
        answer = own.sign(options(other, "/sign-in/code/passkey/"))
        assert other.post("/sign-in/code/passkey/", {"answer": answer}).status_code == 422
        assert not who(other)

    def test_without_the_password_nobody_owes_one(self, device: Authenticator) -> None:
        other = Client()
        assert other.post("/sign-in/code/passkey/options/").status_code == 401
        assert other.post("/sign-in/code/passkey/", {"answer": "{}"}).headers["Location"] == "/sign-in/"

    def test_recovery_codes_and_an_app_beside_it(self, client: Client, noor: Person) -> None:
        device = Authenticator()
        recovery = re.findall(r"<li>(\d{8})</li>", add(client, device).content.decode())
        other = Client()
        sign_in(other)
        assert other.post("/sign-in/code/", {"code": recovery[0]}).status_code == 302
        matched = re.search(r'id="factor-secret">([A-Z2-7]+)<', client.get("/account/").content.decode())
        assert matched
        code = totp(matched[1], time.time())
        client.post("/account/factor/", {"code": code, "password": PASSWORD})
        (handle,) = (each.handle for each in passkeys.passkeys_of(noor.pk))
        assert client.post("/account/factor/", {"password": PASSWORD}).status_code == 302
        assert queries.authenticators(noor.pk).count() == 2  # the passkey and the recovery codes
        assert client.post(f"/account/passkeys/{handle}/remove/", {"password": PASSWORD}).status_code == 302
        assert not queries.authenticators(noor.pk).exists()
        assert differences() == []


class TestAfterwards:
    def test_named_and_removed(
        self, client: Client, noor: Person, device: Authenticator, entries: Entries
    ) -> None:
        (key,) = passkeys.passkeys_of(noor.pk)
        path = f"/account/passkeys/{key.handle}"
        assert client.post(f"{path}/name/", {"name": "Old laptop"}).status_code == 302
        assert client.post(f"{path}/name/", {"name": " "}).status_code == 422
        assert entries()[-1] == "passkey.renamed"
        assert [each.name for each in passkeys.passkeys_of(noor.pk)] == ["Old laptop"]
        assert differences() == []
        refused = client.post(f"{path}/remove/", {"password": "wrong"})
        assert (refused.status_code, b"password is not right" in refused.content) == (422, True)
        assert client.post(f"{path}/remove/", {"password": PASSWORD}).status_code == 302
        assert entries()[-1] == "passkey.removed"
        assert enter(Client(), device).status_code == 422
        assert sign_in(Client()).headers["Location"] == "/"
        assert differences() == []

    def test_those_of_others_are_out_of_reach(
        self, noor: Person, device: Authenticator, company: Company
    ) -> None:
        company.person("mia", "aims-manager")
        mia = Client()
        sign_in(mia, email="mia@example.org")
        (key,) = passkeys.passkeys_of(noor.pk)
        for act, sent in (("name", {"name": "Mine"}), ("remove", {"password": PASSWORD})):
            assert mia.post(f"/account/passkeys/{key.handle}/{act}/", sent).status_code == 404
        assert [each.name for each in passkeys.passkeys_of(noor.pk)] == ["Laptop"]

    def test_one_made_before_a_role_is_void_with_it(self, client: Client, company: Company) -> None:
        newcomer = company.person("ina")
        sign_in(client, email="ina@example.org")
        device = Authenticator()
        assert add(client, device).status_code == 200
        assert enter(Client(), device).status_code == 302
        commands.give_grant(Actor.installation(), newcomer, "viewer")
        assert enter(Client(), device).status_code == 422
        assert differences() == []

    def test_what_is_changed_beside_the_commands_shows(self, noor: Person, device: Authenticator) -> None:
        row = queries.authenticators(noor.pk).get(type="webauthn")
        thief = Authenticator()
        kept = dict(row.data)
        for field, value in (
            ("credential", text(thief.credential_id)),
            ("name", "Mine"),
            ("handle", "pky_1"),
        ):
            row.data = {**kept, field: value}
            row.save()
            assert differences(), field
        row.delete()
        assert differences()


def test_the_relying_party_is_the_configured_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(address: str) -> tuple[str, str] | None:
        class Current:
            public_address = address

        monkeypatch.setattr(relying_party.organization, "current", Current)
        party = relying_party.relying_party()
        return party and (party.id, party.origin)

    assert of("https://aims.example.org") == ("aims.example.org", "https://aims.example.org")
    assert of("https://aims.example.org:8443") == ("aims.example.org", "https://aims.example.org:8443")
    assert of("https://aims.example.org:443") == ("aims.example.org", "https://aims.example.org")
    assert of("http://127.0.0.1:8042") == ("localhost", "http://localhost:8042")
    assert of("http://[::1]:8042") == ("localhost", "http://localhost:8042")
    assert of("http://aims.example.org") is None
    assert of("https://192.0.2.7") is None
