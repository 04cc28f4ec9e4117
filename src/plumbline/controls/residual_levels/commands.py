"""Keeps what is left of each risk today. All of it is derived: emptied, it is worked out again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from plumbline.controls import residual
from plumbline.controls.commands import read_cursor
from plumbline.controls.models import ResidualLevel
from plumbline.controls.residual_levels import queries
from plumbline.kernel import clock


def keep() -> None:
    """Work out the levels of all judged risks anew if what was kept does not hold any more."""
    now = clock.now()
    cursor = read_cursor(queries.CURSOR)
    # Read before the levels are: what happens in between makes them outdated and is not taken as known.
    kept, current = queries.stamps(now)
    if kept == current:
        return
    left = left_today(now)
    rows = {row.reference: row for row in ResidualLevel.objects.all()}
    changed = [
        ResidualLevel(reference=reference, level=level, since=now)
        for reference, level in left.items()
        if reference not in rows or rows[reference].level != level
    ]
    gone = [row.pk for reference, row in rows.items() if reference not in left]
    cursor.text = current
    with transaction.atomic():
        ResidualLevel.objects.filter(pk__in=gone).delete()
        ResidualLevel.objects.bulk_create(
            changed,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["reference"],
            update_fields=["level", "since"],
        )
        cursor.save()


def left_today(now: datetime) -> dict[str, int]:
    """The level of every judged risk for the period that a level kept at ``now`` holds for."""
    # As of the end of that period: a reading that turns stale within it counts as stale.
    left = residual.today(now=queries.last_instant(now))
    return {reference: int(risk.today) for reference, risk in left.items()}


def rebuild() -> int:
    """Forget what was kept and work it out anew; how many levels there are then."""
    with transaction.atomic():
        ResidualLevel.objects.all().delete()
        cursor = read_cursor(queries.CURSOR)
        cursor.text = ""
        cursor.save()
    keep()
    return ResidualLevel.objects.count()
