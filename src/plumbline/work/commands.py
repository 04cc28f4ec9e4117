"""Taking, keeping and giving back the lease of a stage."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Q

from plumbline.kernel import clock
from plumbline.work.models import Lease

LEASE = timedelta(seconds=60)
_ERROR_LENGTH = 2_000


def acquire(stage: str, holder: str) -> bool:
    """Take or renew the lease of ``stage`` for ``holder``; ``False`` while somebody else holds it."""
    now = clock.now()
    available = Q(holder=holder) | Q(holder="") | Q(until__isnull=True) | Q(until__lt=now)
    if Lease.objects.filter(available, stage=stage).update(holder=holder, until=now + LEASE):
        return True
    if Lease.objects.filter(stage=stage).exists():
        return False
    rows = [Lease(stage=stage, holder=holder, until=now + LEASE)]
    Lease.objects.bulk_create(rows, ignore_conflicts=True)
    return Lease.objects.filter(stage=stage, holder=holder).exists()


def record_turn(stage: str, holder: str, error: str = "") -> None:
    """Write down how a turn went; failures in a row are counted."""
    row = Lease.objects.filter(stage=stage, holder=holder)
    if error:
        failures = (row.values_list("failures", flat=True).first() or 0) + 1
        row.update(last_turn=clock.now(), last_error=error[:_ERROR_LENGTH], failures=failures)
    else:
        row.update(last_turn=clock.now(), last_error="", failures=0)


def release(holder: str) -> None:
    """Release every lease of ``holder``, when it stops."""
    Lease.objects.filter(holder=holder).update(holder="", until=None)
    connection.close()


def release_all() -> None:
    """Release every lease, for a pump that knows itself to be the only one: it need not wait for the dead."""
    Lease.objects.exclude(holder="").update(holder="", until=None)
