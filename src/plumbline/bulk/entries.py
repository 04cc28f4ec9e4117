"""What the trail says of a bulk change: that it was confirmed, and how it ended."""

from __future__ import annotations

from plumbline.bulk.models import BulkJob
from plumbline.bulk.queries import BulkView
from plumbline.trail import log


def append(job: BulkJob, actor_id: str, entry_type: str, shown: BulkView) -> None:
    """Append one entry about ``job``: what it asks for as an opening, its counts as facts."""
    counts = {outcome: number for outcome, number in shown.counts.items() if number}
    undoes = {"undoes": shown.undoes} if shown.undoes else {}
    log.append(
        entry_type,
        actor=actor_id,
        subject={"type": "bulk", "ref": job.handle, "kind": job.kind},
        openings={"request": job.request.encode()},
        facts={"rows": shown.total, "done": shown.done, **counts, **undoes},
    )
