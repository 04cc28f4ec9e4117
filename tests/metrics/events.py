"""Events straight into the evidence store, as the mover would bring them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.metrics import california

from plumbline.kernel import clock
from plumbline.kernel.ids import uuid7
from plumbline.telemetry.event import StoredEvent
from plumbline.telemetry.store.port import EvidenceStore, MovedSegment


def event(time: datetime, system: str = "claims", type: str = "decision", **more: Any) -> StoredEvent:
    """One event with an id of its own."""
    return StoredEvent(**{"id": uuid7(), "time": time, "system": system, "type": type, **more})


def put(store: EvidenceStore, events: Sequence[StoredEvent], leaf: int, source: str = "test") -> int:
    """Append ``events``, received now, as segments of 500 from entry ``leaf`` on; the next free number."""
    parts = [events[start : start + 500] for start in range(0, len(events), 500)]
    now = clock.now()
    store.append([MovedSegment(uuid7(), leaf + place, now, source, part) for place, part in enumerate(parts)])
    return leaf + len(parts)


def california_events(part: str, rows: Iterable[dict[str, str]] | None = None) -> list[StoredEvent]:
    """Decisions of the California rows, with their features and score."""
    return [
        event(
            california.instant(row),
            "california",
            id=UUID(int=int(row["id"]) + (1 << 100)),
            score=float(row["y_pred_proba"]),
            outcome=row["y_pred"],
            features={name: float(row[name]) for name in california.FEATURES},
        )
        for row in (california.rows(part) if rows is None else rows)
    ]


def california_truths(part: str = "analysis_gt") -> list[StoredEvent]:
    """What turned out to be true of each decision, told long after."""
    return [
        event(
            datetime(2022, 6, 1, tzinfo=UTC),
            "california",
            "outcome",
            about=UUID(int=int(row["id"]) + (1 << 100)),
            truth=float(row["clf_target"]),
        )
        for row in california.rows(part)
    ]
