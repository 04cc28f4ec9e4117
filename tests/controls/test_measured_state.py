"""The state of a requirement from members and checks, its reasons in order, and the age of what people vouch
for. Every state here follows by hand from the counts and the design language's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.controls import registry
from plumbline.controls.decisions.queries import AttestationRow
from plumbline.controls.declare import Check
from plumbline.controls.evidence_sources import evidence_word
from plumbline.controls.limits import InForce
from plumbline.controls.measured_state import Part, cadence_of, parts_of
from plumbline.controls.models import Result
from plumbline.controls.queries import LimitRow
from plumbline.controls.requirement_posture import Reason
from plumbline.controls.roll_up import coverage, of_checks, reasons_of
from plumbline.kernel.messages import say
from plumbline.kernel.states import CheckState, EvidenceState, MeasuredState, Strength

GOOD, OVER = MeasuredState.OPERATING, MeasuredState.DEGRADED
STALE, SILENT = MeasuredState.STALE, MeasuredState.NO_SIGNAL
NOTHING, FAILING = MeasuredState.NOTHING_TO_JUDGE, MeasuredState.FAILING
WORDS = {OVER: CheckState.OVER, SILENT: CheckState.NO_SIGNAL, NOTHING: CheckState.NOTHING_TO_JUDGE}
BLUEPRINT = registry.get("error-rate")


def checked(slug: str, *, required: bool = False, strength: Strength = Strength.EFFECTIVE) -> Check:
    return replace(BLUEPRINT, slug=slug, title=slug, required=required, strength=strength)


def part(check: str, state: MeasuredState, subject: str = "one", members: int = 1, bad: int = 1) -> Part:
    """A part of ``members``, of which ``bad`` are beyond the limit, silent or stale as its state says."""
    reason = Reason(say("test.why", "Why."), state, check, check=check, subject=subject)
    total = 0 if state is NOTHING else members
    counts = {"missing": OVER, "silent": SILENT, "stale": STALE}
    figures = {name: bad if state is word else 0 for name, word in counts.items()}
    return Part(state, WORDS.get(state, CheckState.WITHIN), None, reason, total, **figures)


def state_of(*states: MeasuredState, required: bool = False) -> MeasuredState:
    """The state of one check over as many systems as there are ``states``."""
    parts = [part("a", state, f"system-{place}") for place, state in enumerate(states)]
    return coverage(checked("a", required=required), parts).state


def read(*checks: tuple[str, MeasuredState], required: str = "") -> tuple[MeasuredState, list[str]]:
    """The state of a requirement over checks that speak of one subject each, and whose reasons come first."""
    judged = []
    for slug, one in checks:
        parts, check = [part(slug, one)], checked(slug, required=slug == required)
        state = coverage(check, parts).state
        judged.append((state, reasons_of(check, parts, state)))
    state, reasons = of_checks(judged)
    return state, [reason.check for reason in reasons]


# One check over its members


def test_one_quiet_system_of_ten_degrades_and_six_take_the_signal() -> None:
    assert state_of(*[GOOD] * 9, SILENT) is MeasuredState.DEGRADED
    assert state_of(*[GOOD] * 5, *[SILENT] * 5) is MeasuredState.DEGRADED
    assert state_of(*[GOOD] * 4, *[SILENT] * 6) is MeasuredState.NO_SIGNAL


def test_half_of_the_members_beyond_the_limit_is_degraded_and_more_is_failing() -> None:
    assert state_of(OVER, GOOD) is MeasuredState.DEGRADED
    assert state_of(OVER, OVER, GOOD) is FAILING
    assert state_of(OVER) is FAILING, "one of one is more than half"


def test_five_of_504_documented_is_failing_and_499_are_missing() -> None:
    """HONESTY A7: the share of a population counts, not that one of its rows is in order."""
    row = coverage(checked("data"), [part("data", OVER, "organization", members=504, bad=499)])
    assert (row.state, row.total, row.covered, row.missing) == (FAILING, 504, 5, 499)
    most = coverage(checked("data"), [part("data", OVER, "organization", members=504, bad=5)])
    assert (most.state, most.covered) == (MeasuredState.DEGRADED, 499)


def test_a_required_check_fails_with_one_member() -> None:
    assert state_of(*[GOOD] * 9, OVER, required=True) is FAILING
    assert state_of(*[GOOD] * 9, SILENT, required=True) is MeasuredState.DEGRADED


def test_stale_members_never_read_good() -> None:
    assert state_of(*[GOOD] * 9, STALE) is MeasuredState.DEGRADED
    assert state_of(STALE, STALE, GOOD) is STALE


def test_more_than_half_beyond_is_graver_than_any_silence() -> None:
    assert state_of(OVER, OVER, OVER, SILENT, SILENT) is FAILING
    assert state_of(OVER, OVER, SILENT, SILENT, SILENT) is SILENT
    assert state_of(OVER, SILENT, STALE, GOOD) is MeasuredState.DEGRADED


def test_of_good_members_the_weakest_counts() -> None:
    assert state_of(MeasuredState.EFFECTIVE, GOOD) is GOOD
    assert state_of(MeasuredState.RECORDED, MeasuredState.EFFECTIVE) is MeasuredState.RECORDED


def test_nobody_there_is_nothing_to_judge() -> None:
    assert coverage(checked("a"), []).state is NOTHING
    assert state_of(NOTHING, NOTHING) is NOTHING
    assert state_of(NOTHING, MeasuredState.EFFECTIVE) is MeasuredState.EFFECTIVE


def test_who_is_not_in_order_is_named_in_one_sentence_and_then_each() -> None:
    parts = [
        part("a", GOOD, "one"),
        part("a", OVER, "two"),
        part("a", SILENT, "three"),
        part("a", STALE, "x"),
    ]
    reasons = reasons_of(checked("a"), parts, FAILING)
    assert str(reasons[0].message) == (
        "a: 1 of 4 systems beyond the limit: two. 1 of 4 systems without signal: three. "
        "1 of 4 systems with a stale reading: x."
    )
    assert [reason.subject for reason in reasons[1:]] == ["two", "three", "x"]
    fine = reasons_of(checked("a"), [part("a", GOOD, "one"), part("a", GOOD, "two")], GOOD)
    assert [str(reason.message) for reason in fine] == ["a: all 2 systems within."]


# A requirement over its checks


def test_the_gravest_check_decides_and_its_reason_comes_first() -> None:
    assert read(("a", GOOD), ("b", OVER), ("c", GOOD)) == (FAILING, ["b", "a", "c"])
    assert read(("a", STALE), ("b", SILENT), ("c", GOOD)) == (SILENT, ["b", "a", "c"])
    assert read(("a", GOOD), ("b", STALE), ("c", GOOD)) == (STALE, ["b", "a", "c"])
    assert read(("a", GOOD), ("b", GOOD), required="b") == (GOOD, ["a", "b"])


def test_the_strongest_check_gives_the_strength_and_no_bad_one_is_outweighed() -> None:
    effective, recorded = MeasuredState.EFFECTIVE, MeasuredState.RECORDED
    assert read(("a", recorded), ("b", effective)) == (effective, ["b", "a"])
    assert read(("a", recorded), ("b", recorded)) == (recorded, ["a", "b"])
    assert read(("a", effective), ("b", OVER))[0] is FAILING
    assert read(("a", effective), ("b", SILENT))[0] is SILENT


def test_checks_with_nothing_to_judge_neither_help_nor_hurt() -> None:
    assert read(("a", NOTHING), ("b", NOTHING))[0] is NOTHING
    assert read(("a", NOTHING), ("b", MeasuredState.RECORDED)) == (MeasuredState.RECORDED, ["b", "a"])
    assert read(("a", NOTHING), ("b", OVER))[0] is FAILING


# What one check contributes


NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def result(word: CheckState, *, age: timedelta, subject: str = "one", **more: object) -> Result:
    reason = say("test.seen", "Seen.")
    return Result(
        check_name="error-rate", subject=subject, word=word, reason=reason, seen_until=NOW - age,
        **{"population": 10, "strength": "Effective", **more},
    )  # fmt: skip


def parts(*rows: Result, systems: tuple[str, ...] = ("one",), check: Check = BLUEPRINT) -> list[Part]:
    readings = {(check.slug, row.subject): row for row in rows}
    return list(parts_of(check, dict.fromkeys(systems), readings, IN_FORCE, NOW))


def cadence_limit(system: str, days: float) -> LimitRow:
    until = date(2027, 1, 1)
    return LimitRow(1, "LIM-1", 1, "cadence", system, days, False, "at most", "looser", None, until)


IN_FORCE = InForce(())
WEEKLY = InForce((cadence_limit("one", 7.0),))


@pytest.mark.parametrize(
    ("in_force", "days", "state"),
    [
        (IN_FORCE, 1.0, MeasuredState.EFFECTIVE),
        (IN_FORCE, 1.6, MeasuredState.STALE),
        (IN_FORCE, 2.1, MeasuredState.NO_SIGNAL),
        # A system in use once a week, as a second person agreed: stale after 10.5 days, silent after 14.
        (WEEKLY, 10.0, MeasuredState.EFFECTIVE),
        (WEEKLY, 11.0, MeasuredState.STALE),
        (WEEKLY, 15.0, MeasuredState.NO_SIGNAL),
    ],
)
def test_silence_is_told_by_the_cadence_of_the_system(
    in_force: InForce, days: float, state: MeasuredState
) -> None:
    row = result(CheckState.WITHIN, age=timedelta(days=days))
    (one,) = parts_of(BLUEPRINT, {"one": None}, {("error-rate", "one"): row}, in_force, NOW)
    assert one.state is state


def test_a_cadence_of_another_system_or_a_shorter_one_than_the_check_changes_nothing() -> None:
    assert cadence_of(BLUEPRINT, "two", WEEKLY) == timedelta(days=1)
    assert cadence_of(replace(BLUEPRINT, window="month"), "one", WEEKLY) == timedelta(days=31)
    assert cadence_of(registry.get("systems-owned"), "organization", WEEKLY) == timedelta(days=1)


def test_who_was_beyond_the_limit_and_falls_silent_stays_beyond_it() -> None:
    """Switching the telemetry off must not turn a failing control into a degraded one."""
    (one,) = parts(result(CheckState.OVER, age=timedelta(days=9)))
    assert (one.word, one.missing, one.silent) == (CheckState.NO_SIGNAL, 1, 0)
    assert "Nothing since" in str(one.reason.message)
    assert coverage(BLUEPRINT, [one, *[part("error-rate", GOOD)] * 9]).state is MeasuredState.DEGRADED
    assert coverage(BLUEPRINT, [one]).state is FAILING


def test_a_share_of_all_counts_its_members() -> None:
    owned = registry.get("systems-owned")
    row = result(
        CheckState.UNDER, age=timedelta(0), subject="organization", unit="ratio", limit_value=1.0,
        numerator=3.0, denominator=10.0, excluded=2, strength="Recorded",
    )  # fmt: skip
    (one,) = parts_of(owned, {}, {("systems-owned", "organization"): row}, IN_FORCE, NOW)
    assert (one.total, one.missing, one.excluded) == (10, 7, 2)
    # A share of features on one system is that system's reading: one member, beyond the limit.
    (drift,) = parts(result(CheckState.OVER, age=timedelta(0), unit="ratio", numerator=1.0, denominator=6.0))
    assert (drift.total, drift.missing) == (1, 1)


def test_a_result_is_no_stronger_than_it_was_judged_to_be() -> None:
    for strength, state in (
        ("Effective", MeasuredState.EFFECTIVE),
        ("Operating", MeasuredState.OPERATING),
        ("", MeasuredState.RECORDED),
    ):
        (one,) = parts(result(CheckState.WITHIN, age=timedelta(0), strength=strength))
        assert one.state is state
    (proved,) = parts(result(CheckState.WITHIN, age=timedelta(0), strength="Proved"))
    assert proved.state is MeasuredState.EFFECTIVE, "a check shows no more than it declares"


@pytest.mark.parametrize(
    ("today", "word"),
    [
        (date(2026, 5, 31), EvidenceState.IN_DATE),
        # 100 days are vouched for; the last fifteen of them are due soon
        (date(2026, 6, 24), EvidenceState.IN_DATE),
        (date(2026, 6, 25), EvidenceState.DUE_SOON),
        (date(2026, 7, 10), EvidenceState.DUE_SOON),
        (date(2026, 7, 11), EvidenceState.OUT_OF_DATE),
    ],
)
def test_an_attestation_counts_on_its_last_day(today: date, word: EvidenceState) -> None:
    row = AttestationRow(
        "iso42001:9.1",
        "ATT-0001",
        "Effective",
        "",
        "Mina",
        date(2026, 1, 1),
        date(2026, 4, 1),
        date(2026, 7, 10),
    )
    assert evidence_word(row, datetime.combine(today, datetime.min.time(), UTC)) is word


def test_a_system_that_is_left_out_is_named_and_takes_part_in_no_share() -> None:
    """Two systems of three report nothing; one of them is left out with a reason, so it is one of two."""
    systems = {"one": None, "two": say("test.why", "cannot report durations: no clock"), "three": None}
    rows = list(
        parts_of(
            BLUEPRINT,
            systems,
            {("error-rate", "one"): result(CheckState.WITHIN, age=timedelta(0))},
            IN_FORCE,
            NOW,
        )
    )
    covered = coverage(BLUEPRINT, rows)
    assert (covered.total, covered.silent, covered.excluded) == (2, 1, 1)
    assert covered.state is MeasuredState.DEGRADED
    texts = [str(reason) for reason in reasons_of(BLUEPRINT, rows, covered.state)]
    assert texts[0] == "Error rate within its limit: 1 of 2 systems without signal: three."
    assert "Error rate within its limit: two cannot report durations: no clock" in texts
