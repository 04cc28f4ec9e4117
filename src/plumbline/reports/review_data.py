"""What the sections of a review's inputs are made of, and the values they consist of.

A section says what it found as a message, so that it is frozen as data and reads in the language of whoever
opens the review years later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from plumbline.controls import posture as postures
from plumbline.controls import residual
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.controls.residual import Residual
from plumbline.kernel import clock
from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.messages import Message, from_json, plain, to_json
from plumbline.records import kinds
from plumbline.records import queries as records

SHOWN = 50
"""Items that a section lists; it says how many more there are."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """A count: ``value`` of ``of`` (where there is a whole), from what (``base``), and the period before."""

    label: str
    value: int
    base: str
    of: int | None = None
    before: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figure as it is frozen."""
        return {
            "label": self.label,
            "value": self.value,
            "of": self.of,
            "before": self.before,
            "base": self.base,
        }


@dataclass(frozen=True)
class Item:
    """One thing to look at: a record by its reference alone, or a requirement by id and title; state, remark.

    Titles of records are not frozen: a reader of the review may not be allowed to see each of them.
    """

    ref: str
    title: str
    state: str = ""
    note: Message | None = None

    def as_dict(self) -> dict[str, Any]:
        """The item as it is frozen: the remark as words and as data."""
        return {
            "ref": self.ref,
            "title": self.title,
            "state": self.state,
            "note": "" if self.note is None else str(self.note),
            "note_message": None if self.note is None else to_json(self.note),
        }


@dataclass(frozen=True)
class Section:
    """One input. ``recorded`` is false when this installation keeps no records of its sort at all."""

    slug: str
    title: str
    summary: Message
    recorded: bool = True
    figures: tuple[Figure, ...] = ()
    items: tuple[Item, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The section as it is frozen: what it says as words (``said``) and as data (``message``)."""
        return {
            "slug": self.slug,
            "clause": "9.3.2",
            "title": self.title,
            "said": str(self.summary),
            "message": to_json(self.summary),
            "recorded": self.recorded,
            "figures": [figure.as_dict() for figure in self.figures],
            "items": [item.as_dict() for item in self.items[:SHOWN]],
            "more": max(0, len(self.items) - SHOWN),
        }


@dataclass(frozen=True)
class ReviewData:
    """What the sections are made of: the records of the whole organization, read once each.

    The period runs from ``start`` to before ``stop``; the one before it begins at ``before``.
    """

    start: datetime
    stop: datetime
    before: datetime
    review: str = ""

    @property
    def at(self) -> datetime | None:
        """The end of the period, for which everything is read; None while it has not come."""
        return self.stop if self.stop <= clock.now() else None

    @cached_property
    def _kept(self) -> dict[str, list[dict[str, Any]]]:
        return {}

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Every record of ``kind`` as it was at the end of the period; none for a kind that this installation
        does not keep."""
        if kind not in self._kept:
            self._kept[kind] = records.claimed(kind, self.at) if self.keeps(kind) else []
        return self._kept[kind]

    def keeps(self, kind: str) -> bool:
        """Whether this installation keeps records of that kind."""
        return kinds.exists(kind)

    def inside(self, row: Row, name: str = "created") -> bool:
        """Whether the record's time called ``name`` lies in the period."""
        return self.start <= parse_rfc3339(row[name]) < self.stop

    def earlier(self, row: Row, name: str = "created") -> bool:
        """Whether that time lies in the period before."""
        return self.before <= parse_rfc3339(row[name]) < self.start

    def counted(self, label: str, rows: Sequence[Row], base: str, name: str = "created") -> Figure:
        """How many of ``rows`` have that time in the period, and in the one before."""
        inside, earlier = (sum(test(row, name) for row in rows) for test in (self.inside, self.earlier))
        return Figure(label, inside, base, before=earlier)

    def overdue(self, kind: str, row: Row) -> bool:
        """Whether what is due before the end of the period is not done (`Workflow.overdue`)."""
        due = date.fromisoformat(str(row["due"])) if row["due"] else None
        return kinds.get(kind).workflow.overdue(row["state"], due, clock.day_of(self.stop))

    @cached_property
    def residual(self) -> dict[str, Residual]:
        """What was left of each judged risk at the end of the period, by reference."""
        return residual.today() if self.at is None else residual.left_at(self.at)

    @cached_property
    def posture(self) -> list[RequirementPosture]:
        """The posture at the end of the period."""
        return postures.posture(at=self.at)


def message_of(frozen: Mapping[str, Any], words: str, message: str) -> Message | None:
    """The message in a frozen section or item; of inputs frozen before version 2 the words alone.

    ``None`` when there is nothing to say.
    """
    if frozen.get(message):
        return from_json(frozen[message])
    return plain(frozen[words]) if frozen[words] else None
