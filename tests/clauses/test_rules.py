"""The rules, as tables. The expected values are worked out by hand beside them."""

from __future__ import annotations

from datetime import date

import pytest

from plumbline.clauses import rules
from plumbline.clauses.rules import Level
from plumbline.kernel.intervals import add_months
from plumbline.kernel.states import CheckState, MeasuredState

# Written out by hand. Severity weighs more than likelihood: harm that is rare and cannot be undone is
# elevated, a trifle that happens every month is moderate.
EXPECTED = """
    severity 1  2  3  4  5
    1        L  L  M  M  E
    2        L  M  M  E  H
    3        M  M  E  H  H
    4        M  E  H  H  V
    5        M  E  H  V  V
"""
LETTERS = dict(zip("LMEHV", Level, strict=True))


def test_the_matrix_cell_by_cell() -> None:
    lines = [line.split() for line in EXPECTED.strip().splitlines()[1:]]
    for row in lines:
        for severity, letter in enumerate(row[1:], start=1):
            assert rules.level(int(row[0]), severity) is LETTERS[letter], (row[0], severity)


def test_more_likely_or_more_severe_is_never_less() -> None:
    for likelihood in range(1, 6):
        for severity in range(1, 6):
            here = rules.level(likelihood, severity)
            assert rules.level(min(5, likelihood + 1), severity) >= here
            assert rules.level(likelihood, min(5, severity + 1)) >= here


@pytest.mark.parametrize(("likelihood", "severity"), [(0, 1), (6, 1), (1, 0), (1, 6), (-1, 3)])
def test_numbers_outside_the_scales_are_refused(likelihood: int, severity: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        rules.level(likelihood, severity)


def test_level_words() -> None:
    words = [level.word for level in Level]
    assert words == ["Low", "Moderate", "Elevated", "High", "Very high"]


@pytest.mark.parametrize(
    ("likelihood", "severities", "expected"),
    [
        (3, (2, 5, 1), Level.HIGH),  # the gravest harm decides: 3 x 5; the mean (2.7) would say less
        (3, (2, None, None), Level.MODERATE),
        (None, (5, 5, 5), None),
        (5, (None, None, None), None),
    ],
)
def test_the_gravest_harm_decides(
    likelihood: int | None, severities: tuple[int | None, ...], expected: Level | None
) -> None:
    assert rules.gravest_level(likelihood, severities) is expected


E, D, F, N, X = (
    MeasuredState.EFFECTIVE,
    MeasuredState.DEGRADED,
    MeasuredState.FAILING,
    MeasuredState.NO_SIGNAL,
    MeasuredState.NOT_APPLICABLE,
)


@pytest.mark.parametrize(
    ("inherent", "planned", "controls", "expected"),
    [
        (5, 2, (E, E), 2),  # all hold
        (5, 2, (E, D), 2),  # degraded still works
        (5, 2, (F, N), 5),  # none holds: back at inherent
        (5, 2, (E, F), 4),  # half lost of 3 steps = 1.5, rounded up to 2: 2 + 2
        (5, 2, (E, E, F), 3),  # a third of 3 steps = 1: 2 + 1
        (4, 3, (E, E, E, F), 4),  # a quarter of 1 step, rounded up: 3 + 1
        (5, 2, (E, X), 2),  # not applicable does not count
        (5, 2, (X,), 5),  # nothing counts: nothing reduces it
        (5, 2, (), 5),
        (2, 2, (F,), 2),
        (2, 3, (E,), 3),  # a residual above inherent stays what was assessed
    ],
)
def test_residual_moves_back_when_controls_stop_holding(
    inherent: int, planned: int, controls: tuple[MeasuredState, ...], expected: int
) -> None:
    assert rules.residual_now(Level(inherent), Level(planned), controls) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 20), 12, date(2027, 11, 20)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_add_months(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("none", date(2027, 11, 20)),
        ("indirect", date(2027, 11, 20)),
        ("direct", date(2027, 2, 20)),
        ("legal or similar", date(2027, 2, 20)),
    ],
)
def test_next_review(effect: str, expected: date) -> None:
    assert rules.next_review(date(2026, 11, 20), effect) == expected


def test_a_month_without_that_day_gives_its_last() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)


W, O, S = CheckState.WITHIN, CheckState.OVER, CheckState.NO_SIGNAL  # noqa: E741
START, END = date(2026, 1, 1), date(2026, 1, 3)
FIRST, SECOND, THIRD = START, date(2026, 1, 2), END


@pytest.mark.parametrize(
    ("results", "minimum", "today", "proved", "words"),
    [
        ([(FIRST, W), (SECOND, W), (THIRD, W)], 3, date(2026, 1, 4), True, "All 3 results"),
        ([(FIRST, W), (SECOND, W), (THIRD, W)], 3, END, False, "runs until 3 Jan 2026; 3 results"),
        ([(FIRST, W), (SECOND, W)], 3, date(2026, 1, 4), False, "2 results passed in the period; 3 were"),
        ([(FIRST, W), (SECOND, O), (THIRD, W)], 2, date(2026, 1, 4), False, "1 of 3 results in the period"),
        ([(FIRST, W), (SECOND, S), (THIRD, W)], 2, date(2026, 1, 4), False, "1 of 3 results say nothing"),
        ([(date(2025, 12, 31), O), (FIRST, W), (date(2026, 1, 4), O)], 1, date(2026, 2, 1), True, "All 1"),
        ([], 1, date(2026, 1, 4), False, "0 results passed in the period; 1 were asked for"),
        ([], 0, date(2026, 1, 4), False, "0 results passed in the period; 1 were asked for"),
    ],
)
def test_effectiveness_needs_passing_results_over_the_whole_period(
    results: list[tuple[date, CheckState]], minimum: int, today: date, proved: bool, words: str
) -> None:
    found = rules.effectiveness(results, START, END, minimum, today)
    assert found.proved is proved
    assert words in str(found.reason)
