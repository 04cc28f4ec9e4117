"""Recording what an anchor gave, with its entry."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from plumbline.kernel.clock import rfc3339
from plumbline.kernel.problems import Conflict
from plumbline.trail import commands, queries
from plumbline.trail.anchor_receipts.queries import ENTRY_TYPE, Receipt, receipt_of
from plumbline.trail.models import AnchorReceipt
from plumbline.trail.queries import Checkpoint

CONTRADICTED = "trail.contradicted"


def record(
    anchor: str, name: str, checkpoint: Checkpoint, evidence: bytes, stated_at: datetime | None
) -> Receipt:
    """Keep what ``name`` gave for ``checkpoint``; the evidence is not checked here, its digest is logged.

    Raises `Conflict` for a checkpoint that this log has not published.
    """
    published = queries.checkpoint_at(checkpoint.size)
    if published is None or published.root != checkpoint.root:
        raise Conflict("This checkpoint was not published by this log.")
    with transaction.atomic():
        added = commands.append(
            ENTRY_TYPE,
            actor="stage:anchors",
            subject={"kind": "anchor", "ref": f"{anchor}:{name}"},
            facts={
                "size": checkpoint.size,
                "root": checkpoint.root.hex(),
                "evidence": hashlib.sha256(evidence).hexdigest(),
                "stated": rfc3339(stated_at) if stated_at else None,
            },
            source="trail",
            retention="permanent",
        )
        row = AnchorReceipt.objects.create(
            leaf=added.index,
            anchor=anchor,
            name=name,
            size=checkpoint.size,
            root=checkpoint.root,
            evidence=evidence,
            stated_at=stated_at,
            time=added.time,
        )
    return receipt_of(row)


def record_contradiction(anchor: str, name: str, size: int, root: bytes) -> int:
    """Log that ``name`` remembers another history: it holds ``root`` at ``size``. The number of the entry."""
    with transaction.atomic():
        return commands.append(
            CONTRADICTED,
            actor="stage:anchors",
            subject={"kind": "anchor", "ref": f"{anchor}:{name}"},
            facts={"size": size, "root": root.hex()},
            source="trail",
            retention="permanent",
        ).index
