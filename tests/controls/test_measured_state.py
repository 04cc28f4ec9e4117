"""The state of a requirement from its parts, its reasons in order, and the age of what people vouch for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from plumbline.controls.evidence_sources import evidence_word
from plumbline.controls.measured_state import Part, measured
from plumbline.controls.queries import AttestationRow
from plumbline.controls.requirement_posture import Reason
from plumbline.kernel.messages import say
from plumbline.kernel.states import CheckState, EvidenceState, MeasuredState

WORDS = {
    MeasuredState.EFFECTIVE: CheckState.WITHIN,
    MeasuredState.DEGRADED: CheckState.OVER,
    MeasuredState.STALE: CheckState.WITHIN,
    MeasuredState.NO_SIGNAL: CheckState.NO_SIGNAL,
}


def part(check: str, state: MeasuredState, *, required: bool = False) -> Part:
    reason = Reason(say("test.why", "Why."), state, check, check=check)
    return Part(state, WORDS[state], state is MeasuredState.DEGRADED, required, None, reason)


def read(*parts: Part) -> tuple[MeasuredState, list[str]]:
    state, reasons = measured(
        "iso42001:9.1", list(parts), has_checks=True, exclusion=None, attestation=None, in_date=False
    )
    return state, [reason.check for reason in reasons]


GOOD, OVER = MeasuredState.EFFECTIVE, MeasuredState.DEGRADED
STALE, SILENT = MeasuredState.STALE, MeasuredState.NO_SIGNAL


def test_the_gravest_part_decides_and_its_reason_comes_first() -> None:
    assert read(part("a", GOOD), part("b", OVER), part("c", GOOD)) == (OVER, ["b", "a", "c"])
    assert read(part("a", OVER), part("b", STALE), part("c", GOOD)) == (STALE, ["b", "a", "c"])
    assert read(part("a", STALE), part("b", SILENT), part("c", OVER)) == (SILENT, ["b", "a", "c"])
    assert read(part("a", GOOD), part("b", GOOD, required=True)) == (GOOD, ["b", "a"])


def test_half_of_the_readings_over_is_degraded_and_more_is_failing() -> None:
    assert read(part("a", OVER), part("b", GOOD))[0] is MeasuredState.DEGRADED
    assert read(part("a", OVER), part("b", OVER), part("c", GOOD))[0] is MeasuredState.FAILING


def test_one_required_check_over_its_limit_is_failing_whatever_the_others_say() -> None:
    parts = [part("a", GOOD), part("b", SILENT), part("c", OVER, required=True), part("d", GOOD)]
    assert read(*parts) == (MeasuredState.FAILING, ["c", "b", "a", "d"])


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
