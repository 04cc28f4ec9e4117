"""Risk matrices: before treatment, as planned after it, and today, by the risk criteria in force.

Likelihood runs to the right, severity upwards, and every cell carries its level in words. Of today only the
level is known and no likelihood: a risk stands in the cell of before or of after where it is at that level,
and in no cell in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.clauses import criteria, rules
from plumbline.clauses.rules import Level
from plumbline.kernel.messages import Message, say
from plumbline.web.markup import format_html, format_html_join

CELL_WIDTH, CELL_HEIGHT = 56, 34
STEPS = 5
MOST_IN_CELL = 3
HARMS = ("harm_to_individuals", "harm_to_society", "harm_to_organization")
Place = tuple[int, int]
"""Likelihood and severity, both from 1 to 5."""


@dataclass(frozen=True)
class PlottedRisk:
    """One risk as it stands in the matrices; a place or a level is None until it is judged.

    ``today`` is what is left of it as its controls work now. ``number`` is what it is called in the matrices.
    """

    number: int
    record: Any
    before: Place | None
    after: Place | None
    level_before: Level | None
    level_after: Level | None
    level_today: Level | None

    @property
    def today(self) -> Place | None:
        """Its place today: that of after or of before where it is at that level, none in between."""
        if self.level_today is None:
            return None
        if self.level_today == self.level_after:
            return self.after
        return self.before if self.level_today == self.level_before else None

    @property
    def is_between(self) -> bool:
        """Whether today it stands in no cell, since only its level is known."""
        return self.level_today is not None and self.today is None

    @property
    def is_graver(self) -> bool:
        """Whether more is left today than was planned."""
        return None not in (self.level_today, self.level_after) and self.level_today > self.level_after  # type: ignore[operator]

    @property
    def levels(self) -> tuple[tuple[str, str, int], ...]:
        """What the three levels are called, in words, with their rank; the rank 0 is *not judged*."""
        titles = (gettext("Before"), gettext("After"), gettext("Today"))
        known = (self.level_before, self.level_after, self.level_today)
        return tuple(
            (title, gettext(level.word) if level else gettext("Not judged"), int(level or 0))
            for title, level in zip(titles, known, strict=True)
        )


def plotted(risk: Any, number: int, today: Level | None) -> PlottedRisk:
    """A record of a risk as the matrices show it, with the level that is left of it today."""
    return PlottedRisk(
        number,
        risk,
        _place(risk, ""),
        _place(risk, "residual_"),
        Level(risk.level) if risk.level else None,
        Level(risk.residual_level) if risk.residual_level else None,
        today,
    )


def _place(risk: Any, start: str) -> Place | None:
    """The likelihood, and the gravest harm: harms are never netted."""
    likelihood = getattr(risk, f"{start}likelihood")
    harms = [getattr(risk, f"{start}{harm}") for harm in HARMS]
    known = [harm for harm in harms if harm is not None]
    return (likelihood, max(known)) if likelihood is not None and known else None


@dataclass(frozen=True)
class Matrices:
    """The three matrices of some risks, with what they do not show."""

    risks: Sequence[PlottedRisk]
    drawings: tuple[tuple[str, SafeString], ...]

    @property
    def graver(self) -> int:
        """How many risks are graver today than planned."""
        return sum(risk.is_graver for risk in self.risks)

    @property
    def badge(self) -> Message | str:
        """How many are higher than planned; empty for none."""
        if not self.graver:
            return ""
        judged = sum(risk.level_after is not None for risk in self.risks)
        return say(
            "risks.graver", "{graver} of {total} higher than planned", graver=self.graver, total=judged
        )

    @property
    def between(self) -> tuple[PlottedRisk, ...]:
        """Those of which only the level is known today."""
        return tuple(risk for risk in self.risks if risk.is_between)


def matrices(risks: Sequence[PlottedRisk]) -> Matrices:
    """Before, after and today, over the matrix of the risk criteria in force."""
    matrix = criteria.current().matrix
    grid = _grid(matrix)
    drawings = (
        (gettext("Before treatment"), _drawn(matrix, grid, [(r.number, r.before) for r in risks])),
        (gettext("After treatment, as planned"), _drawn(matrix, grid, [(r.number, r.after) for r in risks])),
        (
            gettext("Today, as its controls work now"),
            _drawn(matrix, grid, [(r.number, r.today) for r in risks]),
        ),
    )
    return Matrices(risks, drawings)


def _grid(matrix: rules.Matrix) -> SafeString:
    """The cells with their levels, the same under every set of marks."""
    words = {level: escape(gettext(level.word)) for level in Level}
    cells = []
    for likelihood in range(STEPS):
        for severity in range(STEPS):
            level, x, y = (
                matrix[likelihood][severity],
                likelihood * CELL_WIDTH,
                (STEPS - severity) * CELL_HEIGHT,
            )
            cells.append(
                f'<rect class="level-{int(level)}" x="{x + 1}" y="{y - CELL_HEIGHT + 1}" '
                f'width="{CELL_WIDTH - 2}" height="{CELL_HEIGHT - 2}" rx="2"/>'
                f'<text class="mx-l" x="{x + CELL_WIDTH // 2}" y="{y - 5}" text-anchor="middle">'
                f"{words[level]}</text>"
            )
    return SafeString("".join(cells))


def _drawn(matrix: rules.Matrix, grid: SafeString, marks: Sequence[tuple[int, Place | None]]) -> SafeString:
    by_place: dict[Place, list[int]] = {}
    for number, place in marks:
        if place is not None:
            by_place.setdefault(place, []).append(number)
    dots = SafeString("".join(_dots(place, numbers) for place, numbers in by_place.items()))
    return format_html(
        '<svg class="mx" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">'
        "{cells}{dots}</svg>",
        w=STEPS * CELL_WIDTH,
        h=STEPS * CELL_HEIGHT,
        label=_sentence(matrix, by_place),
        cells=grid,
        dots=dots,
    )


def _dots(place: Place, numbers: Sequence[int]) -> SafeString:
    """The numbers of the risks in one cell, side by side; of many the first and how many more."""
    shown = [str(number) for number in numbers]
    if len(shown) > MOST_IN_CELL:
        shown = [shown[0], f"+{len(numbers) - 1}"]
    x = (place[0] - 1) * CELL_WIDTH + CELL_WIDTH / 2 - (len(shown) - 1) * 9
    y = (STEPS - place[1]) * CELL_HEIGHT + 12
    return format_html_join(
        "",
        '<circle class="mx-c" cx="{}" cy="{}" r="8.5"/>'
        '<text class="mx-n" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x + 18 * i, y, x + 18 * i, y + 3.8, text) for i, text in enumerate(shown)),
    )


def _sentence(matrix: rules.Matrix, by_place: dict[Place, list[int]]) -> str:
    """What a matrix shows, for readers who do not see it."""
    said = [
        gettext("risk {numbers}: likelihood {likelihood}, severity {severity}, {level}").format(
            numbers=", ".join(map(str, numbers)),
            likelihood=likelihood,
            severity=severity,
            level=gettext(matrix[likelihood - 1][severity - 1].word),
        )
        for (likelihood, severity), numbers in sorted(by_place.items())
    ]
    return "; ".join(said) or gettext("No risk stands in this matrix.")
