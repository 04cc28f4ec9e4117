"""What the records of 7.2 show of one person and one competence on one day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

Facts = Mapping[str, Any]
UNDER_WAY: Final = frozenset({"held", "in evaluation"})
"""States of a training that was held and of which nobody has found out whether it worked."""


class Standing(StrEnum):
    """What is shown of somebody and a competence on a day."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    NOT_YET = "not yet shown"
    NOT_EVALUATED = "not evaluated"
    MISSING = "missing"
    HIDDEN = "hidden"
    """Something is recorded that whoever asks may not see: it is not called missing."""


@dataclass(frozen=True)
class Known:
    """Rows of qualifications in force and of trainings, as they were known at one instant."""

    qualifications: tuple[Facts, ...]
    trainings: tuple[Facts, ...]
    seen: frozenset[str]
    """References that whoever asks may see."""


@dataclass(frozen=True)
class Cell:
    """One person and one competence on a day.

    ``qualification`` and ``training`` are references, empty for none; ``effect`` is the result of the newest
    training that was evaluated (*effective*, *partly*, *not effective*), empty where nothing was.
    """

    standing: Standing
    asked: bool
    qualification: str = ""
    valid_until: date | None = None
    training: str = ""
    effect: str = ""


def day_of(text: str | None) -> date | None:
    """The day of a row; None without one."""
    return date.fromisoformat(text[:10]) if text else None


def is_about(row: Facts, who: str) -> bool:
    """Whether a row is about ``who``: the opaque id of a person, or the name of somebody without account."""
    return bool(who) and who in (row["person"] or "", row["holder"] or "")


def covers(row: Facts, day: date) -> bool:
    """Whether the evidence of a qualification holds on ``day``; its first and last day count."""
    first, last = day_of(row["shown_on"]), day_of(row["valid_until"])
    return first is not None and last is not None and first <= day <= last


def held(rows: Iterable[Facts], who: str, competence: str, day: date) -> list[Facts]:
    """Trainings of somebody for a competence that were held by ``day``, the earliest first."""
    found = [
        row
        for row in rows
        if is_about(row, who)
        and competence in row["competences"]
        and row["state"] not in ("planned", "cancelled")
        and row["held_on"]
        and row["held_on"] <= day.isoformat()
    ]
    return sorted(found, key=lambda row: (row["held_on"], row["reference"]))


def cell(known: Known, who: str, competence: str, day: date, *, asked: bool) -> Cell | None:
    """What is shown of ``who`` and a competence; None where nothing is asked and nothing recorded."""
    shown = [row for row in known.qualifications if row["competence"] == competence and is_about(row, who)]
    trained = held(known.trainings, who, competence, day)
    if not shown and not trained:
        return Cell(Standing.MISSING, asked) if asked else None
    newest = max(
        shown, key=lambda row: (covers(row, day), row["valid_until"], row["reference"]), default=None
    )
    evaluated = [row for row in trained if row["state"] == "evaluated"]
    standing = _standing(newest, trained, day)
    rests_on = [row["reference"] for row in (newest, *trained[-1:]) if row is not None]
    if not known.seen.issuperset(rests_on):
        return Cell(Standing.HIDDEN, asked)
    return Cell(
        standing,
        asked,
        newest["reference"] if newest else "",
        day_of(newest["valid_until"]) if newest else None,
        trained[-1]["reference"] if trained else "",
        evaluated[-1]["result"] if evaluated and evaluated[-1]["reference"] in known.seen else "",
    )


def _standing(newest: Facts | None, trained: list[Facts], day: date) -> Standing:
    if newest is not None and covers(newest, day):
        return Standing.IN_FORCE
    if trained and trained[-1]["state"] in UNDER_WAY:
        return Standing.NOT_EVALUATED
    if newest is None:
        return Standing.MISSING
    first = day_of(newest["shown_on"])
    return Standing.NOT_YET if first is not None and first > day else Standing.EXPIRED
