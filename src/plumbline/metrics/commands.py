"""Counting what arrived: the numbered runs of each source, and the points of logging coverage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from plumbline.metrics.library.completeness import log_coverage
from plumbline.metrics.models import Counted, Cursor, Point
from plumbline.trail import log

CHUNK = 500
"""Trail entries read in one transaction."""


def count_arrivals(cursor_name: str) -> bool:
    """Note the counters of the next sealed segments. False when there are no new trail entries."""
    cursor, _ = Cursor.objects.get_or_create(name=cursor_name)
    start = cursor.leaf + 1
    stop = min(log.size(), start + CHUNK)
    if stop <= start:
        return False
    touched: set[tuple[str, datetime]] = set()
    with transaction.atomic():
        for leaf in log.leaves(start, stop):
            if leaf.entry_type == "telemetry.segment":
                touched |= _note(leaf.facts, leaf.time)
        for system, hour in sorted(touched):
            _write(system, hour)
        Cursor.objects.filter(name=cursor_name).update(leaf=stop - 1)
    return True


def _note(facts: Mapping[str, Any], time: datetime) -> set[tuple[str, datetime]]:
    """Add the numbered run of one segment; answers the systems and hours whose coverage it changes.

    A segment that speaks of several systems counts for the one it says most about.
    """
    span, systems = facts.get("counters"), facts.get("systems")
    if not span or not systems:
        return set()
    source, (first, last) = str(facts["source"]), span
    system = max(sorted(systems), key=lambda name: int(systems[name]))
    rows = Counted.objects.filter(source=source)
    before = rows.filter(first__lt=first).order_by("-last").first()
    after = rows.filter(first__gt=first).order_by("first").first()
    seen = before.last if before else min(first, 1) - 1
    row, created = Counted.objects.get_or_create(
        source=source,
        first=first,
        defaults={
            "last": last,
            "system": system,
            "hour": time.replace(minute=0, second=0, microsecond=0),
            "received": max(0, last - max(first - 1, seen)),
            "missing": max(0, first - 1 - seen),
        },
    )
    # A segment read again, after a restart for example, changes nothing.
    if not created:
        return set()
    touched = {(row.system, row.hour)}
    if after is not None:
        after.missing = max(0, after.first - 1 - max(last, seen))
        after.save(update_fields=["missing"])
        touched.add((after.system, after.hour))
    return touched


def _write(system: str, hour: datetime) -> None:
    sums = Counted.objects.filter(system=system, hour=hour).aggregate(Sum("received"), Sum("missing"))
    tally = log_coverage.function(sums["received__sum"] or 0, sums["missing__sum"] or 0)
    Point.objects.filter(system=system, hour=hour, metric=log_coverage.name).delete()
    Point.objects.create(
        metric=log_coverage.name,
        system=system,
        hour=hour,
        count=tally.count,
        numerator=tally.numerator,
        denominator=tally.denominator,
    )
