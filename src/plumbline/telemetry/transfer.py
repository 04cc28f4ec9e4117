"""Sealed segments out of an installation and into another: events with their salts, and what a sender sent.

The new installation has the same entries under the same numbers, so a segment keeps its place. What its
events say is derived anew from their exact bytes (the evidence store), which are compared with the segment's
own commitments and root before anything is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from plumbline.kernel import clock
from plumbline.kernel.commitment import opens
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Invalid
from plumbline.telemetry import segment, source_counters
from plumbline.telemetry.event import decode_opening
from plumbline.telemetry.openings import openings_of, scope_of
from plumbline.telemetry.segment_contents import read_segment
from plumbline.telemetry.spool import open_private, spool_of
from plumbline.telemetry.spool_body import Body
from plumbline.telemetry.store.port import EvidenceStore, MovedSegment
from plumbline.trail import log
from plumbline.trail.openings.queries import Opened

ENTRY_TYPE: Final = "telemetry.segment"
_EVENTS: Final = 20_000
"""Events in one transaction of the evidence store."""


@dataclass(frozen=True)
class SegmentCopy:
    """One segment: its entry, when it was sealed, the commitments of its events, and those that can be read.

    ``openings`` are salt and exact bytes by place; a place that is missing was erased.
    """

    leaf: int
    recorded: datetime
    digests: tuple[bytes, ...]
    openings: dict[int, tuple[bytes, bytes]]


def segments(data: Path, size: int, times: dict[UUID, datetime]) -> Iterator[SegmentCopy]:
    """Every segment of the first ``size`` entries, in order. ``times`` are of sealing, where still known."""
    waiting = {sealed.id: sealed for sealed in spool_of(data).unmoved()}
    for view in _leaves(size):
        contents = read_segment(data, view.index)
        if contents is not None:
            opened = {at: state for at, state in enumerate(contents.openings) if isinstance(state, Opened)}
            readable = {at: (bytes(state.salt), bytes(state.body)) for at, state in opened.items()}
            yield SegmentCopy(
                view.index, times.get(view.client_id, view.time), tuple(contents.digests), readable
            )
        elif (sealed := waiting.get(view.client_id)) is not None:
            # The spool notes the number of the entry late; the log knows the segment by its id.
            body = spool_of(data).body(sealed.seq)
            assert body is not None
            pairs = zip(segment.split(body.salts), body.openings, strict=True)
            yield SegmentCopy(
                view.index,
                sealed.recorded,
                tuple(segment.split(body.digests)),
                {at: pair for at, pair in enumerate(pairs) if pair[1]},  # of an erased one nothing is left
            )


def _leaves(size: int) -> Iterator[log.LeafView]:
    return (view for view in log.leaves(0, size) if view.entry_type == ENTRY_TYPE)


def times_of_sealing(connection: sqlite3.Connection) -> dict[UUID, datetime]:
    """When each segment that a copy of the spool remembers was sealed."""
    rows = connection.execute("SELECT id, recorded FROM segment").fetchall()
    return {UUID(bytes=id): clock.parse_rfc3339(recorded) for id, recorded in rows}


def counted(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The counting sources of a copy of the spool: the next number expected, and the runs never sent."""
    for slug, following, _ in source_counters.sources(connection):
        yield {
            "source": slug,
            "next": following,
            "gaps": [list(gap) for gap in source_counters.gaps(connection, slug)],
        }


def take_in(
    data: Path, store: EvidenceStore, found: Iterable[SegmentCopy], counters: Iterable[dict[str, Any]]
) -> int:
    """Write segments and counters into the stores of a new installation; answers how many events came in.

    Raises `Invalid` naming the entry of the first segment that is not the one that was sealed.
    """
    spool_of(data), openings_of(data)  # their files and tables are made
    events, batch = 0, list[MovedSegment]()
    with closing(open_private(data / "spool.db", "FULL")) as spool:
        spool.execute("BEGIN IMMEDIATE")
        for one in found:
            view = _checked(one)
            moved = _moved(one, view)
            _keep(data, one, view, moved)
            _remember(spool, one, view, moved)
            events += len(moved.events)
            batch.append(moved)
            if sum(len(each.events) for each in batch) >= _EVENTS:
                store.append(batch)
                batch = []
        store.append(batch)
        _count(spool, counters)
        spool.execute("COMMIT")
    return events


def _foreign(leaf: int) -> Invalid:
    return Invalid(
        say(
            "telemetry.foreign-segment",
            "The events of entry {index} are not those that were sealed.",
            index=leaf,
        )
    )


def _checked(one: SegmentCopy) -> log.LeafView:
    view = log.leaf(one.leaf) if 0 <= one.leaf < log.size() else None
    if view is None or view.entry_type != ENTRY_TYPE:
        raise _foreign(one.leaf)
    facts = view.entry.facts
    fits = segment.root_of(one.digests).hex() == facts["root"] and len(one.digests) == facts["count"]
    if not fits or any(
        at >= len(one.digests) or not opens(one.digests[at], salt, body)
        for at, (salt, body) in one.openings.items()
    ):
        raise _foreign(one.leaf)
    return view


def _moved(one: SegmentCopy, view: log.LeafView) -> MovedSegment:
    try:
        events = [decode_opening(body) for _, (_, body) in sorted(one.openings.items())]
    except ValueError:
        raise _foreign(one.leaf) from None
    return MovedSegment(view.client_id, one.leaf, one.recorded, str(view.entry.facts["source"]), events)


def _keep(data: Path, one: SegmentCopy, view: log.LeafView, moved: MovedSegment) -> None:
    """Store the openings of one segment, encrypted as by the mover; of an erased event nothing is there."""
    places, blank = range(len(one.digests)), (bytes(segment.HASH), b"")
    salts = b"".join(one.openings.get(at, blank)[0] for at in places)
    body = Body([one.openings.get(at, blank)[1] for at in places], salts, b"".join(one.digests))
    events = dict(zip(sorted(one.openings), moved.events, strict=True))
    root = bytes.fromhex(view.entry.facts["root"])
    openings_of(data).add(
        view.client_id,
        one.leaf,
        root,
        body,
        {at: event.id for at, event in events.items()},
        {at: scope_of(event.subject, one.recorded) for at, event in events.items()},
    )


def _remember(spool: sqlite3.Connection, one: SegmentCopy, view: log.LeafView, moved: MovedSegment) -> None:
    """Have the spool know the ids of the events, so that one that is sent again is not counted twice."""
    facts, recorded = view.entry.facts, clock.rfc3339(one.recorded)
    seq = spool.execute(
        "INSERT INTO segment (id, actor, recorded, count, root, facts, leaf, moved)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            view.client_id.bytes,
            view.actor,
            recorded,
            len(one.digests),
            bytes.fromhex(facts["root"]),
            msgspec.json.encode(facts),
            one.leaf,
            recorded,
        ),
    ).lastrowid
    seen = [(event.id.bytes, seq, at) for at, event in zip(sorted(one.openings), moved.events, strict=True)]
    spool.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", seen)


def _count(spool: sqlite3.Connection, counters: Iterable[dict[str, Any]]) -> None:
    for row in counters:
        gaps: Sequence[Any] = row["gaps"]
        spool.execute("INSERT INTO source VALUES (?, ?)", (str(row["source"]), int(row["next"])))
        spool.executemany(
            "INSERT INTO gap VALUES (?, ?, ?)", [(str(row["source"]), int(a), int(b)) for a, b in gaps]
        )


def close(data: Path) -> None:
    """Close the stores of a data folder, as before it is moved."""
    spool_of(data).close()
    openings_of(data).close()
