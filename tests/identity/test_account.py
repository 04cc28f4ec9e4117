"""The account page and the pages of people: what they do, and for whom."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from plumbline.identity import commands, policy, queries
from plumbline.identity.actors import Actor, actor_of_person, actor_of_token
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotSignedIn

from .conftest import PASSWORD, Company
from .test_sign_in import sign_in, totp, who

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Entries = Callable[[], list[str]]
NEW = "another quiet ledger"


@pytest.fixture
def noor(company: Company, client: Client) -> Person:
    """A system owner, signed in at ``client``."""
    person = company.person("noor", "system-owner")
    sign_in(client)
    return person


@pytest.fixture
def boss(company: Company, client: Client) -> Person:
    """An AIMS manager, signed in at ``client``."""
    person = company.person("mia", "aims-manager")
    sign_in(client, email="mia@example.org")
    return person


def found(pattern: str, answer: Any) -> str:
    matched = re.search(pattern, answer.content.decode())
    assert matched, pattern
    return matched[1]


class TestAccount:
    def test_needs_a_session(self, client: Client) -> None:
        for path in ("/account/", "/people/", "/people/per_x/"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Location"][:14]) == (302, "/sign-in/?next")

    def test_profile(self, client: Client, noor: Person, entries: Entries) -> None:
        assert client.post("/account/profile/", {"full_name": "Noor H.", "theme": "dark"}).status_code == 302
        noor.refresh_from_db()
        assert (noor.full_name, noor.theme) == ("Noor H.", "dark")
        assert entries()[-1] == "person.renamed"
        assert client.post("/account/profile/", {"full_name": " ", "theme": "dark"}).status_code == 422
        assert client.post("/account/profile/", {"full_name": "N", "theme": "pink"}).status_code == 422

    def test_password_change_keeps_this_session_and_ends_the_others(
        self, client: Client, noor: Person, entries: Entries
    ) -> None:
        other = Client()
        sign_in(other)
        wrong = client.post("/account/password/", {"present": "wrong", "password": NEW})
        assert wrong.status_code == 422
        weak = client.post("/account/password/", {"present": PASSWORD, "password": "short"})
        assert weak.status_code == 422
        assert who(other)
        assert client.post("/account/password/", {"present": PASSWORD, "password": NEW}).status_code == 302
        assert who(client)
        assert not who(other)
        assert entries()[-1] == "password.changed"
        assert sign_in(Client(), password=NEW).status_code == 302

    def test_second_factor_on_used_and_off(self, client: Client, noor: Person, entries: Entries) -> None:
        page = client.get("/account/")
        secret = found(r'id="factor-secret">([A-Z2-7]+)<', page)
        assert (
            f"otpauth://totp/noor%40example.org?secret={secret}&amp;issuer=Plumbline" in page.content.decode()
        )
        wrong = client.post("/account/factor/", {"code": "000000", "password": PASSWORD})
        assert wrong.status_code == 422
        code = totp(secret, time.time())
        assert client.post("/account/factor/", {"code": code, "password": "wrong"}).status_code == 422
        answer = client.post("/account/factor/", {"code": code, "password": PASSWORD})
        assert answer.status_code == 200
        recovery = re.findall(r"<li>(\d{8})</li>", answer.content.decode())
        assert len(recovery) == 10
        assert entries()[-1] == "factor.added"
        assert recovery[0] not in client.get("/account/").content.decode()
        assert secret not in client.get("/account/").content.decode()

        other = Client()
        assert sign_in(other).headers["Location"] == "/sign-in/code/"
        for used in (code, f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}"):
            assert other.post("/sign-in/code/", {"code": used}).status_code == 422  # it turned the factor on
        assert other.post("/sign-in/code/", {"code": recovery[0]}).status_code == 302
        assert who(other)

        assert client.post("/account/factor/", {"password": "wrong"}).status_code == 422
        assert client.post("/account/factor/", {"password": PASSWORD}).status_code == 302
        assert entries()[-1] == "factor.removed"
        assert sign_in(Client()).headers["Location"] == "/"

    def test_token_is_shown_once(self, client: Client, noor: Person) -> None:
        day = (clock.now() + timedelta(days=30)).date().isoformat()
        answer = client.post("/account/tokens/", {"name": "gateway", "scopes": ["ingest"], "expires": day})
        text = found(r'id="token-text">(plb_[0-9a-f_]+)<', answer)
        assert policy.may(actor_of_token(text), "ingest")
        assert text not in client.get("/account/").content.decode()
        handle = queries.tokens_of(noor.pk)[0].handle
        assert client.post(f"/account/tokens/{handle}/revoke/").status_code == 302
        with pytest.raises(NotSignedIn, match="revoked"):
            actor_of_token(text)

    def test_token_faults_and_limits(self, client: Client, noor: Person) -> None:
        late = (clock.now() + timedelta(days=800)).date().isoformat()
        for values in (
            {"name": "x", "scopes": ["ingest"], "expires": late},
            {"name": "x", "scopes": ["ingest"], "expires": "2020-01-01"},
            {"name": "x", "scopes": ["root"], "expires": late},
            {"name": "", "expires": "soon"},
        ):
            assert client.post("/account/tokens/", values).status_code == 422
        day = (clock.now() + timedelta(days=30)).date().isoformat()
        refused = client.post("/account/tokens/", {"name": "x", "scopes": ["pack"], "expires": day})
        assert refused.status_code == 403
        assert queries.tokens_of(noor.pk) == []

    def test_tokens_of_others_stay(self, client: Client, noor: Person, company: Company) -> None:
        other = company.actor("tom", "viewer")
        issued = commands.issue_token(
            other, name="x", scopes=["read"], expires=clock.now() + timedelta(days=1)
        )
        assert client.post(f"/account/tokens/{issued.token.handle}/revoke/").status_code == 403
        assert actor_of_token(issued.text)


class TestPeople:
    @pytest.mark.parametrize(
        "role",
        [
            "top-management",
            "system-owner",
            "risk-owner",
            "contributor",
            "reviewer",
            "internal-auditor",
            "viewer",
        ],
    )
    def test_only_for_those_who_give_roles(self, client: Client, company: Company, role: str) -> None:
        noor = company.person("noor", role)
        other = company.person("lee")
        sign_in(client)
        assert client.get("/people/").status_code == 403
        assert client.get(f"/people/{other.handle}/").status_code == 403
        for path in ("/people/invite/", "/people/units/", f"/people/{other.handle}/roles/"):
            assert client.post(path, {"role": "aims-manager"}).status_code == 403
        for path in ("invitation", "switch"):
            assert client.post(f"/people/{other.handle}/{path}/").status_code == 403
        grant = queries.grants_of(noor.pk)[0]
        assert client.post(f"/people/{noor.handle}/roles/{grant.handle}/revoke/").status_code == 403
        assert queries.grants_of(other.pk) == []

    def test_from_invitation_to_role_and_back(self, client: Client, boss: Person, entries: Entries) -> None:
        values = {"full_name": "Lee Park", "email": "lee@example.org"}
        made = client.post("/people/invite/", values)
        lee = queries.person("lee@example.org")
        assert made.headers["Location"] == f"/people/{lee.handle}/"
        assert client.post("/people/invite/", values).status_code == 422
        assert client.post("/people/units/", {"name": "Claims"}).status_code == 302
        given = client.post(
            f"/people/{lee.handle}/roles/", {"role": "contributor", "unit": "claims", "scope": "risk"}
        )
        assert given.status_code == 302
        unit = queries.unit("claims")
        assert policy.may(actor_of_person(lee), "create", kind="risk", unit_id=unit.pk)
        assert not policy.may(actor_of_person(lee), "create", kind="policy", unit_id=unit.pk)

        answer = client.post(f"/people/{lee.handle}/invitation/")
        path = found(r'id="invitation-address">http://[^/]+(/[^<]+)<', answer)
        assert Client().post(path, {"password": NEW}).status_code == 302
        theirs = Client()
        assert sign_in(theirs, email="lee@example.org", password=NEW).status_code == 302
        assert who(theirs)

        grant = queries.grants_of(lee.pk)[0]
        assert client.post(f"/people/{lee.handle}/roles/{grant.handle}/revoke/").status_code == 302
        assert not who(theirs)
        assert client.post(f"/people/{lee.handle}/switch/").status_code == 302
        assert sign_in(Client(), email="lee@example.org", password=NEW).status_code == 422
        assert client.post(f"/people/{lee.handle}/switch/").status_code == 302
        assert sign_in(Client(), email="lee@example.org", password=NEW).status_code == 302
        assert client.get(f"/people/{lee.handle}/").status_code == 200

    def test_role_faults(self, client: Client, boss: Person, company: Company) -> None:
        lee = company.person("lee")
        for values in (
            {"role": "king"},
            {"role": "external-auditor"},
            {"role": "viewer", "starts": "2026-02-02", "ends": "2026-02-01"},
            {"role": "viewer", "unit": "nowhere"},
        ):
            assert client.post(f"/people/{lee.handle}/roles/", values).status_code == 422
        assert queries.grants_of(lee.pk) == []

    def test_not_to_oneself(self, client: Client, boss: Person) -> None:
        assert client.post(f"/people/{boss.handle}/roles/", {"role": "reviewer"}).status_code == 403
        assert client.post(f"/people/{boss.handle}/switch/").status_code == 403
        assert client.post(f"/people/{boss.handle}/invitation/").status_code == 403
        assert b"Give the role" not in client.get(f"/people/{boss.handle}/").content

    def test_two_who_share_a_name_are_shown_and_told_apart(
        self, client: Client, boss: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        create = partial(commands.create_person, Actor.installation())
        first = create(email="lee@example.org", full_name="Lee Park")
        with monkeypatch.context() as earlier:  # accounts that were made before a shared name was refused
            earlier.setattr(commands, "_refuse_shared_name", lambda *_, **__: None)
            second = create(email="l.park@example.com", full_name="Park, Lee")
        address, count = f"/people/{second.handle}/", b"Accounts that count as the same person"
        shown = client.get(address).content
        assert count in shown
        assert f'href="/people/{first.handle}/">Lee Park</a>'.encode() in shown
        refused = client.post(f"{address}name/", {"full_name": "Lee Park"})
        assert refused.status_code == 422
        assert b"is the name of another account" in refused.content
        assert client.post(f"{address}name/", {"full_name": "Lee Park (Claims)"}).status_code == 302
        assert count not in client.get(address).content
        assert client.post(f"/people/{boss.handle}/name/", {"full_name": "Nobody"}).status_code == 403

    def test_unknown_person(self, client: Client, boss: Person) -> None:
        assert client.get("/people/per_unknown/").status_code == 404

    def test_list_takes_few_queries_however_many_people(
        self, client: Client, boss: Person, company: Company, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(12):
            company.person(f"lee{number}", "viewer", "reviewer")
        client.get("/people/")
        with django_assert_max_num_queries(8):
            assert client.get("/people/").status_code == 200

    def test_stopping_a_token(self, client: Client, boss: Person, company: Company) -> None:
        lee = company.person("lee", "viewer")
        issued = commands.issue_token(
            actor_of_person(lee), name="x", scopes=["read"], expires=clock.now() + timedelta(days=1)
        )
        path = f"/people/{lee.handle}/tokens/{issued.token.handle}/revoke/"
        assert client.post(path).status_code == 302
        with pytest.raises(NotSignedIn, match="revoked"):
            actor_of_token(issued.text)


def test_forms_need_their_secret(company: Company) -> None:
    boss = company.person("mia", "aims-manager")
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss)
    for path in ("/account/profile/", "/account/tokens/", "/people/invite/", "/sign-out/"):
        assert client.post(path, {}).status_code == 403


def test_installation_actor_may_do_what_setup_needs() -> None:
    assert policy.may(Actor.installation(), "grant")
