"""The mover: sealed segments that have a leaf go from the spool into the opening and the evidence store.

Openings commit first, then rows and watermark in one engine transaction, then the spool is trimmed. The spool
holds the only copy until both others are durable, so it is trimmed last. Each step may be repeated: after a
crash between any two of them the next round changes nothing twice, because both stores know a segment by its
id.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plumbline.telemetry.event import StoredEvent, decode_opening
from plumbline.telemetry.group_commit import log_segment
from plumbline.telemetry.open_file import StoreLost
from plumbline.telemetry.openings import OpeningStore, openings_of, scope_of
from plumbline.telemetry.spool import Sealed, Spool, spool_of
from plumbline.telemetry.store.port import EvidenceStore, MovedSegment
from plumbline.trail import log

_EVENTS_PER_ROUND: Final = 20_000
"""Enough that the engine's transaction is worth its cost, few enough that other stages have their turn."""
_FORGET_INTERVAL: Final = 3_600.0
"""Seconds between two looks for ids that are past their window."""


@dataclass(frozen=True)
class _Ready:
    sealed: Sealed
    leaf: int


class MoverStage:
    """The stage that fills the evidence store. One process runs it: the one that has the store open."""

    name = "move"

    def __init__(self, data: Path, store: EvidenceStore) -> None:
        self._data = data
        self._store = store
        self._last_forget = 0.0

    def advance(self) -> bool:
        """Move the next segments in order of their leaves, some 20,000 events at most; whether any were."""
        try:
            spool, openings = spool_of(self._data), openings_of(self._data)
        except sqlite3.DatabaseError as error:
            raise StoreLost(f"The spool or the opening store cannot be read: {error}.") from error
        moves = _next_segments(spool)
        if moves:
            segments = [_load(spool, openings, move) for move in moves]
            self._store.append([segment for segment in segments if segment is not None])
            spool.mark_moved([move.sealed.seq for move in moves])
        elif time.monotonic() - self._last_forget > _FORGET_INTERVAL:
            spool.forget_old()
            self._last_forget = time.monotonic()
        return bool(moves)


def _next_segments(spool: Spool) -> list[_Ready]:
    """Segments to move, in order of leaf, such that none with a lower leaf can still come.

    Readers keep the highest leaf they have seen as their cursor, so a segment that arrived in the store after
    one with a higher leaf would never be read. A segment is sealed before its leaf exists: every leaf below
    the log's size belongs to a segment that is in the spool by then, provided that the size is read first.
    Those whose number is not noted yet are asked for it.
    """
    size = log.size()
    waiting = spool.unmoved()
    moves = [
        _Ready(sealed, log_segment(spool, sealed) if sealed.leaf is None else sealed.leaf)
        for sealed in waiting
    ]
    ready = sorted((move for move in moves if move.leaf < size), key=lambda move: move.leaf)
    batch: list[_Ready] = []
    events = 0
    for move in ready:
        if batch and events + move.sealed.count > _EVENTS_PER_ROUND:
            break
        batch.append(move)
        events += move.sealed.count
    return batch


def _load(spool: Spool, openings: OpeningStore, move: _Ready) -> MovedSegment | None:
    body = spool.body(move.sealed.seq)
    if body is None:
        return None
    # Of an event that was erased while it waited here an empty opening is left.
    events: dict[int, StoredEvent] = {
        at: decode_opening(opening) for at, opening in enumerate(body.openings) if opening
    }
    sealed = move.sealed
    openings.add(
        sealed.id,
        move.leaf,
        sealed.root,
        body,
        {at: event.id for at, event in events.items()},
        {at: scope_of(event.subject, sealed.recorded) for at, event in events.items()},
    )
    return MovedSegment(
        sealed.id,
        move.leaf,
        sealed.recorded,
        str(sealed.facts["source"]),
        [*events.values()],
        [*events],
        len(body.openings),
    )
