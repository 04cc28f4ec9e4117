"""Records that make later decisions easier say what they would have changed: computed by the product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plumbline.clauses import criteria, intervals
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict
from plumbline.records import commands
from plumbline.records import queries as records
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., commands.Saved]
Someone = Callable[[str, str], Actor]
WHY = "As decided in the meeting of the board."


def go(actor: Actor, reference: str, move: str) -> commands.Saved:
    revision = records.find(Actor.installation(), reference)[0].revision
    return commands.move(actor, reference, move, revision=revision, reason=WHY)


def approve(author: Actor, approver: Actor, reference: str) -> commands.Saved:
    go(author, reference, "submit")
    return go(approver, reference, "approve")


def amend(actor: Actor, reference: str, **values: Any) -> None:
    revision = records.find(Actor.installation(), reference)[0].revision
    commands.amend(actor, reference, values, revision=revision)


def revise(author: Actor, approver: Actor, reference: str, **values: Any) -> commands.Saved:
    go(author, reference, "revise")
    amend(author, reference, **values)
    return approve(author, approver, reference)


def back_test(reference: str) -> str:
    return str(records.find(Actor.installation(), reference)[0].back_test)


class TestAuthority:
    def test_the_decisions_of_the_past_year_are_judged_by_the_new_limits_and_by_those_in_force(
        self, make: Make, mina: Actor, sara: Actor, someone: Someone
    ) -> None:
        ida = someone("top-management", "Ida")
        given = {"acts": ["dismiss"], "grade": "minor", "position": "reviewer"}
        first = make("authority", **given).reference
        approve(mina, ida, first)
        assert "nothing that takes an authority was decided" in back_test(first)
        limit = make("limit").reference
        approve(mina, ida, limit)
        saved = revise(mina, ida, first, acts=["dismiss", "approve limit"])
        said = back_test(first)
        # of the first authority itself and of the limit
        assert "Of 2 decisions of the last 365 days that take an authority, it would have allowed 1" in said
        assert "before this 0" in said
        assert "Approve a limit, a pause or a reference period 1 of 1, before this 0" in said
        assert "Act as designated management: decide all of these, and give authority 0 of 1" in said
        assert "People who would hold it: 0." in said, "nobody is a reviewer"
        assert log.leaf(saved.leaf).facts["back-test"] == {"decisions": 2, "would": 1, "before": 0}

    def test_a_risk_counts_by_its_level_and_old_decisions_do_not(
        self, make: Make, mina: Actor, someone: Someone
    ) -> None:
        ida, rita = someone("top-management", "Ida"), someone("reviewer", "Rita")
        limit = make("limit").reference
        approve(mina, ida, limit)
        given = {"acts": ["accept risk", "approve limit"], "risk_level": "low", "position": "reviewer"}
        until = clock.today() + timedelta(days=500)
        saved = make("authority", **given, valid_until=until).reference
        with clock.frozen(clock.now() + timedelta(days=366)):
            go(mina, saved, "submit")
        assert "nothing that takes an authority" in back_test(saved)
        assert "People who would hold it: 1." in back_test(saved), rita.name

    def test_nobody_writes_it(self, make: Make, mina: Actor) -> None:
        saved = make("authority", back_test="It changes nothing.").reference
        assert back_test(saved) == ""


class TestCriteria:
    def test_a_milder_matrix_says_which_risks_it_lowers(
        self, make: Make, mina: Actor, sara: Actor, someone: Someone
    ) -> None:
        ida = someone("top-management", "Ida")
        make("risk")
        mild = "\n".join(["low, low, low, low, low"] * 5)
        saved = make("risk-criteria", matrix=mild, appetite="very high").reference
        go(mina, saved, "submit")
        assert "Of 1 open risks, 1 would read a lower level and 0 a higher one." in back_test(saved)
        go(ida, saved, "approve")
        assert criteria.current().appetite.word == "Very high"

    def test_what_may_be_accepted_anew_is_counted(self, make: Make, mina: Actor) -> None:
        grave = {"residual_likelihood": 5, "residual_harm_to_individuals": 5, "residual_harm_to_society": 5}
        make("risk", likelihood=5, harm_to_individuals=5, **grave)
        saved = make("risk-criteria", appetite="very high").reference
        go(mina, saved, "submit")
        assert "1 are above what may be accepted; 1 of them would not be any more" in back_test(saved)


class TestLongestInterval:
    def test_it_ends_and_the_delivered_one_holds_again(
        self, make: Make, mina: Actor, sara: Actor, someone: Someone
    ) -> None:
        until = clock.today() + timedelta(days=30)
        saved = make("longest-interval", subject="policy.next_review", months=24, valid_until=until).reference
        approve(mina, sara, saved)
        assert intervals.longest("policy.next_review", 13) == 24
        assert [row["months"] for row in intervals.governed()] == [24]
        with clock.frozen(clock.now() + timedelta(days=30)):
            assert intervals.longest("policy.next_review", 13) == 24, "the day itself counts"
        with clock.frozen(clock.now() + timedelta(days=31)):
            assert intervals.longest("policy.next_review", 13) == 13
            assert intervals.governed() == []

    def test_one_without_a_day_ends_two_years_after_its_approval(
        self, make: Make, mina: Actor, sara: Actor
    ) -> None:
        """Of before it had to have one: the record as it was approved has none."""
        saved = make("longest-interval", subject="policy.next_review", months=24).reference
        approve(mina, sara, saved)
        row = {**intervals.governed()[0], "valid_until": None}
        with clock.frozen(clock.now() + timedelta(days=729)):
            assert intervals.holds(row)
        with clock.frozen(clock.now() + timedelta(days=800)):
            assert not intervals.holds(row)

    def test_it_cannot_be_approved_without_a_day(self, make: Make, mina: Actor) -> None:
        saved = make("longest-interval", valid_until=None).reference
        with pytest.raises(Conflict):
            go(mina, saved, "submit")


@pytest.mark.usefixtures("store")
class TestDaysOfWork:
    def test_a_later_day_of_a_treatment_has_a_reason_and_an_end(
        self, make: Make, mina: Actor, sara: Actor
    ) -> None:
        saved = make("treatment", due=clock.today() + timedelta(days=20)).reference
        approve(mina, sara, saved)
        go(mina, saved, "revise")
        amend(mina, saved, due=clock.today() + timedelta(days=30))
        with pytest.raises(Conflict) as refused:
            go(mina, saved, "submit")
        assert {fault.field for fault in refused.value.faults} == {"accepted_until", "change_reason"}
        until = clock.today() + timedelta(days=30)
        amend(mina, saved, change_reason="The supplier delivers later.", accepted_until=until)
        approve(mina, sara, saved)
        record = records.find(Actor.installation(), saved)[0]
        assert record.eases == "treatments-in-time"
        assert "asks for less of it, which takes nothing today" in record.back_test

    def test_an_earlier_day_needs_neither(self, make: Make, mina: Actor, sara: Actor) -> None:
        saved = make("treatment", due=clock.today() + timedelta(days=20)).reference
        approve(mina, sara, saved)
        revise(mina, sara, saved, due=clock.today() + timedelta(days=10))
        assert records.find(Actor.installation(), saved)[0].eases == ""

    def test_a_document_that_becomes_a_report_is_no_more_reviewed(
        self, make: Make, mina: Actor, sara: Actor
    ) -> None:
        """Neither while it lacks an owner, which would otherwise hide it until somebody gives it one."""
        saved = make("document", type="process", next_review=clock.today() + timedelta(days=90)).reference
        approve(mina, sara, saved)
        go(mina, saved, "revise")
        amend(mina, saved, type="report")
        with pytest.raises(Conflict):
            go(mina, saved, "submit")
        until = clock.today() + timedelta(days=60)
        amend(mina, saved, change_reason="It is written once a year.", accepted_until=until)
        approve(mina, sara, saved)
        assert "documents-reviewed" in records.find(Actor.installation(), saved)[0].eases
