"""Over whom a check speaks: members, their verdict, and worlds in which no check may read good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.controls.test_cases import CHECKS

from plumbline.controls import broken_worlds, members, registry
from plumbline.controls.cases import NOW, Case, Sample, case
from plumbline.controls.declare import Check, Judging
from plumbline.controls.engine import strength_under
from plumbline.controls.populations import Member, Population, Share, judge_members
from plumbline.controls.verdicts import Evidence, Limit, MemberVerdict
from plumbline.kernel.messages import Message, Ref, Subject, Word, say
from plumbline.kernel.states import MemberState, Strength

NOBODY = Evidence("organization", NOW, NOW, NOW)
SENTENCE = Share("test.share", "{have} of {total} have it.")


def has_it(member: Member, evidence: Evidence) -> Message | None:
    """Whether a member has it."""
    return None if member.row.get("has") else say("test.lacks", "lacks it")


def population(*people: Member) -> Population:
    return Population("people", Word("people"), ("claims:ai-system",), lambda evidence: people)


def member(reference: str, *, has: bool = False, excluded: bool = False) -> Member:
    why = say("test.excluded", "is left out by SOA-1") if excluded else None
    return Member(Ref(reference), reference, "per_1", why, {"has": has})


def test_the_denominator_is_the_population_without_those_excluded_with_a_reason() -> None:
    """By hand: four members, one excluded, one lacking: 2 of 3."""
    people = (
        member("A", has=True),
        member("B", has=True),
        member("C"),
        member("D", excluded=True),
    )
    verdict = judge_members(population(*people), SENTENCE, has_it, NOBODY)
    assert (
        verdict.outcome,
        verdict.numerator,
        verdict.denominator,
        verdict.population,
        verdict.excluded,
    ) == (
        *("fails", 2, 3, 3),
        1,
    )
    assert str(verdict.reason) == "2 of 3 have it. C lacks it."
    assert [(one.name, one.state, one.owner) for one in verdict.members] == [
        (Ref("A"), MemberState.COVERED, "per_1"),
        (Ref("B"), MemberState.COVERED, "per_1"),
        (Ref("C"), MemberState.MISSING, "per_1"),
        (Ref("D"), MemberState.EXCLUDED, "per_1"),
    ]


def test_nobody_there_is_nothing_to_judge_and_never_a_pass() -> None:
    assert judge_members(population(), SENTENCE, has_it, NOBODY).outcome == "nothing"
    everybody_out = judge_members(population(member("A", excluded=True)), SENTENCE, has_it, NOBODY)
    assert everybody_out.outcome == "nothing"
    assert everybody_out.excluded == 1
    assert "excluded with a reason" in str(everybody_out.reason)


def test_a_second_row_of_the_same_name_cannot_take_a_member_out() -> None:
    for people in ((member("A"), member("A", excluded=True)), (member("A", excluded=True), member("A"))):
        verdict = judge_members(population(*people), SENTENCE, has_it, NOBODY)
        assert (verdict.outcome, verdict.denominator) == ("fails", 1)


# Worlds that are made from the population


def _everybody(evidence: Evidence) -> Iterable[Member]:
    return [Member(Ref(row["reference"]), row=row) for row in evidence.claims["ai-system"]]


BARE = (Sample("claims:ai-system", {"reference": "BARE"}),)
SYSTEMS = Population("systems", Word("systems"), ("claims:ai-system",), _everybody, BARE)
ONE = Sample("claims:ai-system", {"reference": "A", "has": True})
CASES = (case("passes", "", ONE), case("fails", "", *BARE))


def checked(
    function: Judging, population: Population | None = SYSTEMS, broken: tuple[Sample, ...] = ()
) -> Check:
    owned = next(check for check in CHECKS if check.slug == "systems-owned")
    return replace(
        owned, function=function, population=population, needs=SYSTEMS.needs, cases=CASES, broken=broken
    )


def test_a_check_that_looks_at_everybody_is_taken() -> None:
    assert broken_worlds.faults(checked(has_it)) == []
    registry.try_in_broken_worlds(checked(has_it))


def test_a_check_that_any_text_satisfies_is_refused() -> None:
    def anything(member: Member, evidence: Evidence) -> Message | None:
        return None

    with pytest.raises(ValueError, match="does not fail when one member has nothing"):
        registry.try_in_broken_worlds(checked(anything))


def test_a_check_that_one_member_satisfies_for_all_is_refused() -> None:
    """One document for every system: the others have nothing, and the check goes on passing."""

    def somebody(member: Member, evidence: Evidence) -> Message | None:
        has = any(row.get("has") for row in evidence.claims["ai-system"])
        return None if has else say("test.lacks", "lacks it")

    with pytest.raises(ValueError, match="goes on passing"):
        registry.try_in_broken_worlds(checked(somebody))


def test_a_population_of_what_somebody_recorded_is_refused() -> None:
    """A member that is not in the population when it has nothing is never missed."""

    def recorded(evidence: Evidence) -> Iterable[Member]:
        return [one for one in _everybody(evidence) if one.row.get("has")]

    with pytest.raises(ValueError, match="has no bare member to break it with"):
        registry.try_in_broken_worlds(checked(has_it, replace(SYSTEMS, members=recorded)))
    with pytest.raises(ValueError, match="has no bare member to break it with"):
        registry.try_in_broken_worlds(checked(has_it, replace(SYSTEMS, bare=())))


def test_a_bare_member_that_is_one_of_the_others_is_refused() -> None:
    same = (Sample("claims:ai-system", {"reference": "A"}),)
    with pytest.raises(ValueError, match="is none beside those"):
        registry.try_in_broken_worlds(checked(has_it, broken=same))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.slug)
def test_every_check_was_tried_in_its_broken_worlds(check: Check) -> None:
    assert broken_worlds.faults(check) == []
    if check.on_telemetry:
        nothing = Case("unknown", "", ()).evidence(check.needs, check.window, check.limits)
        assert check.judge(nothing).outcome == "unknown"


# Strength


def test_a_delivered_limit_shows_that_it_operates_and_no_more() -> None:
    drift = next(check for check in CHECKS if check.slug == "input-drift")
    own = [replace(limit, source=f"LIM-{place}") for place, limit in enumerate(drift.limits)]
    assert drift.strength is Strength.EFFECTIVE
    assert strength_under(drift, drift.limits) is Strength.OPERATING
    assert strength_under(drift, [*own[1:], drift.limits[0]]) is Strength.OPERATING
    assert strength_under(drift, own) is Strength.EFFECTIVE
    recorded = replace(drift, strength=Strength.RECORDED)
    assert strength_under(recorded, drift.limits) is Strength.RECORDED
    assert strength_under(recorded, [Limit(1.0, source="LIM-1")]) is Strength.RECORDED


# What a result keeps


JUDGED = (
    MemberVerdict(Ref("SYS-1"), MemberState.COVERED, None, "SYS-1", "per_1"),
    MemberVerdict(
        Subject("chat"), MemberState.MISSING, say("test.of", "is like {other}", other=Ref("SYS-2"))
    ),
    MemberVerdict(Word("top management"), MemberState.EXCLUDED, say("test.why", "is left out"), "SYS-2"),
)


def test_members_come_back_as_they_were_stored_and_their_digest_binds_them() -> None:
    rows = members.to_rows(JUDGED)
    assert members.from_rows(rows) == JUDGED
    assert members.digest(rows) != members.digest(members.to_rows(JUDGED[:2]))
    assert members.digest(rows) != members.digest(
        members.to_rows((replace(JUDGED[0], state=MemberState.MISSING), *JUDGED[1:]))
    )


def test_a_reader_is_shown_no_member_they_may_not_know_of_and_how_many_there_are() -> None:
    shown, hidden = members.redact_members(JUDGED, lambda name: name == Subject("chat"))
    assert hidden == 1
    assert [one.name for one in shown] == [Subject("chat"), Word("top management")]
    assert str(shown[0].message) == "is like a record outside your units"
    assert shown[1].system == ""
