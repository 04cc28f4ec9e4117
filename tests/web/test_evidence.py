"""How much of the validity of a record has passed: against hand calculations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from plumbline.kernel.states import EvidenceState
from plumbline.web.requirements import evidence_rows as evidence

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TAKEN = datetime(2026, 11, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ends", "share", "word"),
    [
        (date(2026, 11, 30), 0.5, EvidenceState.IN_DATE),  # 10.5 of 21 days
        (date(2026, 11, 21), 0.875, EvidenceState.DUE_SOON),  # 10.5 of 12 days
        (date(2026, 11, 20), 0.9545, EvidenceState.DUE_SOON),  # 10.5 of 11 days: its last day still counts
        (date(2026, 11, 16), 1.5, EvidenceState.OUT_OF_DATE),  # 10.5 of 7 days
        (None, 0.0, EvidenceState.IN_DATE),
    ],
)
def test_the_share_of_a_validity_that_has_passed(
    ends: date | None, share: float, word: EvidenceState
) -> None:
    found = evidence.share_of(TAKEN, ends, NOW)
    assert found == pytest.approx(share, abs=1e-4)
    assert evidence.word_of(found) is word


def test_a_record_whose_end_lies_before_its_last_change_is_out_of_date() -> None:
    assert evidence.share_of(TAKEN, date(2026, 11, 1), NOW) >= 1


def test_a_record_speaks_from_the_day_it_is_effective() -> None:
    assert evidence.taken_at(NOW, date(2026, 11, 10)) == TAKEN
    assert evidence.taken_at(NOW, None) == NOW
    assert evidence.taken_at(NOW, date(2027, 1, 1)) == NOW
