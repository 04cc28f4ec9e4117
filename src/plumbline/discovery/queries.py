"""What can be asked of sightings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from plumbline.clauses import queries as clauses
from plumbline.discovery.models import Sighting
from plumbline.kernel import clock
from plumbline.records import kinds

SENDS_FOR = timedelta(days=2)
"""How long after the last event was received a system counts as running; then it was switched off."""


@dataclass(frozen=True)
class SightingRow:
    """One system that telemetry named, and the record it belongs to, if there is one.

    ``proposal`` is the trail entry that proposes to set it aside, until another person has confirmed it.
    """

    slug: str
    first_seen: datetime
    last_seen: datetime
    events: int
    sources: str
    reference: str
    dismissed_until: date | None
    dismissed_reason: str
    proposal: int | None
    proposed_until: date | None
    proposed_reason: str
    proposed_by: str

    @property
    def registered(self) -> bool:
        """Whether an AI system record has this slug."""
        return bool(self.reference)

    def sends(self, instant: datetime) -> bool:
        """Whether something had been received of it shortly before ``instant``, whatever a record says."""
        return self.first_seen <= instant and instant - self.last_seen <= SENDS_FOR


def sightings() -> list[SightingRow]:
    """Every system that telemetry named, newest first."""
    known = {}
    if kinds.exists("ai-system"):
        known = dict(clauses.rows("ai-system").values_list("slug", "reference"))
    return [
        SightingRow(
            row.slug,
            row.first_seen,
            row.last_seen,
            row.events,
            row.sources,
            known.get(row.slug, ""),
            row.dismissed_until,
            row.dismissed_reason,
            row.proposal,
            row.proposed_until,
            row.proposed_reason,
            row.proposed_by,
        )
        for row in Sighting.objects.all()
    ]


def unregistered(today: date) -> list[SightingRow]:
    """Systems seen in use that no record names and whose dismissal, if any, has ended."""
    return [
        row
        for row in sightings()
        if not row.registered and not (row.dismissed_until is not None and row.dismissed_until >= today)
    ]


def sending(instant: datetime) -> dict[str, str]:
    """Registered systems of which something had been received shortly before ``instant``: slug and record."""
    return {row.slug: row.reference for row in sightings() if row.registered and row.sends(instant)}


def any_sighting() -> bool:
    """Whether any AI system was ever named in telemetry."""
    return Sighting.objects.exists()


def last_seen_stamp() -> str:
    """A text that changes on the first event of a day, and when a system is seen for the first time."""
    last = Sighting.objects.aggregate(last=Max("last_seen"))["last"]
    return f"{Sighting.objects.count()} {clock.day_of(last) if last is not None else ''}"


def sightings_stamp() -> str:
    """A text that changes when a system is seen for the first time, or set aside, or no longer."""
    dismissed = Sighting.objects.exclude(dismissed_until=None).order_by("slug")
    aside = " ".join(f"{slug}:{day}" for slug, day in dismissed.values_list("slug", "dismissed_until"))
    return f"{Sighting.objects.count()} {aside}"
