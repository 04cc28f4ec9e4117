"""The retention timer: what is past the period that two people approved is asked for, and so erased."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from plumbline.erasure import proofs, queries, reach
from plumbline.erasure.models import ErasureRequest
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.telemetry.erasure import commands as events
from plumbline.trail import log
from plumbline.trail.openings import queries as openings

STAGE = "stage:retention"


def ask_for_what_is_over() -> ErasureRequest | None:
    """Ask for the erasure of telemetry past its period, if people approved one and no hold stops it.

    The period is the approval: it was proposed by one person and approved by another, and its entry is named.
    Without one nothing is erased by itself, and nothing by one that its entries do not bear out (`Altered`).
    The timer keeps to whole months, so that it asks once for each; while a hold reaches some of it, it does
    not ask.
    """
    _, period = queries.retention_of("telemetry")
    if period is None or period.approval_leaf is None:
        return None
    proofs.verify_periods("telemetry")
    before = add_months(clock.today(), -period.months).replace(day=1)
    first = openings.first_entry_at(clock.day_start(before))
    if not events.any_before(Path(settings.PLUMBLINE.data), first):
        return None
    row = ErasureRequest(
        kind=ErasureRequest.Kind.CLASS, target="telemetry", before=before, ground="retention",
        state=ErasureRequest.State.APPROVED, actor=STAGE, decided_by=period.approved_by,
        requested_at=clock.now(), decided_at=clock.now(), decision_leaf=period.approval_leaf,
    )  # fmt: skip
    if reach.hold_before_work(row) is not None:
        return None
    with transaction.atomic():
        row.leaf = log.append(
            "erasure.requested",
            actor=STAGE,
            subject={"kind": "erasure", "ref": row.handle},
            facts={
                "of": row.kind, "ground": row.ground, "before": before.isoformat(),
                "period": period.approval_leaf,
            },
        ).index  # fmt: skip
        row.save()
    return row
