"""When a window is closed, and what was received too late for it.

An event has two times: that at which it happened, which its sender says, and that at which it was received,
which nobody can choose. A sender may hold events back for a moment and send them in batches, so a window of
events closes some time after its last instant; what comes later was late, and says so for good.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from plumbline.kernel import clock

CLOSES_AFTER = timedelta(hours=1)
"""How long after its end a window of events is still open: senders queue, retry and send in batches."""


def closes(end: datetime) -> datetime:
    """When a window that ends at ``end`` is closed."""
    return end + CLOSES_AFTER


def is_late(happened: datetime, received: datetime) -> bool:
    """Whether an event was received after the day on which it happened was closed."""
    return received > closes(clock.day_end(clock.day_of(happened)))
