"""Keeps what is left of each risk today. All of it is derived: emptied, it is worked out again."""

from __future__ import annotations

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
    # As of the end of the period that they hold for: a reading that turns stale within it counts as stale.
    left = residual.today(now=queries.last_instant(now))
    rows = {row.reference: row for row in ResidualLevel.objects.all()}
    changed = [
        ResidualLevel(reference=reference, level=risk.today, since=now)
        for reference, risk in left.items()
        if reference not in rows or rows[reference].level != risk.today
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
