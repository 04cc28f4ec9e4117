"""What falls due: records with a date by which somebody has to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, say
from plumbline.records import queries
from plumbline.records.kinds import Kind
from plumbline.web import cells

DAYS_AHEAD = 90


@dataclass(frozen=True)
class DueRow:
    """A record with a date by which somebody has to act; ``days`` is negative when it is late."""

    day: date
    days: int
    kind: Kind
    reference: str
    title: str

    @property
    def href(self) -> str:
        """Its page."""
        return cells.record_href(self.reference)

    @property
    def clause(self) -> str:
        """The number of the clause of its kind: ``6`` for 6.1.2."""
        return self.kind.clause.partition(".")[0]

    @property
    def late(self) -> bool:
        """Whether the date has passed."""
        return self.days < 0

    @property
    def distance(self) -> Message:
        """How far away the date is."""
        if self.late:
            return say("due.overdue", "{count} day overdue", plural="{count} days overdue", count=-self.days)
        if not self.days:
            return say("due.today", "today")
        return say("due.ahead", "in {count} day", plural="in {count} days", count=self.days)


def due_rows(actor: Actor, days: int = DAYS_AHEAD, limit: int = 20) -> tuple[DueRow, ...]:
    """What is due within ``days``, earliest (and so overdue) first."""
    today = clock.today()
    found = queries.due(actor, today + timedelta(days=days), limit=limit)
    return tuple(
        DueRow(day, (day - today).days, kind, reference, title) for day, kind, reference, title in found
    )
