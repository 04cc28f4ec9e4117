"""Group commit: sealed segments get their leaves in the trail, several in one transaction when several wait.

A leaf has to be on disk before its sender has the answer, and a disk commits a few hundred times a second at
best. Threads that have sealed a segment therefore queue here. The one that gets the lock logs everything that
waits by then in one transaction, and the others find their leaf ready: one commit serves them all.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from django.db import DatabaseError, transaction

from plumbline.kernel.problems import Conflict, Problem
from plumbline.telemetry.spool import Sealed, Spool
from plumbline.trail import log, log_state, write_priority


@dataclass(eq=False)
class _PendingLeaf:
    """One segment that waits for its leaf; ``failure`` when the transaction it was in did not commit."""

    spool: Spool
    sealed: Sealed
    leaf: int | None = None
    failure: Problem | DatabaseError | None = None


_queue: deque[_PendingLeaf] = deque()
_leader = threading.Lock()


def log_segment(spool: Spool, sealed: Sealed) -> int:
    """Give a sealed segment its leaf in the trail, once however often it is asked; answers the number.

    Raises what the trail raises (`ReadOnly`, `Invalid` …) and ``DatabaseError`` when it cannot write.
    """
    pending = _PendingLeaf(spool, sealed)
    # Queued before the lock is asked for: whoever holds it now may still take this segment along.
    _queue.append(pending)
    with _leader:
        if pending.leaf is None and pending.failure is None:
            _commit_queue(pending)
    if pending.failure is not None:
        raise pending.failure
    if pending.leaf is None:
        raise DatabaseError("the trail gave no leaf number")
    return pending.leaf


def _commit_queue(own: _PendingLeaf) -> None:
    group = [_queue.popleft() for _ in range(len(_queue))]
    try:
        if not _commit_group(group):
            for pending in group:  # each by itself, so that one which is refused stops no other
                _commit_group([pending])
    except BaseException:
        # An interrupt, or a fault of our own: whoever still waits queues again and logs its segment itself.
        _queue.extend(pending for pending in group if pending is not own and pending.leaf is None)
        raise


def _commit_group(group: list[_PendingLeaf]) -> bool:
    """Whether the group is settled: all have leaves, or, for one alone, its failure is recorded."""
    # Also leaves a database that was replaced, which only this question outside of a transaction can do.
    log_state.current()
    try:
        try:
            leaves = _append(group)
        except Conflict:
            # A worker in another process found the segment sealed and without a leaf, and logged it just now.
            # Its entry is committed, so that asking again gives its number.
            leaves = _append(group)
    except (Problem, DatabaseError) as failure:
        group[0].failure = failure if len(group) == 1 else None
        return len(group) == 1
    for pending, leaf in zip(group, leaves, strict=True):
        pending.leaf = leaf.index
        pending.spool.mark_logged(pending.sealed.seq, leaf.index)
    return True


def _append(group: list[_PendingLeaf]) -> list[log.Appended]:
    with write_priority.foreground(), transaction.atomic():
        return log.append_many([_entry(pending.sealed) for pending in group])


def _entry(sealed: Sealed) -> log.NewEntry:
    return log.NewEntry(
        "telemetry.segment",
        sealed.actor,
        subject={"type": "segment", "ref": str(sealed.id)},
        facts=sealed.facts,
        source="telemetry",
        client_id=sealed.id,
        retention="telemetry",
    )
