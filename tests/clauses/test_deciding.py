"""Nobody decides in their own cause, and only within an authority: each act at the one door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.authority import give_authority

from plumbline.clauses import deciding
from plumbline.clauses.improvement import nonconformities
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.roles import ROLES
from plumbline.kernel.messages import Figure, Message, say
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands, kinds, steps
from plumbline.records import queries as records

from .conftest import Make

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Someone = Callable[[str, str], Actor]
WHY = "The figures of that night come from a drill that everybody had been told of."
AUDITS = ("internal audit", "external audit")


@pytest.fixture
def lars(someone: Someone) -> Actor:
    """The owner of the system."""
    return someone("system-owner", "Lars")


@pytest.fixture
def rita(someone: Someone) -> Actor:
    """A reviewer who has no part in anything."""
    return someone("reviewer", "Rita")


@pytest.fixture
def failing() -> Iterator[None]:
    """Every check fails."""

    def result(check: str, system: str) -> Message | None:
        text = "{share} of the calls to {system} failed."
        return say("test.failing", text, share=Figure(0.31, "ratio"), system=system)

    before = nonconformities._failing_result
    nonconformities.use(result)
    yield
    nonconformities.use(before)


def go(actor: Actor, saved: commands.Saved, move: str, reason: str = WHY) -> commands.Saved:
    revision = records.find(Actor.installation(), saved.reference)[0].revision
    return commands.move(actor, saved.reference, move, revision=revision, reason=reason)


def amend(actor: Actor, saved: commands.Saved, **values: Any) -> commands.Saved:
    revision = records.find(Actor.installation(), saved.reference)[0].revision
    return commands.amend(actor, saved.reference, values, revision=revision)


def refused(actor: Actor, saved: commands.Saved, move: str, reason: str = WHY) -> str:
    """The words with which a step is refused."""
    with pytest.raises((NotAllowed, Conflict)) as problem:
        go(actor, saved, move, reason)
    return str(problem.value.detail)


class TestDismissing:
    def test_the_owner_of_the_system_dismisses_nothing_of_it(
        self, mina: Actor, lars: Actor, rita: Actor, make: Make
    ) -> None:
        give_authority(lars)
        give_authority(rita)
        make("ai-system", owner=lars.id)
        saved = go(lars, make("nonconformity"), "propose-dismissal")
        assert "You answer for SYS-0001." in refused(lars, saved, "dismiss")
        assert "You wrote this record." in refused(mina, saved, "dismiss")
        assert go(rita, saved, "dismiss").state == "dismissed"

    def test_nor_does_who_carries_out_its_action(self, mina: Actor, rita: Actor, make: Make) -> None:
        give_authority(rita)
        saved = make("nonconformity")
        make("corrective-action", owner=rita.id)
        go(mina, saved, "propose-dismissal")
        assert "You carry out CAR-0001." in refused(rita, saved, "dismiss")

    def test_it_takes_the_authority_up_to_the_grade(self, mina: Actor, rita: Actor, make: Make) -> None:
        give_authority(rita, "dismiss", grade="minor")
        for grade, state in (("not graded", ""), ("major", ""), ("minor", "dismissed")):
            saved = go(mina, make("nonconformity", grade=grade), "propose-dismissal")
            if state:
                assert go(rita, saved, "dismiss").state == state
            else:
                assert "dismiss or downgrade a nonconformity (Major)" in refused(rita, saved, "dismiss")

    @pytest.mark.usefixtures("failing")
    def test_what_still_fails_counts_as_major_and_the_refusal_names_the_result(
        self, mina: Actor, rita: Actor, make: Make
    ) -> None:
        give_authority(rita, "dismiss", grade="minor")
        saved = go(mina, make("nonconformity", grade="minor"), "propose-dismissal")
        text = refused(rita, saved, "dismiss")
        assert "(Major)" in text
        assert "The check still fails: 31.0% of the calls to claims-triage failed." in text

    @pytest.mark.usefixtures("failing")
    def test_what_still_fails_takes_more_than_a_word(self, mina: Actor, rita: Actor, make: Make) -> None:
        saved = make("nonconformity")
        for reason in ("Seasonal.", "one two three four five six seven"):
            with pytest.raises(Conflict) as problem:
                go(mina, saved, "propose-dismissal", reason)
            (fault,) = problem.value.faults
            assert fault.field == "reason"
            assert "31.0% of the calls" in str(fault.message)
        assert go(mina, saved, "propose-dismissal").state == "dismissal proposed"

    def test_what_passes_again_is_dismissed_with_a_short_reason(self, mina: Actor, make: Make) -> None:
        assert go(mina, make("nonconformity"), "propose-dismissal", "A drill.").state == "dismissal proposed"

    def test_withdrawing_what_was_confirmed_asks_the_same(
        self, mina: Actor, rita: Actor, sara: Actor, make: Make
    ) -> None:
        saved = go(mina, make("nonconformity"), "confirm")
        assert "authority to dismiss" in refused(rita, saved, "withdraw")
        give_authority(rita, "dismiss")
        assert go(rita, saved, "withdraw").state == "dismissed"


class TestAudits:
    @pytest.mark.parametrize("source", AUDITS)
    def test_a_finding_is_answered_and_never_dismissed(
        self, mina: Actor, rita: Actor, someone: Someone, make: Make, source: str
    ) -> None:
        give_authority(rita)
        saved = make("nonconformity", source=source, check_name="", window="")
        for actor in (mina, rita, someone("top-management", "Ida")):
            assert "answered, not dismissed" in refused(actor, saved, "propose-dismissal")
        go(mina, saved, "confirm")
        assert "answered, not dismissed" in refused(rita, saved, "withdraw")

    @pytest.mark.parametrize("source", AUDITS)
    def test_its_source_and_grade_stay(self, mina: Actor, rita: Actor, make: Make, source: str) -> None:
        saved = make("nonconformity", source=source, check_name="", window="", grade="major")
        with pytest.raises(Conflict):
            amend(mina, saved, source="observation")
        with pytest.raises(NotAllowed, match="keeps the grade"):
            amend(mina, saved, grade="minor")

    def test_what_a_check_raised_keeps_its_origin(self, mina: Actor, make: Make) -> None:
        saved = make("nonconformity")
        # Only the result of a check has a check and a period, so that another source comes without them.
        noticed = {"source": "observation", "check_name": "", "window": ""}
        for values in ({"check_name": "accuracy"}, {"window": "2026-02"}, noticed):
            with pytest.raises(Conflict) as problem:
                amend(mina, saved, **values)
            assert {fault.field for fault in problem.value.faults} == set(values)
        assert amend(mina, saved, consequences="None.").revision == 2

    def test_auditors_change_what_they_recorded_and_nothing_else(
        self, mina: Actor, someone: Someone, make: Make
    ) -> None:
        tomas = someone("internal-auditor", "Tomas")
        values = {
            "title": "No method", "source": "internal audit", "requirements": ["iso42001:6.1.2"],
            "description": "The method is not written down; two risks were judged by feel.", "grade": "major",
        }  # fmt: skip
        own = commands.create(tomas, "nonconformity", values)
        assert amend(tomas, own, consequences="Two risks are not comparable.").revision == 2
        other = make("nonconformity")
        with pytest.raises(NotAllowed, match="you change the nonconformities that you recorded"):
            amend(tomas, other, correction="Done.")
        for kind in ("risk", "corrective-action", "supplier"):
            with pytest.raises(NotAllowed):
                commands.create(tomas, kind, {"title": "A title"})
        for step in ("confirm", "contain", "correct"):
            with pytest.raises(NotAllowed):
                go(tomas, own, step)


class TestGrading:
    def test_nobody_downgrades_what_is_theirs(
        self, mina: Actor, lars: Actor, rita: Actor, someone: Someone, make: Make
    ) -> None:
        tove = someone("aims-manager", "Tove")
        give_authority(lars)
        make("ai-system", owner=lars.id)
        saved = make("nonconformity", grade="major", system="ai-system")
        with pytest.raises(NotAllowed, match="You answer for SYS-0001"):
            amend(lars, saved, grade="minor")
        with pytest.raises(NotAllowed, match="authority to dismiss or downgrade"):
            amend(tove, saved, grade="minor")
        give_authority(tove, "dismiss", grade="minor")
        with pytest.raises(NotAllowed, match="Major"):
            amend(tove, saved, grade="minor")
        give_authority(tove, "dismiss", grade="major")
        assert amend(tove, saved, grade="minor").revision == 2

    def test_handing_it_over_in_the_same_change_helps_nobody(
        self, lars: Actor, sara: Actor, make: Make
    ) -> None:
        give_authority(lars)
        saved = make(
            "nonconformity",
            grade="major",
            owner=lars.id,
            system=None,
            check_name="",
            window="",
            source="complaint",
        )
        with pytest.raises(NotAllowed, match="You own this record"):
            amend(lars, saved, grade="minor", owner=sara.id)

    def test_grading_for_the_first_time_and_upwards_is_free(self, mina: Actor, make: Make) -> None:
        saved = make("nonconformity", grade="not graded", check_name="error-rate")
        assert amend(mina, saved, grade="minor").revision == 2
        assert amend(mina, saved, grade="major").revision == 3

    def test_nobody_grades_what_is_theirs_below_what_its_check_expects(self, mina: Actor, make: Make) -> None:
        """What was free here let whoever answers for a major finding call it minor at first (HONESTY E4)."""
        saved = make("nonconformity", grade="not graded", check_name="risks-assessed", system=None)
        with pytest.raises(NotAllowed, match="You wrote this record"):
            amend(mina, saved, grade="minor")
        assert amend(mina, saved, grade="major").revision == 2


EXPLAINED = {"grade": "minor", "containment": "Stopped.", "cause": "A form.", "similar": "Two others."}


class TestClosing:
    def test_that_nothing_has_to_be_done_takes_an_authority(
        self, mina: Actor, sara: Actor, rita: Actor, make: Make
    ) -> None:
        saved = go(mina, make("nonconformity"), "confirm")
        go(sara, go(sara, saved, "contain"), "correct")
        assert "no corrective action is needed (Minor)" in refused(rita, saved, "verify")
        give_authority(rita, "no action", grade="minor")
        assert go(rita, saved, "verify").state == "verified"

    def test_a_major_one_needs_an_action_that_was_verified(
        self, mina: Actor, sara: Actor, rita: Actor, make: Make
    ) -> None:
        give_authority(rita)
        saved = go(mina, make("nonconformity", grade="major"), "confirm")
        go(sara, go(sara, saved, "contain"), "correct")
        with pytest.raises(Conflict) as problem:
            go(rita, saved, "verify")
        assert {fault.field for fault in problem.value.faults} == {"corrective_actions"}
        assert "major" in str(problem.value.faults[0].message)

    def test_who_answers_for_the_system_verifies_no_action_against_it(
        self, mina: Actor, sara: Actor, someone: Someone, make: Make
    ) -> None:
        lars = someone("aims-manager", "Lars")
        make("ai-system", owner=lars.id)
        saved = make("corrective-action")
        go(mina, saved, "submit")
        go(sara, saved, "approve")
        go(sara, saved, "carry-out")
        assert "You answer for SYS-0001." in refused(lars, saved, "verify")


class TestRisks:
    def assessed(self, mina: Actor, make: Make, **values: Any) -> commands.Saved:
        return go(mina, make("risk", response="retain", **values), "assess")

    def test_a_reviewer_accepts_up_to_the_level_of_the_authority(
        self, mina: Actor, rita: Actor, make: Make
    ) -> None:
        saved = self.assessed(mina, make)
        assert "accept a residual risk (Moderate)" in refused(rita, saved, "accept")
        give_authority(rita, "accept risk", level="low")
        assert "accept a residual risk (Moderate)" in refused(rita, saved, "accept")
        give_authority(rita, "accept risk", level="moderate")
        assert go(rita, saved, "accept").state == "accepted"

    def test_the_owner_of_the_system_and_of_the_risk_do_not(
        self, mina: Actor, sara: Actor, rita: Actor, someone: Someone, make: Make
    ) -> None:
        ida = someone("top-management", "Ida")
        make("ai-system", owner=ida.id)
        saved = self.assessed(mina, make, owner=rita.id)
        give_authority(rita)
        assert "You answer for SYS-0001." in refused(ida, saved, "accept")
        assert "You own this record." in refused(rita, saved, "accept")

    def test_an_authority_in_one_unit_ends_there_whatever_unit_the_risk_says(
        self, mina: Actor, rita: Actor, installation: Actor, make: Make
    ) -> None:
        claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
        board = someone_of(installation, "Ida", "top-management")
        limit = make(
            "authority", position="", person=rita.id, acts=["accept risk"], risk_level="very high", grade="",
            unit=sales.slug,
        )  # fmt: skip
        go(board, go(mina, limit, "submit"), "approve")
        make("ai-system", unit=claims.slug)
        assert "authority" in refused(rita, self.assessed(mina, make, unit=sales.slug), "accept")
        inside = self.assessed(mina, make, unit=sales.slug, system=None)
        assert go(rita, inside, "accept").state == "accepted"


def someone_of(installation: Actor, name: str, role: str) -> Actor:
    person = people.create_person(installation, email=f"{name.lower()}@halden.example", full_name=name)
    people.give_grant(installation, person, role)
    return actor_of_person(person)


class TestExcluding:
    LEFT_OUT = {
        "requirement": "iso42001:A.10.4", "applicable": "no", "reasons": [], "justification": "",
        "implementation": "not started", "how": "", "exclusion_reason": "We have no customers for AI.",
        "risks": None, "documents": None, "systems": None,
    }  # fmt: skip

    def test_a_reviewer_excludes_nothing_without_the_authority(
        self, mina: Actor, rita: Actor, make: Make
    ) -> None:
        saved = go(mina, make("applicability", **self.LEFT_OUT), "submit")
        assert "authority to exclude a control" in refused(rita, saved, "approve")
        give_authority(rita, "exclude control")
        assert go(rita, saved, "approve").state == "approved"

    def test_that_a_control_applies_takes_none(self, mina: Actor, rita: Actor, make: Make) -> None:
        saved = go(mina, make("applicability", risks=None, reasons=["law"]), "submit")
        assert go(rita, saved, "approve").state == "approved"


class TestLoosening:
    @pytest.mark.parametrize(
        ("kind", "act", "words"),
        [
            ("limit", "approve limit", "approve a limit, a pause or a reference period"),
            ("deviation", "approve exception", "approve a departure from an own rule"),
        ],
    )
    def test_it_takes_the_authority_and_no_part_in_it(
        self, mina: Actor, lars: Actor, rita: Actor, make: Make, kind: str, act: str, words: str
    ) -> None:
        system = make("ai-system", owner=rita.id)
        saved = go(mina, make(kind, system="ai-system"), "submit")
        give_authority(rita, act)
        assert "You answer for SYS-0001." in refused(rita, saved, "approve")
        other = go(mina, make(kind, system=None), "submit")
        assert system.reference == "SYS-0001"
        reviewer = someone_of(Actor.installation(), "Olga", "reviewer")
        assert words in refused(reviewer, other, "approve")
        give_authority(reviewer, act)
        assert go(reviewer, other, "approve").state == "approved"


class TestAttesting:
    def attested(self, actor: Actor, number: str) -> commands.Saved:
        values = {
            "title": number, "requirement": f"iso42001:{number}", "verdict": "Effective",
            "statement": "The audits of the year took place as planned.", "basis": "Both audit reports.",
            "period_from": "2025-10-01", "period_until": "2025-12-31", "valid_until": "2026-12-31",
            "competence": "Trained as a lead auditor; no part in the audits.", "owner": actor.id,
        }  # fmt: skip
        return commands.create(actor, "attestation", values)

    @pytest.mark.parametrize("number", ["9.2.1", "9.2.2"])
    def test_who_runs_the_management_system_does_not_vouch_for_its_audit(
        self, mina: Actor, someone: Someone, number: str
    ) -> None:
        assert "the audit of your own work" in refused(mina, self.attested(mina, number), "finalise")
        ida = someone("top-management", "Ida")
        assert go(ida, self.attested(ida, number), "finalise").state == "final"

    def test_for_everything_else_they_do(self, mina: Actor) -> None:
        assert go(mina, self.attested(mina, "9.1"), "finalise").state == "final"

    def test_an_auditor_attests_in_person(self, someone: Someone) -> None:
        tomas = someone("internal-auditor", "Tomas")
        assert go(tomas, self.attested(tomas, "6.3"), "finalise").state == "final"


class TestANewInstallation:
    """Before anybody is designated, top management holds every authority: it can also take every step."""

    def test_top_management_verifies_that_no_action_is_needed_and_another_closes(
        self, mina: Actor, sara: Actor, lars: Actor, someone: Someone, make: Make
    ) -> None:
        ida = someone("top-management", "Ida")
        told = {**EXPLAINED, "correction": "The form is back.", "no_action": "A single slip of one evening."}
        saved = make("nonconformity", system=None, **told)
        go(sara, saved, "confirm")
        go(sara, go(sara, saved, "contain"), "correct")
        said = refused(sara, saved, "verify")
        assert "Ida" in said
        assert "role with this step besides" not in said
        assert go(ida, saved, "verify").state == "verified"
        with pytest.raises(NotAllowed):
            go(ida, saved, "close")

    def test_it_dismisses_what_somebody_proposed_to_dismiss(
        self, mina: Actor, sara: Actor, someone: Someone, make: Make
    ) -> None:
        ida = someone("top-management", "Ida")
        saved = go(sara, make("nonconformity", system=None), "propose-dismissal")
        assert go(ida, saved, "dismiss").state == "dismissed"

    def test_a_refusal_names_nobody_as_able_whose_role_has_no_such_step(
        self, mina: Actor, sara: Actor, someone: Someone, make: Make
    ) -> None:
        vera = someone("viewer", "Vera")
        give_authority(vera, "designate")
        saved = go(sara, make("nonconformity", system=None), "propose-dismissal")
        said = refused(someone("reviewer", "Rita"), saved, "dismiss")
        assert "Vera may decide it, and needs a role with this step besides" in said


def test_the_role_that_founds_every_authority_may_take_every_step_that_asks_for_one() -> None:
    management = [role for role in ROLES.values() if role.management]
    assert management
    for kind in kinds.all_kinds():
        for move in kind.workflow.moves:
            # That somebody has no part in it is asked of everybody, and takes no authority.
            if kind.deciders.get(move.name, deciding.has_no_part) is not deciding.has_no_part:
                for role in management:
                    assert steps.permission(move) in role.verbs_on(kind.slug), (kind.slug, move.name)
