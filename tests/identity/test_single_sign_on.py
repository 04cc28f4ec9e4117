"""Single sign-on against a real provider of this process: who comes in, who does not, bent answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from plumbline.federation import provider as providers
from plumbline.identity import commands
from plumbline.identity.actors import Actor
from plumbline.identity.federated import proofs, queries
from plumbline.identity.models import FederatedIdentity, Person
from plumbline.kernel import clock
from plumbline.trail import log

from .authenticator import Authenticator
from .conftest import PASSWORD, Company
from .identity_provider import CLIENT, SECRET, IdentityProvider, running
from .test_passkeys import add
from .test_sign_in import sign_in, who

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Entries = Callable[[], list[str]]
CALLBACK = "/sign-in/provider/callback/"


@pytest.fixture
def idp(settings: Any) -> Iterator[IdentityProvider]:
    """A provider that the installation is set up for."""
    with running() as made:
        configure(settings, oidc_issuer=made.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
        configure(settings, oidc_private=True, oidc_name="Halden", sign_in_rate=0)
        yield made


def configure(settings: Any, **changes: Any) -> None:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, **changes)
    providers.forget()


@pytest.fixture
def noor(company: Company) -> Person:
    """A viewer whom nobody has invited yet: an account without any way in."""
    return company.person("noor", "viewer", password=None)


def begin(client: Client, **query: str) -> str:
    answer = client.get("/sign-in/provider/", query)
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


def come_in(client: Client, idp: IdentityProvider, **query: str) -> Any:
    return client.get(CALLBACK, idp.authorize(begin(client, **query)))


def connect(client: Client, idp: IdentityProvider, password: str = PASSWORD) -> Any:
    answer = client.post("/account/provider/connect/", {"password": password})
    matched = re.search(r'id="provider-address" href="([^"]+)"', answer.content.decode())
    if matched is None:
        return answer
    return client.get(CALLBACK, idp.authorize(unescape(matched[1])))


def differences() -> list[str]:
    return [str(each) for each in proofs._check(0, log.size())]


class TestComingIn:
    def test_an_account_that_waits_for_its_owner(
        self, client: Client, idp: IdentityProvider, noor: Person, entries: Entries
    ) -> None:
        assert b"Sign in with Halden" in client.get("/sign-in/").content
        answer = come_in(client, idp, next="/records/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/records/")
        assert who(client)
        assert entries()[-2:] == ["identity-provider.linked", "session.started"]
        assert log.leaf(log.size() - 1).facts["method"] == "identity-provider"
        assert differences() == []
        assert b"u-1" not in b"".join(log.leaf(index).body for index in range(log.size()))
        again = Client()
        idp.claims = {"email": "somebody.else@example.org", "email_verified": False}
        assert come_in(again, idp).status_code == 302  # the subject is who it is, whatever the address
        assert who(again)

    def test_nobody_without_an_account(self, client: Client, idp: IdentityProvider, entries: Entries) -> None:
        answer = come_in(client, idp)
        assert (answer.status_code, b"no account for you" in answer.content) == (401, True)
        assert not Person.objects.exists()
        assert entries()[-1] == "session.refused"

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "noor@example.org"},
            {"email": "noor@example.org", "email_verified": False},
            {"email": "noor@example.org", "email_verified": "true"},
            {"email": "noor@example.org", "email_verified": False, "xms_edov": True},
            {"email": "noor@example.org.evil.example", "email_verified": True},
            {"email": ["noor@example.org"], "email_verified": True},
            {"email_verified": True},
        ],
    )
    def test_only_a_verified_address_leads_to_an_account(
        self, client: Client, idp: IdentityProvider, noor: Person, claims: dict[str, Any]
    ) -> None:
        idp.claims = claims
        answer = come_in(client, idp)
        assert answer.status_code == 401
        said = b"did not say that it has verified your e-mail address" in answer.content
        # One that is verified and is nobody's leads to no account; the others say what is missing.
        assert said == (claims.get("email") != "noor@example.org.evil.example")
        assert (b"no account for you" in answer.content) != said
        assert not who(client)
        assert not FederatedIdentity.objects.exists()

    def test_the_domain_owner_of_entra_counts_as_verified(
        self, client: Client, idp: IdentityProvider, noor: Person
    ) -> None:
        idp.claims = {"email": "Noor@Example.org", "xms_edov": True}
        assert come_in(client, idp).status_code == 302

    def test_an_account_with_a_way_in_is_not_taken_over(
        self, client: Client, idp: IdentityProvider, company: Company
    ) -> None:
        company.person("noor", "viewer")
        answer = come_in(client, idp)
        assert (answer.status_code, b"way in of its own" in answer.content) == (401, True)
        assert not FederatedIdentity.objects.exists()
        assert sign_in(client).status_code == 302  # the local account goes on working

    def test_a_second_identity_with_the_same_address_does_not_come_in(
        self, client: Client, idp: IdentityProvider, noor: Person
    ) -> None:
        come_in(client, idp)
        idp.subject = "u-2"
        other = Client()
        assert come_in(other, idp).status_code == 401
        assert not who(other)

    def test_an_account_out_of_use(self, client: Client, idp: IdentityProvider, noor: Person) -> None:
        come_in(client, idp)
        commands.deactivate_person(Actor.installation(), noor)
        other = Client()
        assert come_in(other, idp).status_code == 401
        assert not who(other)

    def test_a_link_from_before_a_role_is_void_with_it(
        self, client: Client, idp: IdentityProvider, company: Company, entries: Entries
    ) -> None:
        newcomer = company.person("noor", password=None)
        come_in(client, idp)
        commands.give_grant(Actor.installation(), newcomer, "viewer")
        assert "person.credentials-voided" in entries()
        assert not who(client)
        assert not FederatedIdentity.objects.exists()
        assert differences() == []

    def test_who_was_vouched_for_in_one_unit_only_needs_an_invitation(
        self, client: Client, idp: IdentityProvider, noor: Person
    ) -> None:
        Person.objects.filter(pk=noor.pk).update(vouched_units="1")
        assert come_in(client, idp).status_code == 401

    def test_the_second_factor_stays(self, client: Client, idp: IdentityProvider, company: Company) -> None:
        company.person("noor", "viewer")
        sign_in(client)
        assert connect(client, idp).status_code == 302
        device = Authenticator()
        add(client, device)
        other = Client()
        assert come_in(other, idp).headers["Location"] == "/sign-in/code/"
        assert not who(other)
        wanted = other.post("/sign-in/code/passkey/options/").json()
        other.post("/sign-in/code/passkey/", {"answer": device.sign(wanted)})
        assert who(other)
        assert log.leaf(log.size() - 1).facts["method"] == "identity-provider+passkey"


class TestConnecting:
    @pytest.fixture
    def noor(self, company: Company, client: Client) -> Person:
        person = company.person("noor", "viewer")
        sign_in(client)
        return person

    def test_connected_and_disconnected(
        self, client: Client, idp: IdentityProvider, noor: Person, entries: Entries
    ) -> None:
        assert connect(client, idp, password="wrong").status_code == 422
        assert connect(client, idp).status_code == 302
        assert entries()[-1] == "identity-provider.linked"
        assert b"Connected on" in client.get("/account/").content
        assert come_in(Client(), idp).status_code == 302
        assert client.post("/account/provider/disconnect/", {"password": "wrong"}).status_code == 422
        assert client.post("/account/provider/disconnect/", {"password": PASSWORD}).status_code == 302
        assert entries()[-1] == "identity-provider.unlinked"
        assert come_in(Client(), idp).status_code == 401
        assert differences() == []

    def test_somebody_elses_address_and_an_unverified_one(
        self, client: Client, idp: IdentityProvider, noor: Person, company: Company
    ) -> None:
        company.person("mia", "aims-manager")
        for claims in ({"email": "mia@example.org", "email_verified": True}, {"email": "noor@example.org"}):
            idp.claims = claims
            assert connect(client, idp).status_code == 409
        assert not FederatedIdentity.objects.exists()

    def test_the_account_that_began_is_the_one_that_is_connected(
        self, client: Client, idp: IdentityProvider, noor: Person, company: Company
    ) -> None:
        company.person("mia", "viewer")
        page = client.post("/account/provider/connect/", {"password": PASSWORD}).content.decode()
        matched = re.search(r'id="provider-address" href="([^"]+)"', page)
        assert matched
        answer = idp.authorize(unescape(matched[1]))
        kept = client.session["plumbline_federation"]
        client.post("/sign-out/")
        sign_in(client, email="mia@example.org")
        session = client.session
        session["plumbline_federation"] = kept
        session.save()
        assert client.get(CALLBACK, answer).status_code == 401
        assert not FederatedIdentity.objects.exists()

    def test_without_a_password_the_link_stays(self, idp: IdentityProvider, company: Company) -> None:
        lee = company.person("lee", "viewer", password=None)
        idp.claims = {"email": "lee@example.org", "email_verified": True}
        client = Client()
        come_in(client, idp)
        assert client.post("/account/provider/disconnect/").status_code == 422
        assert queries.link_of(lee.pk, idp.issuer)

    def test_what_is_changed_beside_the_commands_shows(
        self, client: Client, idp: IdentityProvider, noor: Person
    ) -> None:
        connect(client, idp)
        FederatedIdentity.objects.update(subject="u-evil")
        assert differences()
        FederatedIdentity.objects.all().delete()
        assert differences()

    def test_signing_out_leads_to_the_provider_too(
        self, client: Client, idp: IdentityProvider, noor: Person
    ) -> None:
        connect(client, idp)
        assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
        come_in(client, idp)
        assert client.post("/sign-out/").headers["Location"] == "/signed-out/"
        assert not who(client)
        matched = re.search(r'href="([^"]+/out\?[^"]+)"', client.get("/signed-out/").content.decode())
        assert matched
        query = dict(parse_qsl(urlsplit(unescape(matched[1])).query))
        assert query == {"client_id": CLIENT, "post_logout_redirect_uri": "http://127.0.0.1:8042/sign-in/"}


def bent_token(idp: IdentityProvider, nonce: str, bend: str) -> str:
    """An id token that is wrong in one way."""
    now = int(clock.now().timestamp())
    contents: dict[str, dict[str, Any]] = {
        "issuer": {"iss": "https://evil.example"},
        "audience": {"aud": "another-client"},
        "party": {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        "many": {"aud": [CLIENT, "another-client"]},
        "nonce": {"nonce": "another"},
        "no nonce": {"nonce": None},
        "expired": {"iat": now - 900, "exp": now - 61},
        "no end": {"exp": None},
        "end in words": {"exp": "tomorrow"},
        "not yet": {"iat": now + 300, "exp": now + 600},
        "no subject": {"sub": None},
        "empty subject": {"sub": ""},
    }
    honest = idp.content(nonce)
    if bend in contents:
        return idp.sign(idp.content(nonce, **contents[bend]))
    if bend == "none":
        return jwt.encode(honest, "", algorithm="none")
    if bend == "hmac with the public key":
        # PyJWT refuses to sign with one; whoever attacks does not use PyJWT for it.
        public = str(idp.public_key()["x"])
        return jwt.encode(honest, public.encode(), algorithm="HS256", headers={"kid": idp.key_id})
    if bend == "another key":
        other = ec.generate_private_key(ec.SECP256R1())
        return jwt.encode(honest, other, algorithm="ES256", headers={"kid": idp.key_id})
    if bend == "unknown key":
        return jwt.encode(honest, idp.key, algorithm="ES256", headers={"kid": "k9"})
    head, content, signature = idp.sign(honest).split(".")
    return {
        "changed": f"{head}.{content[:-4]}AAAA.{signature}",
        "unsigned": f"{head}.{content}.",
        "nothing": "",
        "not a token": "a.b",
    }[bend]


class TestBentAnswers:
    @pytest.mark.parametrize(
        "bend",
        [
            "issuer", "audience", "party", "many", "nonce", "no nonce", "expired", "no end", "end in words",
            "not yet", "no subject", "empty subject", "none", "hmac with the public key", "another key",
            "unknown key", "changed", "unsigned", "not a token",
        ],
    )  # fmt: skip
    def test_of_tokens(self, client: Client, idp: IdentityProvider, noor: Person, bend: str) -> None:
        address = begin(client)
        nonce = dict(parse_qsl(urlsplit(address).query))["nonce"]
        idp.token = bent_token(idp, nonce, bend)
        assert client.get(CALLBACK, idp.authorize(address)).status_code == 401
        assert not who(client)
        assert not FederatedIdentity.objects.exists()

    def test_of_the_callback(self, client: Client, idp: IdentityProvider, noor: Person) -> None:
        for bent in (
            {"state": "another"},
            {"state": ""},
            {"iss": "https://evil.example"},
            {"code": ""},
            {"code": "x" * 5_000},
            {"error": "access_denied"},
        ):
            answer = {**idp.authorize(begin(client)), **bent}
            assert client.get(CALLBACK, answer).status_code == 401, bent
        without = idp.authorize(begin(client))
        del without["iss"]
        assert client.get(CALLBACK, without).status_code == 401
        assert Client().get(CALLBACK, idp.authorize(begin(client))).status_code == 401
        assert client.get(CALLBACK).status_code == 401
        assert not FederatedIdentity.objects.exists()

    def test_a_code_comes_in_once(self, client: Client, idp: IdentityProvider, noor: Person) -> None:
        address = begin(client)
        answer = idp.authorize(address)
        begun = client.session["plumbline_federation"]
        assert client.get(CALLBACK, answer).status_code == 302
        client.post("/sign-out/")
        assert client.get(CALLBACK, answer).status_code == 401
        other = Client()
        session = other.session
        session["plumbline_federation"] = begun
        session.save()
        assert other.get(CALLBACK, answer).status_code == 503  # the provider takes no code twice either
        assert not who(other)

    def test_a_code_of_another_sign_in_is_bound_to_it(
        self, client: Client, idp: IdentityProvider, noor: Person
    ) -> None:
        """An attacker puts their own code into the sign-in of somebody else: PKCE refuses it."""
        other = idp.authorize(begin(Client()))
        mine = idp.authorize(begin(client))
        assert client.get(CALLBACK, {**mine, "code": other["code"]}).status_code == 503
        assert not who(client)

    def test_one_that_took_too_long(
        self, client: Client, idp: IdentityProvider, noor: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = idp.authorize(begin(client))
        later = clock.now() + timedelta(seconds=901)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert client.get(CALLBACK, answer).status_code == 401

    @pytest.mark.parametrize(
        "description",
        [
            {"issuer": "https://evil.example"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"token_endpoint": None},
            {"jwks_uri": "http://127.0.0.1:9/keys"},
        ],
    )
    def test_of_the_description(
        self, client: Client, idp: IdentityProvider, noor: Person, description: dict[str, Any]
    ) -> None:
        idp.description = description
        answer = client.get("/sign-in/provider/")
        assert answer.status_code == 503
        assert b"Back" in answer.content


class TestProvider:
    def test_a_new_key_is_asked_for(
        self, client: Client, idp: IdentityProvider, noor: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begin(client)
        read = idp.replies
        begin(client)
        assert idp.replies == read
        idp.key, idp.key_id = ec.generate_private_key(ec.SECP256R1()), "k2"
        assert come_in(client, idp).status_code == 401  # not asked again at once: a flood of names would ask
        monkeypatch.setattr(providers, "SHORTEST_AGE", 0.0)
        assert come_in(client, idp).status_code == 302

    def test_private_addresses_need_the_setting(
        self, client: Client, idp: IdentityProvider, settings: Any
    ) -> None:
        configure(settings, oidc_private=False)
        replies = idp.replies
        assert client.get("/sign-in/provider/").status_code == 503
        assert idp.replies == replies

    def test_without_the_settings_there_is_none(self, client: Client, noor: Person) -> None:
        assert b"provider" not in client.get("/sign-in/").content
        for path in ("/sign-in/provider/", CALLBACK):
            assert client.get(path).status_code == 404

    def test_too_many_tries(self, client: Client, idp: IdentityProvider, settings: Any) -> None:
        configure(settings, sign_in_rate=3)
        answers = [client.get(CALLBACK) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401] * 3 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0

    def test_a_client_without_a_secret_and_one_that_posts_it(
        self, client: Client, idp: IdentityProvider, noor: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        idp.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        seen: list[bytes] = []
        monkeypatch.setattr(idp, "exchanged", lambda _, body: (seen.append(body), (400, {}))[1])
        assert come_in(client, idp).status_code == 503
        assert b"client_secret=s3cret%2Fwith%3Asigns" in seen[0]
