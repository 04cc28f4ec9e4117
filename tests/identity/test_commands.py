"""Accounts, roles, tokens and links: what is refused, what leaves a leaf, what a leaf says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.identity import commands, policy, queries
from plumbline.identity.actors import Actor, actor_of_person, actor_of_token
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from plumbline.trail import log

from .conftest import PASSWORD, Company

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Entries = Callable[[], list[str]]


def soon(days: int = 30) -> datetime:
    return clock.now() + timedelta(days=days)


class TestPeople:
    def test_account_has_an_opaque_id_and_a_leaf_without_personal_data(self, entries: Entries) -> None:
        person = commands.create_person(
            Actor.installation(), email="noor@example.org", full_name="Noor Haddad", password=PASSWORD
        )
        assert person.handle.startswith("per_")
        assert entries() == ["person.created"]
        leaf = log.leaf(0)
        assert leaf.actor == "stage:installation"
        assert leaf.subject == {"kind": "person", "ref": person.handle}
        assert b"noor" not in leaf.body.lower()
        assert b"haddad" not in leaf.body.lower()
        assert log.opening(0, "person") == b'{"email":"noor@example.org","name":"Noor Haddad"}'

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "nobody"}, "email"),
            ({"full_name": "  "}, "full_name"),
            ({"password": "short"}, "password"),
            ({"password": "password1234"}, "password"),
        ],
    )
    def test_faults_name_the_field_and_nothing_is_written(
        self, change: dict[str, str], field: str, entries: Entries
    ) -> None:
        values = {"email": "noor@example.org", "full_name": "Noor", "password": PASSWORD, **change}
        with pytest.raises(Invalid) as refused:
            commands.create_person(Actor.installation(), **values)
        assert {fault.field for fault in refused.value.faults} == {field}
        assert all(fault.remedy for fault in refused.value.faults)
        assert queries.is_empty()
        assert entries() == []

    def test_address_is_taken_whatever_its_capitals(self, company: Company) -> None:
        company.person("noor")
        with pytest.raises(Conflict):
            commands.create_person(Actor.installation(), email="NOOR@example.org", full_name="Other")
        assert queries.person("Noor@Example.org").full_name == "Noor"

    def test_only_an_aims_manager_adds_people(self, company: Company) -> None:
        with pytest.raises(NotAllowed):
            commands.create_person(
                company.actor("tom", "top-management"), email="x@example.org", full_name="X"
            )
        commands.create_person(company.actor("mia", "aims-manager"), email="x@example.org", full_name="X")

    def test_taking_out_of_use_stops_sessions_tokens_and_actors(self, company: Company) -> None:
        boss, noor = company.actor("mia", "aims-manager"), company.person("noor", "viewer")
        issued = commands.issue_token(actor_of_person(noor), name="laptop", scopes=["read"], expires=soon())
        epoch = noor.session_epoch
        commands.deactivate_person(boss, noor)
        noor.refresh_from_db()
        assert noor.session_epoch == epoch + 1
        with pytest.raises(NotSignedIn):
            actor_of_person(noor)
        with pytest.raises(NotSignedIn, match="not active"):
            actor_of_token(issued.text)
        with pytest.raises(Conflict):
            commands.invitation(boss, noor)
        commands.activate_person(boss, noor)
        assert actor_of_person(queries.person("noor@example.org")).grants

    def test_nobody_takes_themself_out_of_use(self, company: Company) -> None:
        mia = company.person("mia", "aims-manager")
        with pytest.raises(NotAllowed, match="Somebody else"):
            commands.deactivate_person(actor_of_person(mia), mia)

    def test_invitation_sets_a_password_once(self, company: Company, entries: Entries) -> None:
        boss, noor = company.actor("mia", "aims-manager"), company.person("noor", password=None)
        path = commands.invitation(boss, noor)
        _, _, _, handle, token, _ = path.split("/")
        with pytest.raises(Invalid):
            commands.accept_invitation(handle, token, "short")
        commands.accept_invitation(handle, token, PASSWORD)
        noor.refresh_from_db()
        assert noor.check_password(PASSWORD)
        with pytest.raises(NotSignedIn):
            commands.accept_invitation(handle, token, PASSWORD + "!")
        with pytest.raises(NotSignedIn):
            commands.invited(handle, token + "x")
        assert entries()[-2:] == ["person.invited", "password.changed"]


class TestGrants:
    def test_given_and_taken_back_with_leaves_and_the_end_of_sessions(
        self, company: Company, entries: Entries
    ) -> None:
        boss, noor = company.actor("mia", "aims-manager"), company.person("noor")
        grant = commands.give_grant(boss, noor, "reviewer")
        noor.refresh_from_db()
        assert noor.session_epoch == 1
        assert policy.may(actor_of_person(noor), "approve", kind="risk")
        commands.revoke_grant(boss, grant)
        noor.refresh_from_db()
        assert noor.session_epoch == 2
        assert not policy.may(actor_of_person(noor), "approve", kind="risk")
        assert entries()[-2:] == ["grant.given", "grant.revoked"]
        given = log.leaf(log.size() - 2)
        assert given.subject == {"kind": "grant", "ref": grant.handle, "person": noor.handle}
        with pytest.raises(Conflict):
            commands.revoke_grant(boss, grant)

    def test_nobody_gives_a_role_to_themself(self, company: Company) -> None:
        mia = company.person("mia", "aims-manager")
        with pytest.raises(NotAllowed, match="another AIMS manager"):
            commands.give_grant(actor_of_person(mia), mia, "reviewer")
        assert len(queries.grants_of(mia.pk)) == 1

    def test_only_those_who_may_give_roles(self, company: Company) -> None:
        noor = company.person("noor")
        for name, role in (("ann", "top-management"), ("bo", "system-owner"), ("cy", "internal-auditor")):
            with pytest.raises(NotAllowed):
                commands.give_grant(company.actor(name, role), noor, "viewer")

    def test_manager_of_a_unit_gives_roles_there_only(self, company: Company) -> None:
        claims = commands.create_unit(Actor.installation(), name="Claims")
        motor = commands.create_unit(Actor.installation(), name="Motor claims", parent=claims)
        sales = commands.create_unit(Actor.installation(), name="Sales")
        boss, noor = company.actor("mia", "aims-manager", unit=claims), company.person("noor")
        commands.give_grant(boss, noor, "contributor", unit=motor)
        for unit in (sales, None):
            with pytest.raises(NotAllowed):
                commands.give_grant(boss, noor, "contributor", unit=unit)
        assert policy.may(actor_of_person(noor), "create", kind="risk", unit_id=motor.pk)
        assert not policy.may(actor_of_person(noor), "create", kind="risk", unit_id=claims.pk)

    @pytest.mark.parametrize(
        ("role", "limits", "fields"),
        [
            ("king", {}, {"role"}),
            ("viewer", {"scope": "everything-else"}, {"scope"}),
            ("viewer", {"starts": date(2026, 2, 2), "ends": date(2026, 2, 1)}, {"ends"}),
            ("external-auditor", {}, {"ends", "scope"}),
            ("external-auditor", {"scope": "all"}, {"ends"}),
            ("external-auditor", {"ends": date(9999, 1, 1)}, {"scope"}),
        ],
    )
    def test_faults(self, role: str, limits: dict[str, object], fields: set[str], company: Company) -> None:
        with pytest.raises(Invalid) as refused:
            commands.give_grant(
                Actor.installation(),
                company.person("noor"),
                role,
                **limits,  # type: ignore[arg-type]
            )
        assert {fault.field for fault in refused.value.faults} == fields
        assert all(fault.remedy for fault in refused.value.faults)

    def test_external_auditor_outside_scope_and_dates(self, company: Company) -> None:
        today = clock.now().date()
        auditor = company.actor(
            "eva", "external-auditor", scope="risk", starts=today, ends=today + timedelta(days=4)
        )
        assert policy.may(auditor, "read", kind="risk")
        assert not policy.may(auditor, "read", kind="policy")
        with clock.frozen(clock.now() + timedelta(days=5)):
            assert not policy.may(auditor, "read", kind="risk")
            assert not policy.may(actor_of_person(queries.person("eva@example.org")), "read", kind="risk")

    def test_units_have_names_of_their_own(self, company: Company) -> None:
        commands.create_unit(Actor.installation(), name="Claims")
        with pytest.raises(Conflict):
            commands.create_unit(Actor.installation(), name="Claims")
        with pytest.raises(Invalid):
            commands.create_unit(Actor.installation(), name="???")
        with pytest.raises(NotFound):
            queries.unit("sales")


class TestTokens:
    def test_shown_once_and_stored_as_a_digest(self, company: Company, entries: Entries) -> None:
        noor = company.person("noor", "system-owner")
        issued = commands.issue_token(
            actor_of_person(noor), name="gateway", scopes=["ingest"], expires=soon()
        )
        prefix, ident, secret = issued.text.split("_")
        assert (prefix, f"tok_{ident}", len(bytes.fromhex(secret))) == ("plb", issued.token.handle, 32)
        stored = queries.token(issued.token.handle)
        assert stored is not None
        assert secret not in str(vars(stored))
        assert entries()[-1] == "token.issued"
        assert secret.encode() not in log.leaf(log.size() - 1).body
        actor = actor_of_token(issued.text)
        assert (actor.id, actor.person_id) == (issued.token.handle, noor.pk)
        assert actor.scopes == {"ingest"}
        assert policy.may(actor, "ingest")
        assert not policy.may(actor, "read")

    def test_last_use_is_noted_at_most_every_five_minutes(self, company: Company) -> None:
        noor = company.person("noor", "viewer")
        issued = commands.issue_token(actor_of_person(noor), name="x", scopes=["read"], expires=soon())
        first = clock.now() + timedelta(hours=1)
        for minutes, noted in ((0, 0), (4, 0), (6, 6)):
            with clock.frozen(first + timedelta(minutes=minutes)):
                actor_of_token(issued.text)
            token = queries.token(issued.token.handle)
            assert token is not None
            assert token.last_used == first + timedelta(minutes=noted)

    def test_expired_revoked_and_wrong_tokens(self, company: Company) -> None:
        noor = actor_of_person(company.person("noor", "viewer"))
        issued = commands.issue_token(noor, name="x", scopes=["read"], expires=soon(1))
        with clock.frozen(soon(2)), pytest.raises(NotSignedIn, match="expired"):
            actor_of_token(issued.text)
        for wrong in (
            "",
            "plb_",
            issued.text[:-1],
            issued.text[:-1] + "z",
            "plb_" + "0" * 20 + "_" + "0" * 64,
        ):
            with pytest.raises(NotSignedIn, match="not known"):
                actor_of_token(wrong)
        other = issued.text[:-4] + ("0000" if issued.text[-4:] != "0000" else "1111")
        with pytest.raises(NotSignedIn, match="not known"):
            actor_of_token(other)
        commands.revoke_token(noor, issued.token.handle)
        with pytest.raises(NotSignedIn, match="revoked"):
            actor_of_token(issued.text)
        with pytest.raises(Conflict):
            commands.revoke_token(noor, issued.token.handle)

    def test_a_token_ends_at_the_instant_it_expires(self, company: Company) -> None:
        expires = soon(1)
        noor = actor_of_person(company.person("noor", "viewer"))
        issued = commands.issue_token(noor, name="x", scopes=["read"], expires=expires)
        with clock.frozen(expires - timedelta(microseconds=1)):
            assert actor_of_token(issued.text).person_id == noor.person_id
        with clock.frozen(expires), pytest.raises(NotSignedIn, match="expired"):
            actor_of_token(issued.text)

    def test_revoked_grant_reaches_the_token_at_once(self, company: Company) -> None:
        boss, noor = company.actor("mia", "aims-manager"), company.person("noor", "system-owner")
        issued = commands.issue_token(actor_of_person(noor), name="x", scopes=["ingest"], expires=soon())
        commands.revoke_grant(boss, queries.grants_of(noor.pk)[0])
        assert not policy.may(actor_of_token(issued.text), "ingest")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": " "}, "name"),
            ({"scopes": []}, "scopes"),
            ({"scopes": ["admin"]}, "scopes"),
            ({"expires": datetime(2020, 1, 1, tzinfo=UTC)}, "expires"),
            ({"expires": datetime(9999, 1, 1, tzinfo=UTC)}, "expires"),
        ],
    )
    def test_faults(self, change: dict[str, object], field: str, company: Company) -> None:
        values: dict[str, object] = {"name": "x", "scopes": ["read"], "expires": soon(), **change}
        with pytest.raises(Invalid) as refused:
            commands.issue_token(company.actor("noor", "viewer"), **values)  # type: ignore[arg-type]
        assert [fault.field for fault in refused.value.faults] == [field]

    def test_no_scope_beyond_ones_own_roles(self, company: Company) -> None:
        """An external auditor writes requests, and may have a token for that; a viewer writes nothing."""
        barred = [("external-auditor", "ingest"), ("external-auditor", "pack")]
        barred += [("viewer", scope) for scope in ("ingest", "write", "pack")]
        for role, scope in barred:
            with pytest.raises(NotAllowed):
                commands.issue_token(
                    company.actor(f"noor-{role}-{scope}", role, scope="all", ends=date(9999, 1, 1)),
                    name="x",
                    scopes=[scope],
                    expires=soon(),
                )

    def test_tokens_of_others_need_the_permission(self, company: Company) -> None:
        noor, tom = company.person("noor", "system-owner"), company.actor("tom", "top-management")
        boss = company.actor("mia", "aims-manager")
        with pytest.raises(NotAllowed):
            commands.issue_token(tom, name="x", scopes=["read"], expires=soon(), owner=noor)
        issued = commands.issue_token(boss, name="x", scopes=["read"], expires=soon(), owner=noor)
        with pytest.raises(NotAllowed):
            commands.revoke_token(tom, issued.token.handle)
        commands.revoke_token(boss, issued.token.handle)

    def test_a_token_issues_and_revokes_none(self, company: Company) -> None:
        boss = company.actor("mia", "aims-manager")
        text = commands.issue_token(boss, name="x", scopes=["write", "read"], expires=soon()).text
        token = actor_of_token(text)
        with pytest.raises(NotAllowed, match="No token"):
            commands.issue_token(token, name="y", scopes=["read"], expires=soon())
        with pytest.raises(NotAllowed, match="No token"):
            commands.revoke_token(token, token.id)


class TestLinks:
    def test_once_within_ten_minutes(self, company: Company, entries: Entries) -> None:
        noor = company.person("noor")
        path = commands.make_one_time_link(noor)
        secret = path.split("/")[3]
        assert len(secret) >= 43  # 256 bits in base64url
        assert entries()[-1] == "link.issued"
        assert secret.encode() not in log.leaf(log.size() - 1).body
        assert commands.redeem_link(secret) == noor
        with pytest.raises(NotSignedIn):
            commands.redeem_link(secret)

    def test_too_old_or_unknown_or_of_somebody_inactive(self, company: Company) -> None:
        boss, noor = company.actor("mia", "aims-manager"), company.person("noor")
        secret = commands.make_one_time_link(noor).split("/")[3]
        with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)), pytest.raises(NotSignedIn):
            commands.redeem_link(secret)
        with pytest.raises(NotSignedIn):
            commands.redeem_link("x" * 43)
        commands.deactivate_person(boss, noor)
        with pytest.raises(NotSignedIn):
            commands.redeem_link(secret)


def test_a_refused_command_leaves_no_leaf(company: Company, entries: Entries) -> None:
    noor, other = company.person("noor", "viewer"), company.person("other")
    before = entries()
    with pytest.raises(NotAllowed):
        commands.give_grant(actor_of_person(noor), other, "viewer")
    assert entries() == before
    assert queries.grants_of(other.pk) == []
