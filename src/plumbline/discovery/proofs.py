"""What sightings follow from: the counts in the entries of segments, and the entries that propose to set them
aside, take that back, and do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from plumbline.discovery.commands import NOT_PROPOSED
from plumbline.discovery.models import Cursor, Sighting
from plumbline.discovery.stage import SightingsStage
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
)

SIGHTING = "discovery.Sighting"
_STEP = 5_000
PROPOSED, WITHDRAWN, DISMISSED = (
    "sighting.dismissal-proposed",
    "sighting.dismissal-withdrawn",
    "sighting.dismissed",
)
_NOT_DISMISSED = {"dismissed_until": None, "dismissed_reason": "", "dismissed_by": ""}


def _expected() -> dict[str, dict[str, Any]]:
    """What the segments that the stage has read say of each system."""
    position = Cursor.objects.filter(name=SightingsStage.name).values_list("position", flat=True).first() or 0
    seen: dict[str, dict[str, Any]] = {}
    for start in range(0, position, _STEP):
        for view in committed.between(start, min(position, start + _STEP), {"telemetry.segment"}):
            for slug, number in view.facts["systems"].items() if committed.is_readable(view) else ():
                row = seen.setdefault(slug, {"first_seen": view.time, "events": 0})
                row["events"] += number
                row["last_seen"] = view.time
    return seen


def _check(start: int, stop: int) -> Iterator[Difference]:
    expected, entries = _expected(), dict[str, int]()
    for fields in expected.values():
        fields |= _NOT_DISMISSED | NOT_PROPOSED
    for entry in committed.of_types({PROPOSED, WITHDRAWN, DISMISSED}):
        slug = entry.view.subject_ref
        entries[slug] = entry.index
        if slug in expected:
            expected[slug] |= _decided(entry)
    rows = {row.slug: row for row in Sighting.objects.all()}
    for slug, fields in expected.items():
        row = rows.get(slug)
        found = {} if row is None else {name: _plain(getattr(row, name)) for name in fields}
        yield from compare(SIGHTING, slug, entries.get(slug), fields, found)
    for slug in rows.keys() - expected.keys():
        yield without_entry(SIGHTING, slug)


def _decided(entry: committed.CommittedEntry) -> dict[str, Any]:
    """What an entry makes of a sighting; a proposal leaves what is set aside as it is."""
    if entry.view.entry_type == WITHDRAWN:
        return NOT_PROPOSED
    reason = entry.text("reason") if "reason" in entry.openings else ""
    until, by = entry.facts["until"], entry.view.actor
    if entry.view.entry_type == PROPOSED:
        proposed = {"proposed_until": until, "proposed_reason": reason, "proposed_by": by}
        return {"proposal": entry.index, **proposed}
    return {"dismissed_until": until, "dismissed_reason": reason, "dismissed_by": by, **NOT_PROPOSED}


def _plain(value: object) -> object:
    # Days stand in entries as text; instants are compared as they are.
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def rebuild() -> int:
    """Count every sighting anew from the entries of segments; how many there are. Dismissals stay."""
    expected = _expected()
    with transaction.atomic():
        Sighting.objects.exclude(slug__in=list(expected)).delete()
        for slug, fields in expected.items():
            Sighting.objects.update_or_create(slug=slug, defaults=fields)
    return len(expected)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        SIGHTING,
        "First, last and number of events are counted in the entries of segments; whether it is set aside, "
        "or only proposed to be, by whom and until when stands in the entry that says so, the reason in its "
        "opening.",
        (Pass("sightings", whole, _check),),
        rebuild=rebuild,
    ),
    NoProof("discovery.Cursor", "How far the stage has read; what it has counted is compared up to there."),
)
