"""Open nonconformities, gravest first, and how many name each clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Word, say
from plumbline.records import kinds, queries
from plumbline.web.requirements import related

READ, SHOWN = 200, 6
GRADES = {"major": 0, "minor": 1}
STATES = ("suspected", "open", "contained", "corrected", "verified")
"""States that are open, gravest first."""


SHOWN_OF_IT = (
    "reference", "title", "state", "grade", "requirements", "detected_on", "created_at",
    "owner__full_name", "system__title",
)  # fmt: skip
"""What the page shows and counts of a nonconformity."""


@dataclass(frozen=True)
class OpenNonconformity:
    """A nonconformity with how long it has been open, in days."""

    record: Any
    days: int

    @property
    def note(self) -> Message:
        """Its grade once there is one, its AI system, its age."""
        grade = self.record.grade if self.record.grade in GRADES else ""
        system = self.record.system.title if self.record.system else ""
        if grade and system:
            return say(
                "home.nonconformity",
                "{grade}, {system}, {days} d",
                grade=Word(grade),
                system=system,
                days=self.days,
            )
        if grade or system:
            return say("home.nonconformity-of", "{what}, {days} d", what=grade or system, days=self.days)
        return say("home.nonconformity-age", "{days} d", days=self.days)


@dataclass(frozen=True)
class OpenNonconformities:
    """The gravest, how many there are, which are only suspected, and how many name each clause."""

    gravest: Sequence[OpenNonconformity] = ()
    total: int = 0
    suspected: Sequence[str] = ()
    by_clause: Mapping[str, int] = field(default_factory=dict)


def open_nonconformities(actor: Actor) -> OpenNonconformities:
    """Those that the reader may see."""
    if not kinds.exists("nonconformity"):
        return OpenNonconformities()
    kind = kinds.get("nonconformity")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return OpenNonconformities()
    rows = queries.select(actor, kind).exclude(state__in=related.CLOSED).select_related("owner", "system")
    # All that are open are counted and few are shown, and the texts of a system are long.
    rows = rows.only(*SHOWN_OF_IT)
    found = sorted(rows.order_by("-id")[:READ], key=_gravity)
    today = clock.today()
    gravest = [
        OpenNonconformity(row, max((today - (row.detected_on or clock.day_of(row.created_at))).days, 0))
        for row in found[:SHOWN]
    ]
    return OpenNonconformities(
        gravest,
        len(found),
        [row.reference for row in found if row.state == "suspected"],
        Counter(number for row in found for number in _clauses(row)),
    )


def _gravity(row: Any) -> tuple[int, int]:
    return GRADES.get(row.grade, 2), STATES.index(row.state) if row.state in STATES else len(STATES)


def _clauses(row: Any) -> set[str]:
    """The numbers of the clauses that a nonconformity names; controls belong to no clause."""
    return {name.partition(":")[2].partition(".")[0] for name in row.requirements if ":A." not in name}
