"""Two accounts of one person, and an invitation that somebody takes over before roles are given."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from plumbline.identity import accounts, commands, policy, queries
from plumbline.identity.actors import Actor, actor_of_person, actor_of_token
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotSignedIn
from plumbline.trail import log

from .conftest import PASSWORD, Company

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


class TestMailbox:
    @pytest.mark.parametrize(
        "spelling",
        ["NOOR@Example.org", "noor+second@example.org", "ｎｏｏｒ@example.org", " noor@example.org "],
    )
    def test_other_spellings_are_one_mailbox(self, spelling: str) -> None:
        assert accounts.mailbox(spelling) == accounts.mailbox("noor@example.org")

    def test_dots_count_except_where_the_provider_says_they_do_not(self) -> None:
        assert accounts.mailbox("n.oor@example.org") != accounts.mailbox("noor@example.org")
        assert accounts.mailbox("n.o.or+x@googlemail.com") == accounts.mailbox("noor@gmail.com")

    def test_a_tag_alone_is_no_empty_mailbox(self) -> None:
        assert accounts.mailbox("+a@example.org") != accounts.mailbox("+b@example.org")

    def test_a_second_account_for_one_mailbox_is_refused(self, company: Company) -> None:
        company.person("noor")
        with pytest.raises(Conflict):
            commands.create_person(
                Actor.installation(), email="Noor+reviews@example.org", full_name="Somebody else"
            )


class TestName:
    @pytest.mark.parametrize("spelling", ["HADDAD, Noor", "noor  haddad", "Nöor Haddad", "Noor-Haddad"])
    def test_order_capitals_accents_and_punctuation_make_no_other_name(self, spelling: str) -> None:
        assert accounts.name_key(spelling) == accounts.name_key("Noor Haddad")
        assert accounts.name_key("Noor Haddat") != accounts.name_key("Noor Haddad")


def named(email: str, name: str, *roles: str) -> Person:
    """An account as an older version may have made it, whoever has that name already."""
    person = Person.objects.create(email=email, full_name=name)
    for role in roles:
        commands.give_grant(Actor.installation(), person, role)
    person.refresh_from_db()
    return person


class TestOnePerson:
    def test_no_second_account_is_made_for_one_name(self, company: Company) -> None:
        commands.create_person(Actor.installation(), email="noor@example.org", full_name="Noor Haddad")
        with pytest.raises(Conflict, match="same name already: Noor Haddad") as refused:
            commands.create_person(Actor.installation(), email="x@example.org", full_name="Haddad, Noor")
        assert [fault.field for fault in refused.value.faults] == ["full_name"]
        other = "Noor Haddad (Claims)"
        commands.create_person(Actor.installation(), email="x@example.org", full_name=other)

    def test_the_second_account_of_an_author_is_no_second_person(self, company: Company) -> None:
        first = named("noor@example.org", "Noor Haddad", "aims-manager")
        second = named("n.haddad@example.com", "Haddad, Noor", "reviewer")
        answer = policy.independent(actor_of_person(second), author_ids={first.pk}, owner_id=None)
        assert not answer
        assert "one person" in str(answer.reason)
        assert not policy.independent(actor_of_person(second), author_ids=set(), owner_id=first.pk)
        assert queries.other_accounts(first) == [second]

    def test_nobody_gives_a_role_to_themself_by_another_account(self, company: Company) -> None:
        first = named("noor@example.org", "Noor Haddad", "aims-manager")
        second = named("n.haddad@example.com", "Noor Haddad")
        with pytest.raises(NotAllowed, match="another AIMS manager"):
            commands.give_grant(actor_of_person(first), second, "reviewer")

    def test_renaming_oneself_makes_nobody_another_person(self, company: Company) -> None:
        first = named("noor@example.org", "Noor Haddad", "aims-manager")
        second = named("n.haddad@example.com", "Noor Haddad", "reviewer")
        commands.update_profile(second, full_name="Nobody At All", theme="system")
        assert not policy.independent(actor_of_person(second), author_ids={first.pk}, owner_id=None)

    def test_two_people_with_one_name_are_told_apart_by_a_third(self, company: Company) -> None:
        first = named("noor@example.org", "Noor Haddad", "aims-manager")
        second = named("n.haddad@example.com", "Noor Haddad", "reviewer")
        with pytest.raises(NotAllowed):
            commands.rename_person(actor_of_person(first), second, "Noor Haddad (Claims)")
        with pytest.raises(NotAllowed):
            commands.rename_person(
                company.actor(
                    "ann", "aims-manager", unit=commands.create_unit(Actor.installation(), name="A")
                ),
                second,
                "Noor Haddad (Claims)",
            )
        commands.rename_person(company.actor("mia", "aims-manager"), second, "Noor Haddad (Claims)")
        second.refresh_from_db()
        assert policy.independent(actor_of_person(second), author_ids={first.pk}, owner_id=None)
        assert queries.other_accounts(second) == []
        renamed = log.leaf(log.size() - 1)
        assert renamed.entry_type == "person.renamed"
        assert b"haddad" not in renamed.body.lower()

    def test_a_name_that_somebody_else_has_tells_nobody_apart(self, company: Company) -> None:
        named("noor@example.org", "Noor Haddad", "aims-manager")
        second = named("n.haddad@example.com", "Noor Haddad", "reviewer")
        mia, lee = company.actor("mia", "aims-manager"), company.person("lee")
        for name in ("haddad, noor", lee.full_name):
            with pytest.raises(Conflict, match="same name already"):
                commands.rename_person(mia, second, name)

    def test_three_accounts_in_a_row_are_one_person(self, company: Company) -> None:
        first = named("noor@example.org", "Noor Haddad", "aims-manager")
        named("noor+two@example.org", "N. H.")
        third = named("other@example.org", "H. N.", "reviewer")
        assert not policy.independent(actor_of_person(third), author_ids={first.pk}, owner_id=None)
        assert len(queries.other_accounts(first)) == 2


class TestInvitation:
    def test_a_role_given_or_taken_back_later_voids_it(self, company: Company) -> None:
        boss, noor = company.actor("mia", "aims-manager"), company.person("noor", password=None)
        for change in ("given", "taken back"):
            _, _, _, handle, token, _ = commands.invitation(boss, noor).split("/")
            assert commands.invited(handle, token) == noor
            if change == "given":
                grant = commands.give_grant(boss, noor, "viewer")
            else:
                commands.revoke_grant(boss, grant)
            with pytest.raises(NotSignedIn):
                commands.accept_invitation(handle, token, PASSWORD)
            noor.refresh_from_db()

    def test_a_newer_one_by_somebody_else_voids_it(self, company: Company) -> None:
        unit = commands.create_unit(Actor.installation(), name="Claims")
        local = company.actor("lea", "aims-manager", unit=unit)
        noor = company.person("noor", password=None)
        _, _, _, handle, token, _ = commands.invitation(local, noor).split("/")
        commands.invitation(company.actor("mia", "aims-manager"), noor)
        with pytest.raises(NotSignedIn):
            commands.invited(handle, token)

    @pytest.mark.parametrize("made", ["by invitation", "with a password"])
    def test_who_manages_one_unit_keeps_no_way_into_an_account_of_the_whole(
        self, company: Company, made: str
    ) -> None:
        unit = commands.create_unit(Actor.installation(), name="Claims")
        local = company.actor("lea", "aims-manager", unit=unit)
        password = PASSWORD if made == "with a password" else None
        noor = commands.create_person(local, email="n@example.org", full_name="Noor", password=password)
        commands.give_grant(local, noor, "viewer", unit=unit)
        if password is None:
            noor.refresh_from_db()
            _, _, _, handle, token, _ = commands.invitation(local, noor).split("/")
            commands.accept_invitation(handle, token, PASSWORD)
        noor.refresh_from_db()
        assert noor.check_password(PASSWORD)
        issued = commands.issue_token(
            actor_of_person(noor), name="x", scopes=["read"], expires=clock.now() + timedelta(days=1)
        )
        link = commands.make_one_time_link(noor)

        commands.give_grant(company.actor("mia", "aims-manager"), noor, "reviewer")

        noor.refresh_from_db()
        assert not noor.has_usable_password()
        with pytest.raises(NotSignedIn):
            actor_of_token(issued.text)
        with pytest.raises(NotSignedIn):
            commands.redeem_link(link.split("/")[3])
        assert "person.credentials-voided" in [leaf.entry_type for leaf in log.leaves(0, log.size())]

    def test_who_had_a_role_before_keeps_the_password(self, company: Company) -> None:
        """The invitation came after the first role, from somebody who may give roles everywhere."""
        mia, noor = company.actor("mia", "aims-manager"), company.person("noor", "viewer", password=None)
        _, _, _, handle, token, _ = commands.invitation(mia, noor).split("/")
        commands.accept_invitation(handle, token, PASSWORD)
        commands.give_grant(mia, queries.person(handle), "reviewer")
        assert queries.person(handle).check_password(PASSWORD)

    def test_an_account_taken_over_before_it_had_a_role_is_closed_by_the_role(self, company: Company) -> None:
        """Whoever found the invitation set the password first, and waits for the role."""
        mia, noor = company.actor("mia", "aims-manager"), company.person("noor", password=None)
        _, _, _, handle, token, _ = commands.invitation(mia, noor).split("/")
        stranger = commands.accept_invitation(handle, token, PASSWORD)
        with commands.change_with_leaf(stranger, "factor.added", "totp"):
            pass
        link = commands.make_one_time_link(stranger)
        commands.give_grant(mia, noor, "reviewer")
        assert not queries.person(handle).has_usable_password()
        assert not queries.authenticators(noor.pk).exists()
        with pytest.raises(NotSignedIn):
            commands.redeem_link(link.split("/")[3])
        assert "person.credentials-voided" in [leaf.entry_type for leaf in log.leaves(0, log.size())]
        # The person it was meant for takes a new invitation, and a second role takes nothing away any more.
        _, _, _, handle, token, _ = commands.invitation(mia, queries.person(handle)).split("/")
        commands.accept_invitation(handle, token, PASSWORD)
        commands.give_grant(mia, queries.person(handle), "contributor")
        assert queries.person(handle).check_password(PASSWORD)

    def test_a_password_set_after_the_last_role_was_taken_back_counts_as_without_one(
        self, company: Company
    ) -> None:
        mia, noor = company.actor("mia", "aims-manager"), company.person("noor", password=None)
        commands.revoke_grant(mia, commands.give_grant(mia, noor, "viewer"))
        noor.refresh_from_db()
        _, _, _, handle, token, _ = commands.invitation(mia, noor).split("/")
        commands.accept_invitation(handle, token, PASSWORD)
        commands.give_grant(mia, noor, "reviewer")
        assert not queries.person(handle).has_usable_password()

    def test_a_role_within_the_same_unit_leaves_the_password(self, company: Company) -> None:
        unit = commands.create_unit(Actor.installation(), name="Claims")
        local = company.actor("lea", "aims-manager", unit=unit)
        noor = commands.create_person(local, email="n@example.org", full_name="Noor", password=PASSWORD)
        commands.give_grant(local, noor, "viewer", unit=unit)
        commands.give_grant(company.actor("mia", "aims-manager"), noor, "contributor", unit=unit)
        assert queries.person(noor.handle).check_password(PASSWORD)


class TestIndependence:
    @pytest.mark.parametrize(
        ("first", "second"), [("internal-auditor", "aims-manager"), ("aims-manager", "internal-auditor")]
    )
    def test_nobody_audits_what_they_run(self, company: Company, first: str, second: str) -> None:
        noor = company.person("noor", first)
        with pytest.raises(Invalid) as refused:
            commands.give_grant(Actor.installation(), noor, second)
        assert [fault.field for fault in refused.value.faults] == ["role"]
        assert "nobody audits what they run" in str(refused.value.faults[0].message)

    def test_not_by_another_account_either(self, company: Company) -> None:
        named("noor@example.org", "Noor Haddad", "aims-manager")
        with pytest.raises(Invalid):
            named("n.haddad@example.com", "Noor Haddad", "internal-auditor")

    def test_one_after_the_other_is_no_contradiction(self, company: Company) -> None:
        noor = company.person("noor", "internal-auditor", ends=date(2026, 12, 31))
        with pytest.raises(Invalid):
            commands.give_grant(Actor.installation(), noor, "aims-manager", starts=date(2026, 12, 31))
        commands.give_grant(Actor.installation(), noor, "aims-manager", starts=date(2027, 1, 1))


class TestTopManagement:
    def test_a_further_one_is_not_made_by_an_aims_manager_alone(self, company: Company) -> None:
        mia = company.actor("mia", "aims-manager")
        commands.give_grant(mia, company.person("ida"), "top-management")
        noor = company.person("noor")
        with pytest.raises(NotAllowed, match="designates Noor"):
            commands.give_grant(mia, noor, "top-management")
        assert queries.grants_of(noor.pk) == []

    def test_taking_the_role_back_does_not_make_the_next_one_the_first(self, company: Company) -> None:
        mia, noor = company.actor("mia", "aims-manager"), company.person("noor")
        commands.revoke_grant(mia, commands.give_grant(mia, company.person("ida"), "top-management"))
        with pytest.raises(NotAllowed, match="plumbline role give"):
            commands.give_grant(mia, noor, "top-management")
        commands.give_grant(Actor.installation(), noor, "top-management")
