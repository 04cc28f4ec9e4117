"""What sightings follow from: the counts in the entries of segments, and the entries that set them aside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction

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
_DISMISSED = ("dismissed_until", "dismissed_reason", "dismissed_by")


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
        fields |= {"dismissed_until": None, "dismissed_reason": "", "dismissed_by": ""}
    for entry in committed.of_types({"sighting.dismissed"}):
        slug = entry.view.subject_ref
        entries[slug] = entry.index
        if slug in expected:
            expected[slug] |= {"dismissed_until": entry.facts["until"], "dismissed_by": entry.view.actor}
            if "reason" in entry.openings:
                expected[slug]["dismissed_reason"] = entry.text("reason")
    rows = {row.slug: row for row in Sighting.objects.all()}
    for slug, fields in expected.items():
        row = rows.get(slug)
        until = row.dismissed_until.isoformat() if row and row.dismissed_until else None
        found = (
            {} if row is None else {name: getattr(row, name) for name in fields} | {"dismissed_until": until}
        )
        yield from compare(SIGHTING, slug, entries.get(slug), fields, found)
    for slug in rows.keys() - expected.keys():
        yield without_entry(SIGHTING, slug)


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
        "by whom and until when stands in the entry that says so, the reason in its opening.",
        (Pass("sightings", whole, _check),),
        rebuild=rebuild,
    ),
    NoProof("discovery.Cursor", "How far the stage has read; what it has counted is compared up to there."),
)
