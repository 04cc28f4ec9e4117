"""Taking, keeping and releasing the leases of stages.

A lease is one row per stage, changed by one conditional update, so that two pumps can never both believe
they hold it. It lapses by itself: a pump that dies keeps its stages from others for `LEASE` at most.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from plumbline.kernel import clock
from plumbline.work.models import Lease

LEASE = timedelta(seconds=60)
"""Three times the interval of renewal, so that one renewal may fail without a stage changing hands."""
_ERROR_LENGTH = 2_000


def acquire(stages: Collection[str], holder: str, *, failing: Collection[str] = ()) -> frozenset[str]:
    """Take or renew the leases of ``stages`` for ``holder``; returns those that it holds now.

    A renewal also says that the stage is alive and clears its last error, except for the ``failing`` ones.
    One statement renews all: with one commit per stage, renewing would be most of what an idle pump does.
    """
    now = clock.now()
    available = Q(holder=holder) | Q(holder="") | Q(until__isnull=True) | Q(until__lt=now)
    rows = Lease.objects.filter(available, stage__in=stages)
    lease = {"holder": holder, "until": now + LEASE, "last_turn": now}
    well = {"last_error": "", "failures": 0, "last_success": now, "failing_since": None, "error_class": ""}
    rows.exclude(stage__in=failing).update(**lease, **well)
    if failing:
        rows.filter(stage__in=failing).update(**lease)
    known = dict(Lease.objects.filter(stage__in=stages).values_list("stage", "holder"))
    if new := [Lease(stage=stage, **lease) for stage in stages if stage not in known]:
        # Another pump may insert the same rows at this moment; whoever comes second holds none of them.
        Lease.objects.bulk_create(new, ignore_conflicts=True)
        known = dict(Lease.objects.filter(stage__in=stages).values_list("stage", "holder"))
    return frozenset(stage for stage, owner in known.items() if owner == holder)


def record_failure(stage: str, holder: str, error: str) -> None:
    """Record that ``stage`` failed with ``error`` (``Class: text``); failures in a row are counted."""
    now = clock.now()
    Lease.objects.filter(stage=stage, holder=holder).update(
        last_turn=now,
        last_error=error[:_ERROR_LENGTH],
        error_class=error.partition(":")[0][:80],
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", Value(now)),
    )


def release(holder: str) -> None:
    """Release every lease of ``holder``, when it stops."""
    Lease.objects.filter(holder=holder).update(holder="", until=None)
    connection.close()


def release_all() -> None:
    """Release every lease, for a pump that knows it is the only one and need not wait for a dead one's."""
    Lease.objects.exclude(holder="").update(holder="", until=None)
