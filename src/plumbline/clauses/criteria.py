"""The risk criteria in force: scales, matrix and appetite, as an approved record says.

Until one is approved, the delivered ones hold, so that a risk can be judged on the first day; what was judged
by them says so (`Criteria.version`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plumbline.clauses import queries, rules
from plumbline.clauses.rules import Level, Matrix
from plumbline.records import kinds
from plumbline.records.approved.queries import in_force, in_force_of

KIND = "risk-criteria"
DELIVERED = "delivered"
STEPS = range(1, 6)


@dataclass(frozen=True)
class Criteria:
    """By what risks are judged. ``version`` names record and revision; ``appetite`` is the highest level that
    may be accepted at all, ``review`` the last day before they have to be looked at again, if any."""

    version: str
    matrix: Matrix
    appetite: Level
    review: date | None = None

    def gravest(self, likelihood: int | None, severities: Iterable[int | None]) -> Level | None:
        """The level by the gravest of several harms; ``None`` while it cannot be judged."""
        return rules.gravest_level(likelihood, severities, self.matrix)


_DELIVERED = Criteria(DELIVERED, rules.MATRIX, Level.ELEVATED)


def parse_matrix(text: str) -> Matrix:
    """The matrix of five lines (likelihood 1 to 5) of five levels (severity 1 to 5), parted by commas.

    Raises `ValueError` for another shape, an unknown word, or a level that falls while likelihood or severity
    rises.
    """
    words = {level.word.lower(): level for level in Level}
    lines = [[cell.strip().lower() for cell in line.split(",")] for line in text.strip().splitlines()]
    if len(lines) != len(STEPS) or any(len(line) != len(STEPS) for line in lines):
        raise ValueError("five lines of five levels")
    if unknown := {cell for line in lines for cell in line} - words.keys():
        raise ValueError(f"unknown levels: {', '.join(sorted(unknown))}")
    matrix = tuple(tuple(words[cell] for cell in line) for line in lines)
    rows = (*matrix, *zip(*matrix, strict=True))
    if any(list(row) != sorted(row) for row in rows):
        raise ValueError("a level falls while likelihood or severity rises")
    return matrix


def current(at: datetime | None = None) -> Criteria:
    """The criteria in force now, or at the instant ``at``."""
    if at is not None and kinds.exists(KIND):
        rows = in_force(KIND, at)
        return _of(rows[-1]) if rows else _DELIVERED
    if kinds.exists(KIND):
        kind = kinds.get(KIND)
        # Newest first: a second record comes into force only when the first has left it (gate).
        for record in queries.rows(KIND).exclude(state="retired").order_by("-id"):
            row = in_force_of(record, kind)
            if row is not None:
                return _of(row)
    return _DELIVERED


def _of(row: Mapping[str, Any]) -> Criteria:
    version = f"{row['reference']}, revision {row['revision']}"
    return written(version, row)


def written(version: str, row: Mapping[str, Any]) -> Criteria:
    """The criteria that a row of the kind says, in force or not."""
    appetite = Level[row["appetite"].replace(" ", "_").upper()]
    review = date.fromisoformat(row["next_review"]) if row["next_review"] else None
    return Criteria(version, parse_matrix(row["matrix"]), appetite, review)
