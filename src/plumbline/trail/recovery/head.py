"""The row that numbers the entries, derived anew from the entries when it is damaged or was set back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from plumbline.kernel.merkle import Frontier, leaf_hash
from plumbline.trail import entry, guard, queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.guard import GuardRecord


@dataclass
class DerivedHead:
    """What the row has to say: how far the entries go, and what follows from them."""

    record: GuardRecord
    frontier: Frontier = field(default_factory=Frontier)
    last_time: datetime | None = None
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def unsigned(self) -> int:
        """How many of the entries no signature covers: what stands there is as good as the database is."""
        return self.frontier.size - self.record.size


def derived() -> DerivedHead | None:
    """The row as it follows from the entries; ``None`` when the present one fits their number.

    Answers ``None`` as well when it cannot be had: without a guard, or with entries that are not those that
    were signed. Then it is entries that have to be brought back, not their count.
    """
    try:
        state = queries.state()
    except ReadOnly:
        state = None
    count, record = queries.leaf_count(), guard.read(settings.PLUMBLINE.guard_file)
    if record is None or count < record.size or (state is not None and state.size == count):
        return None
    head = DerivedHead(record)
    for view in queries.leaves(0, count):
        if view.index != head.frontier.size or leaf_hash(view.body) != view.leaf_hash:
            return None
        body = entry.read(view.body)
        head.counters[body.source], head.last_time = body.counter, body.time
        head.frontier.append(view.leaf_hash)
        if head.frontier.size == record.size and head.frontier.root() != record.root:
            return None
    return head
