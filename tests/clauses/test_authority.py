"""Authority limits: who approves one, what it lets somebody decide, and who has no part in a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from plumbline.clauses import deciding
from plumbline.identity import authority, queries
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.authority import Act
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands, kinds
from plumbline.records import queries as records

from .conftest import Make, faulty_fields

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Someone = Callable[..., Actor]


@pytest.fixture
def sara(someone: Someone) -> Actor:
    """A second AIMS manager, without any authority."""
    return someone("aims-manager", "Sara")


@pytest.fixture
def ida(someone: Someone) -> Actor:
    """Top management."""
    return someone("top-management", "Ida")


def go(actor: Actor, saved: commands.Saved, move: str, reason: str = "A reason.") -> commands.Saved:
    revision = records.find(Actor.installation(), saved.reference)[0].revision
    return commands.move(actor, saved.reference, move, revision=revision, reason=reason)


def approved(make: Make, author: Actor, approver: Actor, **values: Any) -> commands.Saved:
    saved = make("authority", **values)
    go(author, saved, "submit")
    return go(approver, saved, "approve")


class TestGiving:
    def test_top_management_founds_it_and_nobody_else(
        self, mina: Actor, sara: Actor, ida: Actor, make: Make
    ) -> None:
        saved = make("authority")
        go(mina, saved, "submit")
        with pytest.raises(NotAllowed, match=r"authority to give authority to others\. Ida may decide it"):
            go(sara, saved, "approve")
        assert go(ida, saved, "approve").state == "approved"

    def test_nobody_gives_it_to_themself(self, mina: Actor, ida: Actor, make: Make) -> None:
        saved = make("authority", person=ida.id, position="")
        go(mina, saved, "submit")
        with pytest.raises(NotAllowed, match="It names you"):
            go(ida, saved, "approve")

    def test_once_somebody_is_designated_the_role_founds_nothing_more(
        self, mina: Actor, sara: Actor, ida: Actor, someone: Someone, make: Make
    ) -> None:
        approved(make, mina, ida, person=sara.id, position="", acts=["designate"], grade="")
        saved = make("authority")
        go(mina, saved, "submit")
        with pytest.raises(NotAllowed, match="Sara may decide it"):
            go(ida, saved, "approve")
        assert go(sara, saved, "approve").state == "approved"

    def test_a_designation_lets_the_role_of_top_management_be_given(
        self, mina: Actor, sara: Actor, ida: Actor, make: Make
    ) -> None:
        tove = people.create_person(Actor.installation(), email="tove@halden.example", full_name="Tove")
        with pytest.raises(NotAllowed, match="designates Tove"):
            people.give_grant(mina, tove, "top-management")
        approved(make, mina, ida, person=tove.handle, position="", acts=["designate"], grade="")
        people.give_grant(mina, tove, "top-management")

    def test_within_a_unit_it_is_given_by_who_is_designated_there(
        self, mina: Actor, sara: Actor, ida: Actor, make: Make
    ) -> None:
        unit = people.create_unit(Actor.installation(), name="Claims")
        approved(make, mina, ida, person=sara.id, position="", acts=["designate"], grade="", unit=unit.slug)
        inside, outside = make("authority", unit=unit.slug), make("authority")
        go(mina, inside, "submit")
        go(mina, outside, "submit")
        assert go(sara, inside, "approve").state == "approved"
        with pytest.raises(NotAllowed):
            go(sara, outside, "approve")
        assert go(ida, outside, "approve").state == "approved"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"position": ""}, "person"),
            ({"person": "mina"}, "position"),
            ({"acts": ["accept risk"], "grade": ""}, "risk_level"),
            ({"acts": ["dismiss"], "grade": ""}, "grade"),
            ({"acts": ["no action"], "grade": ""}, "grade"),
            ({"acts": ["go live"]}, "tier"),
            ({"valid_until": "2029-01-01"}, "valid_until"),
            ({"acts": []}, "acts"),
        ],
    )
    def test_it_names_one_holder_is_bounded_and_ends(
        self, mina: Actor, make: Make, values: dict[str, Any], field: str
    ) -> None:
        if values.get("person"):
            values = {"person": mina.id}
        assert field in faulty_fields(make, "authority", mina, **values)

    def test_one_that_ran_out_is_not_approved(self, mina: Actor, ida: Actor, make: Make) -> None:
        saved = make("authority", valid_until=date(2026, 3, 4))
        go(mina, saved, "submit")
        with clock.frozen(clock.parse_rfc3339("2026-03-05T09:00:00Z")), pytest.raises(Conflict):
            go(ida, saved, "approve")


class TestHolding:
    def test_it_reaches_as_far_as_it_says(
        self, mina: Actor, sara: Actor, ida: Actor, someone: Someone, make: Make
    ) -> None:
        values = {"acts": ["accept risk", "dismiss"], "risk_level": "moderate", "grade": "minor"}
        saved = approved(make, mina, ida, person=sara.id, position="", **values)
        held = authority.may_decide(sara, Act.ACCEPT_RISK, rank=2)
        assert held
        assert saved.reference in str(held.reason)
        refused = authority.may_decide(sara, Act.ACCEPT_RISK, rank=3, rank_name="Elevated")
        assert not refused
        assert "authority to accept a residual risk (Elevated). Ida may decide it." in str(refused.reason)
        assert authority.may_decide(sara, Act.DISMISS, rank=1)
        assert not authority.may_decide(sara, Act.DISMISS, rank=2)
        assert not authority.may_decide(sara, Act.EXCLUDE_CONTROL)
        assert not authority.may_decide(someone("aims-manager", "Tove"), Act.DISMISS, rank=1)

    def test_first_and_last_day_are_included(self, mina: Actor, sara: Actor, ida: Actor, make: Make) -> None:
        days = {"effective_from": "2026-03-05", "valid_until": "2026-03-07"}
        approved(make, mina, ida, person=sara.id, position="", **days)
        held = {}
        for day in range(4, 9):
            with clock.frozen(clock.parse_rfc3339(f"2026-03-0{day}T23:59:00Z")):
                held[day] = bool(authority.may_decide(sara, Act.DISMISS, rank=1))
        assert held == {4: False, 5: True, 6: True, 7: True, 8: False}

    def test_a_role_gives_it_to_its_holders_where_they_hold_it(
        self, mina: Actor, ida: Actor, installation: Actor, make: Make
    ) -> None:
        approved(make, mina, ida)
        unit = people.create_unit(installation, name="Claims")
        local = people.create_person(installation, email="lea@halden.example", full_name="Lea")
        people.give_grant(installation, local, "reviewer", unit=unit)
        lea = actor_of_person(local)
        assert authority.may_decide(lea, Act.DISMISS, rank=1, unit_id=unit.pk)
        assert not authority.may_decide(lea, Act.DISMISS, rank=1)
        assert not authority.may_decide(mina, Act.DISMISS, rank=1)

    def test_in_a_unit_it_reaches_that_and_what_lies_beneath(
        self, mina: Actor, sara: Actor, ida: Actor, installation: Actor, make: Make
    ) -> None:
        claims = people.create_unit(installation, name="Claims")
        cars = people.create_unit(installation, name="Cars", parent=claims)
        other = people.create_unit(installation, name="Other")
        approved(make, mina, ida, person=sara.id, position="", unit=claims.slug)
        reach = {
            unit: bool(authority.may_decide(sara, Act.DISMISS, rank=1, unit_id=unit))
            for unit in (claims.pk, cars.pk, other.pk, None)
        }
        assert reach == {claims.pk: True, cars.pk: True, other.pk: False, None: False}

    def test_without_anybody_it_says_how_to_begin(self, mina: Actor) -> None:
        answer = authority.may_decide(mina, Act.EXCLUDE_CONTROL)
        assert not answer
        assert "Nobody else has it yet." in str(answer.reason)
        assert "before anybody is designated, that is top management" in str(answer.reason)

    def test_a_draft_gives_nobody_more_and_takes_nothing_away(
        self, mina: Actor, sara: Actor, ida: Actor, make: Make
    ) -> None:
        saved = approved(make, mina, ida, person=sara.id, position="")
        draft = go(mina, saved, "revise")
        wanted = {"grade": "major", "acts": ["dismiss", "exclude control"]}
        commands.amend(mina, draft.reference, wanted, revision=draft.revision)
        assert authority.may_decide(sara, Act.DISMISS, rank=1)
        assert not authority.may_decide(sara, Act.DISMISS, rank=2)
        assert not authority.may_decide(sara, Act.EXCLUDE_CONTROL)

    def test_taking_it_back_takes_two(self, mina: Actor, sara: Actor, ida: Actor, make: Make) -> None:
        saved = go(mina, approved(make, mina, ida, person=sara.id, position=""), "propose-retirement")
        with pytest.raises(NotAllowed):
            go(mina, saved, "retire")
        assert authority.may_decide(sara, Act.DISMISS, rank=1)
        go(ida, saved, "retire")
        assert not authority.may_decide(sara, Act.DISMISS, rank=1)

    def test_a_part_of_the_installation_decides_nothing(self, ida: Actor, installation: Actor) -> None:
        assert authority.may_decide(ida, Act.DISMISS, rank=2)
        assert not authority.may_decide(installation, Act.DISMISS, rank=2)

    def test_without_the_kind_top_management_still_founds(self, ida: Actor) -> None:
        with kinds.without("authority"):
            assert authority.in_force() == []
            assert authority.may_decide(ida, Act.DISMISS, rank=2)


class TestOwnCause:
    def test_owner_author_and_owner_of_the_system_have_a_part(
        self, mina: Actor, sara: Actor, someone: Someone, make: Make
    ) -> None:
        lars, tove = someone("system-owner", "Lars"), someone("aims-manager", "Tove")
        make("ai-system", owner=lars.id)
        saved = make("risk", owner=sara.id)
        risk, _ = records.find(mina, saved.reference)
        involved = deciding.involved_in(risk)
        reasons = {actor.name: str(involved.answer(actor).reason) for actor in (mina, sara, lars, tove)}
        assert reasons["Mina"].startswith("You wrote this record.")
        assert reasons["Sara"].startswith("You own this record.")
        assert reasons["Lars"].startswith("You answer for SYS-0001.")
        assert involved.answer(tove)

    def test_handing_the_system_over_for_the_decision_helps_nobody(
        self, mina: Actor, sara: Actor, someone: Someone, make: Make
    ) -> None:
        lars = someone("system-owner", "Lars")
        system = make("ai-system", owner=lars.id)
        risk, _ = records.find(mina, make("risk").reference)
        commands.amend(mina, system.reference, {"owner": sara.id}, revision=system.revision)
        risk.refresh_from_db()
        assert not deciding.involved_in(risk).answer(lars)
        assert not deciding.involved_in(risk).answer(sara)

    def test_who_owned_the_system_long_before_has_no_part(
        self, mina: Actor, sara: Actor, someone: Someone, make: Make
    ) -> None:
        lars = someone("system-owner", "Lars")
        system = make("ai-system", owner=lars.id)
        commands.amend(mina, system.reference, {"owner": sara.id}, revision=system.revision)
        with clock.frozen(clock.parse_rfc3339("2026-03-03T10:00:00Z")):
            risk, _ = records.find(mina, make("risk").reference)
        assert deciding.involved_in(risk).answer(lars)

    def test_another_account_has_the_same_part(self, mina: Actor, installation: Actor, make: Make) -> None:
        second = Person.objects.create(email="m@halden.example", full_name="MINA")
        people.give_grant(installation, second, "top-management")
        risk, _ = records.find(mina, make("risk").reference)
        answer = deciding.may_decide(actor_of_person(second), risk, Act.ACCEPT_RISK, rank=1)
        assert not answer
        assert "Another account of yours" in str(answer.reason)
        elsewhere = authority.may_decide(mina, Act.ACCEPT_RISK, rank=1)
        assert "MINA" not in str(elsewhere.reason), "it is no advice to use the other account"
        assert queries.other_accounts(second)
