"""One person alone never approves, closes, loosens or vouches, whatever way they come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.authority import give_authority
from tests.security.conftest import House

from plumbline.controls import limits
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person, actor_of_token
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def step(actor: Actor, saved: Saved, name: str, reason: str = "For the test.") -> Saved:
    return commands.move(actor, saved.reference, name, revision=saved.revision, reason=reason)


def amend(actor: Actor, saved: Saved, **values: Any) -> Saved:
    return commands.amend(actor, saved.reference, values, revision=saved.revision)


def nonconformity(actor: Actor, **values: Any) -> Saved:
    told = {"title": "Missed", "description": "Nine days over.", "own_rule": "Rule 4", **values}
    return commands.create(actor, "nonconformity", told)


def corrected(author: Actor, mover: Actor) -> Saved:
    # Graded as it is recorded: whoever has a part in it does not say later that it is less than major.
    saved = step(author, nonconformity(author, grade="minor"), "confirm")
    told = {
        "cause": "A new form.",
        "similar": "None found.",
        "correction": "Converted.",
        "no_action": "A single case.",
    }
    return step(mover, amend(author, saved, **told), "correct")


def limit(actor: Actor, **values: Any) -> Saved:
    day = clock.now().date()
    told = {
        "title": "Errors",
        "check_name": "error-rate",
        "direction": "at most",
        "value": "0.01",
        "change": "tighter",
        "reason": "Harm.",
        "valid_until": str(day + timedelta(days=90)),
        **values,
    }
    return commands.create(actor, "limit", told)


def in_force(author: Actor, second: Actor, **values: Any) -> Saved:
    give_authority(second)
    return step(second, step(author, limit(author, **values), "submit"), "approve")


def accepted_risk(author: Actor, second: Actor) -> Saved:
    day = clock.now().date()
    told = {
        "title": "Drift",
        "description": "Claims change.",
        "likelihood": "2",
        "harm_to_individuals": "2",
        "residual_likelihood": "1",
        "residual_harm_to_individuals": "2",
        "assessed_on": str(day),
        "rationale": "Seen once.",
        "response": "retain",
        "accepted_until": str(day + timedelta(days=90)),
    }
    give_authority(second, "accept risk")
    saved = step(author, commands.create(author, "risk", told), "assess")
    return step(second, saved, "accept")


class TestApproval:
    def test_a_second_role_or_a_token_makes_no_second_person(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        house.person("Mina", "reviewer")
        saved = step(mina, commands.create(mina, "ai-system", {"title": "Plan", "slug": "plan"}), "submit")
        token = actor_of_token(house.token(house.person("Mina"), "write"))
        for actor in (house.actor("Mina"), token, house.operator, Actor.stage("triage")):
            with pytest.raises(NotAllowed):
                step(actor, saved, "approve")

    def test_content_changed_after_the_reader_saw_it_is_not_approved(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        seen = step(mina, commands.create(mina, "ai-system", {"title": "Plan", "slug": "plan"}), "submit")
        amend(mina, seen, title="Another plan")
        with pytest.raises(Exception, match="revision"):
            step(sara, seen, "approve")

    def test_returning_and_submitting_anew_leaves_authors_authors(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        saved = step(mina, commands.create(mina, "ai-system", {"title": "Plan", "slug": "plan"}), "submit")
        saved = step(sara, saved, "return")
        saved = step(sara, saved, "submit")
        with pytest.raises(NotAllowed):
            step(mina, saved, "approve")
        assert step(sara, saved, "approve").state == "approved"

    def test_nobody_gets_a_token_with_which_to_decide_as_somebody_else(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.person("Sara", "aims-manager")
        expires = clock.now() + timedelta(days=1)
        with pytest.raises(NotAllowed):
            people.issue_token(mina, name="x", scopes=["write"], expires=expires, owner=sara)
        people.issue_token(mina, name="x", scopes=["ingest"], expires=expires, owner=sara)

    def test_what_was_accepted_is_not_rewritten_afterwards(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        saved = accepted_risk(mina, sara)
        with pytest.raises(Conflict):
            amend(mina, saved, harm_to_individuals="5")
        again = step(mina, saved, "reassess")
        assert amend(mina, again, harm_to_individuals="5").state == "identified"


class TestNonconformities:
    def test_what_is_confirmed_is_not_dismissed_by_one_alone(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        saved = step(mina, nonconformity(mina), "confirm")
        for name in ("dismiss", "withdraw"):
            with pytest.raises((Conflict, NotAllowed)):
                step(mina, saved, name)
        with pytest.raises(NotAllowed, match="authority to dismiss"):
            step(sara, saved, "withdraw")
        give_authority(sara, "dismiss")
        assert step(sara, saved, "withdraw").state == "dismissed"

    def test_nobody_verifies_or_closes_what_they_wrote(self, house: House) -> None:
        mina, sara, tom = (house.actor(name, "aims-manager") for name in ("Mina", "Sara", "Tom"))
        saved = corrected(mina, sara)
        for actor in (mina, sara):
            with pytest.raises(NotAllowed):
                step(actor, saved, "verify")
        with pytest.raises(NotAllowed, match="no corrective action is needed"):
            step(tom, saved, "verify")
        give_authority(tom, "no action")
        saved = step(tom, saved, "verify")
        for actor in (mina, tom):
            with pytest.raises(NotAllowed):
                step(actor, saved, "close")
        with pytest.raises(Conflict):
            amend(mina, saved, correction="Another one.")
        assert step(sara, saved, "close").state == "closed"

    def test_giving_the_record_to_somebody_else_helps_nobody(self, house: House) -> None:
        mina, sara, tom = (house.actor(name, "aims-manager") for name in ("Mina", "Sara", "Tom"))
        saved = corrected(mina, sara)
        saved = amend(mina, saved, owner=tom.id)
        for actor in (mina, tom):
            with pytest.raises(NotAllowed):
                step(actor, saved, "verify")

    def test_who_wrote_an_action_before_its_approval_does_not_verify_it(self, house: House) -> None:
        mina, sara, tom = (house.actor(name, "aims-manager") for name in ("Mina", "Sara", "Tom"))
        told = {
            "title": "Retrain",
            "nonconformity": nonconformity(mina).reference,
            "cause": "A new form.",
            "action": "Convert at intake.",
            "due": str(clock.now().date()),
            "effectiveness_measure": "A sample of ten.",
        }
        saved = step(mina, commands.create(mina, "corrective-action", told), "submit")
        saved = step(tom, step(sara, saved, "approve"), "carry-out")
        for actor in (mina, tom):
            with pytest.raises(NotAllowed):
                step(actor, saved, "verify")
        assert step(sara, saved, "verify").state == "verified"


class TestLimits:
    def test_nobody_takes_a_tight_limit_out_of_force_alone(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        saved = in_force(mina, sara)
        before = limits.in_force().rows
        draft = step(mina, saved, "revise")
        assert limits.in_force().rows == before, "a draft takes nothing out of force"
        for actor in (mina, sara, house.operator):
            for name in ("discard", "retire", "propose-retirement"):
                with pytest.raises((Conflict, NotAllowed)):
                    step(actor, draft, name)
        asked = step(mina, step(mina, draft, "restore"), "propose-retirement")
        assert limits.in_force().rows[0].value == before[0].value
        for actor in (mina, house.operator):
            with pytest.raises((Conflict, NotAllowed)):
                step(actor, asked, "retire")
        # Two people loosen a limit by another record that says so, with its back-test, not by this one's end.
        with pytest.raises(Conflict, match="looser"):
            step(sara, asked, "retire")
        assert limits.in_force().rows[0].value == before[0].value

    def test_a_loosening_is_a_record_that_two_people_made(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        tight = in_force(mina, sara)
        in_force(mina, sara, value="0.04", change="looser", back_test="Two alerts fewer.")
        assert step(sara, step(mina, tight, "propose-retirement"), "retire").state == "retired"

    def test_two_people_end_a_loose_limit_or_a_pause_at_any_time(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        loose = in_force(mina, sara, value="0.9", change="looser", back_test="All alerts.")
        pause = in_force(mina, sara, paused=True, change="looser", back_test="All alerts.")
        asked = step(mina, pause, "propose-retirement")
        with pytest.raises(NotAllowed):
            step(mina, asked, "retire")
        assert step(sara, asked, "retire").state == "retired"
        assert step(mina, loose, "revise").state == "draft"


def system(actor: Actor, **values: Any) -> Saved:
    told = {"title": "Claims Triage", "slug": "claims-triage", "lifecycle": "in operation", **values}
    return commands.create(actor, "ai-system", told)


def live() -> set[str]:
    """What counts as live: for pages and posture by one query, for the checks by their evidence."""
    from plumbline.controls import queries as controls
    from plumbline.records import queries as records

    counted = {
        row["slug"] for row in records.claimed("ai-system") if row["live"] and row["state"] != "retired"
    }
    assert counted == set(controls.live_systems())
    return counted


class TestLiveSystems:
    """Nobody alone takes a system out of the checks."""

    def test_a_draft_that_says_otherwise_does_not_count(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        saved = step(sara, step(mina, system(mina), "submit"), "approve")
        saved = step(mina, saved, "revise")
        for words in ("retired", "suspended", "planned"):
            saved = amend(mina, saved, lifecycle=words)
            assert live() == {"claims-triage"}
        with pytest.raises(Conflict, match="nobody says why"):
            step(mina, saved, "submit")
        until = str(clock.today() + timedelta(days=60))
        saved = amend(mina, saved, change_reason="It was switched off last week.", accepted_until=until)
        saved = step(mina, saved, "submit")
        assert live() == {"claims-triage"}
        with pytest.raises(NotAllowed):
            step(mina, saved, "approve")
        saved = step(sara, saved, "approve")
        assert live() == set()
        assert step(sara, step(mina, saved, "propose-retirement"), "retire").state == "retired"

    def test_one_never_approved_counts_by_what_was_ever_said(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        other = system(mina, slug="never-used", lifecycle="planned")
        assert live() == set()
        with pytest.raises(Conflict):
            amend(mina, other, lifecycle="in operation")
        assert live() == set()
        saved = system(mina)
        assert live() == {"claims-triage"}
        amend(mina, saved, lifecycle="planned")
        assert live() == {"claims-triage"}

    def test_its_record_is_not_retired_while_it_counts(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        saved = amend(mina, system(mina), lifecycle="retired")
        for actor in (mina, house.operator):
            with pytest.raises(Conflict):
                step(actor, saved, "discard")
        other = system(mina, slug="never-used", lifecycle="planned")
        assert step(mina, other, "discard").state == "retired"

    def test_its_page_says_so(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        saved = system(mina)
        browser, sentence = house.browser(house.person("Mina")), "still treat this system as in operation"
        assert sentence not in browser.get(f"/records/{saved.reference}/").content.decode()
        amend(mina, saved, lifecycle="retired")
        assert sentence in browser.get(f"/records/{saved.reference}/").content.decode()


class TestAttestations:
    def told(self, **more: Any) -> dict[str, Any]:
        day = clock.now().date()
        return {
            "title": "Monitoring",
            "requirement": "iso42001:A.6.2.6",
            "verdict": "Effective",
            "statement": "It works.",
            "basis": "Minutes",
            "period_from": str(day - timedelta(days=9)),
            "period_until": str(day - timedelta(days=1)),
            "competence": "Auditor",
            "valid_until": str(day + timedelta(days=9)),
            **more,
        }

    def test_who_may_not_attest_attests_nothing(self, house: House) -> None:
        writer = house.actor("Jonas", "contributor")
        for actor, owner in ((writer, writer.id), (house.operator, None), (Actor.stage("judge"), None)):
            with pytest.raises(NotAllowed):
                step(actor, commands.create(actor, "attestation", self.told(owner=owner)), "finalise")

    def test_nobody_vouches_in_the_name_of_somebody_else(self, house: House) -> None:
        mina, ingrid = house.actor("Mina", "aims-manager"), house.actor("Ingrid", "top-management")
        saved = commands.create(mina, "attestation", self.told(owner=ingrid.id))
        with pytest.raises(NotAllowed):
            step(mina, saved, "finalise")
        assert step(ingrid, saved, "finalise").state == "final"


class TestPeople:
    def test_who_manages_a_unit_takes_over_nobody_outside(self, house: House) -> None:
        unit = house.unit("Claims")
        local, boss = house.actor("Lena", "aims-manager", unit=unit), house.person("Ingrid", "top-management")
        within = house.person("Jonas", "contributor", unit=unit)
        expires = clock.now() + timedelta(days=1)
        for act in (
            lambda: people.invitation(local, boss),
            lambda: people.deactivate_person(local, boss),
            lambda: people.activate_person(local, boss),
            lambda: people.issue_token(local, name="x", scopes=["read"], expires=expires, owner=boss),
            lambda: people.create_unit(local, name="Elsewhere"),
            lambda: people.give_grant(local, within, "aims-manager"),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert people.invitation(local, within)
        assert people.give_grant(local, within, "reviewer", unit=unit)

    def test_who_manages_a_unit_stops_no_token_outside(self, house: House) -> None:
        local = house.actor("Lena", "aims-manager", unit=house.unit("Claims"))
        boss = house.person("Ingrid", "top-management")
        handle = actor_of_token(house.token(boss, "read")).id
        with pytest.raises(NotAllowed):
            people.revoke_token(local, handle)

    def test_nobody_gives_a_role_to_themself_by_any_grant(self, house: House) -> None:
        person = house.person("Mina", "aims-manager")
        house.person("Mina", "contributor", unit=house.unit("Claims"))
        with pytest.raises(NotAllowed):
            people.give_grant(actor_of_person(person), person, "reviewer")
