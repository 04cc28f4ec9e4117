"""Pure rules of the kinds: levels, residuals, due dates, effectiveness. No database, no clock.

Dates come in as values; whoever calls says what day it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from plumbline.kernel.intervals import add_months
from plumbline.kernel.messages import Message, say
from plumbline.kernel.states import BEYOND, CheckState, MeasuredState

LIKELIHOODS = {
    1: "1 Rare: not expected in five years",
    2: "2 Unlikely: once in five years",
    3: "3 Possible: once a year",
    4: "4 Likely: several times a year",
    5: "5 Almost certain: monthly or more often",
}
SEVERITIES = {
    1: "1 Negligible: noticed, nothing lost",
    2: "2 Minor: put right within days",
    3: "3 Serious: put right with effort",
    4: "4 Severe: lasting harm or loss",
    5: "5 Critical: irreversible harm to people, or the organization's survival",
}


class Level(IntEnum):
    """Level of a risk or effect. Compare levels as numbers, show them as words."""

    LOW = 1
    MODERATE = 2
    ELEVATED = 3
    HIGH = 4
    VERY_HIGH = 5

    @property
    def word(self) -> str:
        """The level as pages and exports write it."""
        return self.name.replace("_", " ").capitalize()


Matrix = tuple[tuple[Level, ...], ...]
MATRIX: Matrix = (
    (Level.LOW, Level.LOW, Level.MODERATE, Level.MODERATE, Level.ELEVATED),
    (Level.LOW, Level.MODERATE, Level.MODERATE, Level.ELEVATED, Level.HIGH),
    (Level.MODERATE, Level.MODERATE, Level.ELEVATED, Level.HIGH, Level.HIGH),
    (Level.MODERATE, Level.ELEVATED, Level.HIGH, Level.HIGH, Level.VERY_HIGH),
    (Level.MODERATE, Level.ELEVATED, Level.HIGH, Level.VERY_HIGH, Level.VERY_HIGH),
)
"""Level by likelihood (row, 1 to 5) and severity (column, 1 to 5), as delivered; see `criteria`."""


def level(likelihood: int, severity: int, matrix: Matrix = MATRIX) -> Level:
    """Level of something that happens with ``likelihood`` and then does ``severity`` (both 1 to 5).

    Raises `ValueError` for numbers outside the scales.
    """
    if likelihood not in LIKELIHOODS or severity not in SEVERITIES:
        raise ValueError("likelihood and severity are whole numbers from 1 to 5")
    return matrix[likelihood - 1][severity - 1]


def gravest_level(
    likelihood: int | None, severities: Iterable[int | None], matrix: Matrix = MATRIX
) -> Level | None:
    """Level by the gravest of several harms, ``None`` while likelihood or every severity is missing.

    Harm to individuals, to society and to the organization is never netted or averaged.
    """
    known = [severity for severity in severities if severity is not None]
    if likelihood is None or not known:
        return None
    return level(likelihood, max(known), matrix)


HOLDING = frozenset(
    {MeasuredState.OPERATING, MeasuredState.EFFECTIVE, MeasuredState.PROVED, MeasuredState.DEGRADED}
)
"""Measured states in which a control works (design language: *degraded* still works). A control that is only
*recorded* is written down and approved; nothing shows yet that it takes anything off a risk."""


def residual_now(inherent: Level, planned: Level, controls: Collection[MeasuredState]) -> Level:
    """What is left of a risk today, given the measured states of the controls that should reduce it.

    All of them hold: the planned residual. None holds: the inherent level. In between the level moves
    back toward inherent by the share that does not hold, rounded up to the graver side. Controls that
    are not applicable do not count; with no control at all nothing reduces the risk.
    """
    counted = [state for state in controls if state is not MeasuredState.NOT_APPLICABLE]
    if planned >= inherent:
        return planned
    if not counted:
        return inherent
    lost = sum(state not in HOLDING for state in counted)
    steps = -(-(inherent - planned) * lost // len(counted))
    return Level(planned + steps)


_PLACEHOLDERS = frozenset({"tbd", "tba", "tbc", "todo", "asdf", "qwerty", "loremipsum", "notyet", "fillin"})


def says_nothing(text: str) -> bool:
    """Whether a text is a placeholder: no word in it, one letter over and over, or ``tbd`` and the like."""
    core = "".join(re.findall(r"[^\W_]", text)).casefold()
    # Two letters of the Latin alphabet are no word of a sentence; two characters of Chinese may well be.
    least = 3 if core.isascii() else 2
    return len(core) < least or len(set(core)) == 1 or core in _PLACEHOLDERS


REVIEW_MONTHS = 12
REVIEW_MONTHS_DIRECT = 3
DIRECT_EFFECTS = frozenset({"direct", "legal or similar"})


def next_review(last: date, effect: str) -> date:
    """When to look at something again: after twelve months, after three if its effect on people is direct."""
    return add_months(last, REVIEW_MONTHS_DIRECT if effect in DIRECT_EFFECTS else REVIEW_MONTHS)


@dataclass(frozen=True)
class Effectiveness:
    """Whether a corrective action has proved itself, with the reason in plain words."""

    proved: bool
    reason: Message


def effectiveness(
    results: Iterable[tuple[date, CheckState]], start: date, end: date, minimum: int, today: date
) -> Effectiveness:
    """Judge the results of one check over a period that was set beforehand (both days included).

    Proved when the period is over, at least ``minimum`` results (never fewer than one) lie in it and
    every one of them is within its limits. A result that is over or under, paused or without signal
    proves nothing.
    """
    minimum = max(1, minimum)
    inside = [word for day, word in results if start <= day <= end]
    outside_limits = sum(word in BEYOND for word in inside)
    passing = sum(word is CheckState.WITHIN for word in inside)
    if outside_limits:
        return Effectiveness(
            False,
            say(
                "effectiveness.failed", "{failed} of {total} results in the period are not within limits.",
                failed=outside_limits, total=len(inside),
            ),
        )  # fmt: skip
    if today <= end:
        text = say(
            "effectiveness.running", "The period runs until {end}; {passing} results passed so far.",
            end=end, passing=passing,
        )  # fmt: skip
        return Effectiveness(False, text)
    if passing < len(inside):
        silent = len(inside) - passing
        text = say(
            "effectiveness.silent",
            "{silent} of {total} results say nothing.",
            silent=silent,
            total=len(inside),
        )
        return Effectiveness(False, text)
    if passing < minimum:
        text = say(
            "effectiveness.few", "{passing} results passed in the period; {minimum} were asked for.",
            passing=passing, minimum=minimum,
        )  # fmt: skip
        return Effectiveness(False, text)
    text = say(
        "effectiveness.proved", "All {passing} results from {start} to {end} passed.",
        passing=passing, start=start, end=end,
    )  # fmt: skip
    return Effectiveness(True, text)


SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")
SLUG_LENGTH = 80
