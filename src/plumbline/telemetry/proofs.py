"""What events follow from: each segment's entry has the root over the commitments to its events.

The opening store has the exact bytes behind the commitments, the evidence store rows that are read off those
bytes, the spool what has not been moved yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from plumbline.kernel.clock import in_utc
from plumbline.kernel.problems import Unavailable
from plumbline.telemetry import segment
from plumbline.telemetry.erasable_openings import Opening
from plumbline.telemetry.event import StoredEvent, decode_opening
from plumbline.telemetry.openings import OpeningStore, StoredSegment, openings_of, states_of
from plumbline.telemetry.spool import Sealed, Spool, spool_of
from plumbline.telemetry.store.columns import EVENT_COLUMNS
from plumbline.telemetry.store.port import EventRow, FeatureValue, Reader, SegmentRow
from plumbline.telemetry.store.remote import walked_reader
from plumbline.trail.commitments import queries as committed
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.openings.queries import Opened, OpeningState
from plumbline.trail.proofs import (
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)
from plumbline.trail.queries import LeafView

SEGMENT = "telemetry.segment"
OPENED, OPENINGS = "openings.db/segment", "openings.db/opening"
EVENTS, FEATURES, SEGMENTS = "evidence.duckdb/events", "evidence.duckdb/features", "evidence.duckdb/segments"
SPOOLED, BODIES, SOURCES = "spool.db/segment", "spool.db/body", "spool.db/source"
STEP = 64
"""Entries compared at once: a segment has up to some thousand events."""

Events = dict[int, StoredEvent]
"""The events of a segment whose opening fits, by position."""


def _store() -> AbstractContextManager[Reader]:
    """The evidence store, opened once for a whole walk."""
    return walked_reader(settings.PLUMBLINE.data)


def commitment(salt: bytes, body: bytes) -> bytes:
    """As `plumbline.kernel.commitment.commit` gives it; here because it runs for every event."""
    return hashlib.sha256(b"\x02" + salt + body).digest()


def _check_segments(start: int, stop: int) -> Iterator[Difference]:
    """Openings, stored rows and what is still spooled, of the segments in a range of entries."""
    data = settings.PLUMBLINE.data
    views = committed.between(start, stop, {SEGMENT})
    openings, spool = openings_of(data), spool_of(data)
    yield from _strangers(openings, start, stop, {view.index for view in views})
    if not views:
        return
    waiting = {sealed.id: sealed for sealed in spool.unmoved()}
    with _store() as store:
        rows = _by_leaf(store.stored(start, stop))
        features = _by_leaf(store.stored_features(start, stop))
        kept = {row.leaf: row for row in store.stored_segments(start, stop)}
        for view in filter(committed.is_readable, views):
            if view.client_id in waiting:
                yield from spooled_differences(spool, waiting[view.client_id], view)
                continue
            events: Events = {}
            yield from opened_differences(openings, view, events)
            if not events:
                continue
            yield from _kept_differs(view, kept.get(view.index))
            yield from row_differences(view, events, rows.get(view.index, []))
            yield from feature_differences(view, events, features.get(view.index, []))
        for leaf in (rows.keys() | kept.keys()) - {view.index for view in views}:
            yield without_entry(EVENTS, f"segment {leaf}", leaf)


def _kept_differs(view: LeafView, row: SegmentRow | None) -> Iterator[Difference]:
    expected = {"id": view.client_id, "count": view.facts["count"], "source": str(view.facts["source"])}
    found = {} if row is None else {"id": row.id, "count": row.count, "source": row.source}
    yield from compare(SEGMENTS, f"segment {view.index}", view.index, expected, found)


def _by_leaf(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.leaf, []).append(row)
    return found


def _strangers(openings: OpeningStore, start: int, stop: int, known: set[int]) -> Iterator[Difference]:
    for leaf in openings.leaves(start, stop):
        if leaf not in known:
            yield without_entry(OPENED, f"segment {leaf}", leaf)


def opened_differences(openings: OpeningStore, view: LeafView, events: Events) -> Iterator[Difference]:
    """Compare a segment in the opening store with its entry; ``events`` takes what fits, by position."""
    stored, row = openings.segment(view.index), f"segment {view.index}"
    if stored is None:
        yield without_row(OPENED, row, view.index)
        return
    differing = list(segment_differences(stored, view))
    yield from differing
    if differing:
        return
    rows, erased = openings.of_segment(view.index), erasures.of_segment(view.index)
    states = dict(zip(rows, states_of(rows.values()), strict=True))
    for position in range(len(stored.digests)):
        opening = rows.get(position)
        place = f"event {position} of segment {view.index}"
        if position in erased:
            if opening is not None:
                yield Difference(OPENINGS, place, "row", "none: it was erased", "an opening", view.index)
            continue
        if opening is None:
            yield Difference(
                OPENINGS, place, "row", "an opening, or an entry of erasure", "neither", view.index
            )
        else:
            state = states[position]
            differing = list(opening_differences(stored, opening, state))
            yield from differing
            if isinstance(state, Opened) and not differing:
                events[position] = decode_opening(state.body)


def segment_differences(stored: StoredSegment, view: LeafView) -> Iterator[Difference]:
    """What the opening store says of a segment otherwise than its entry."""
    row = f"segment {view.index}"
    expected = {"id": view.client_id, "root": view.facts["root"], "count": view.facts["count"]}
    found = {"id": stored.id, "root": stored.root.hex(), "count": len(stored.digests)}
    yield from compare(OPENED, row, view.index, expected, found)
    over = segment.root_of(stored.digests).hex()
    yield from compare(OPENED, row, view.index, {"digests": view.facts["root"]}, {"digests": over})


def opening_differences(stored: StoredSegment, opening: Opening, state: OpeningState) -> Iterator[Difference]:
    """What is wrong with the bytes of one event: their commitment, or the id that they are found by."""
    place, leaf = f"event {opening.position} of segment {stored.leaf}", stored.leaf
    digest = commitment(state.salt, state.body) if isinstance(state, Opened) else b""
    if not isinstance(state, Opened) or digest != stored.digests[opening.position]:
        found = "other bytes than those committed to" if digest else "bytes that cannot be read"
        yield Difference(OPENINGS, place, "body", "the bytes committed to", found, leaf)
        return
    event = decode_opening(state.body).id
    if opening.event != event:
        yield Difference(OPENINGS, place, "event", str(event), str(opening.event), leaf)


def row_differences(view: LeafView, events: Events, rows: Sequence[EventRow]) -> Iterator[Difference]:
    """Rows of the evidence store of one segment against the events they were read off."""
    by_position = {row.position: row for row in rows}
    if not rows:
        yield without_row(EVENTS, f"segment {view.index}", view.index)
        return
    for position, event in events.items():
        place = f"event {event.id}"
        if position not in by_position:
            yield without_row(EVENTS, place, view.index)
        else:
            yield from event_differences(view, position, event, by_position[position])
    surplus = len(rows) - len(by_position)
    erased = erasures.of_segment(view.index)
    for position in by_position.keys() - events.keys():
        if position >= int(view.facts["count"]) or position in erased:
            yield without_entry(EVENTS, f"event {by_position[position].id}", view.index)
    if surplus:
        count = view.facts["count"]
        yield Difference(EVENTS, f"segment {view.index}", "rows", str(count), str(len(rows)), view.index)


def event_differences(
    view: LeafView, position: int, event: StoredEvent, row: EventRow
) -> Iterator[Difference]:
    """One row against the event it was read off, column by column."""
    for name, column in EVENT_COLUMNS.items():
        if column.read is not None:
            expected, found = column.read(event), getattr(row, name)
            if expected != found and not _alike(expected, found):
                yield from compare(EVENTS, f"event {event.id}", view.index, {name: expected}, {name: found})
    if row.segment != view.client_id:
        expected_segment, found_segment = {"segment": view.client_id}, {"segment": row.segment}
        yield from compare(EVENTS, f"event {event.id}", view.index, expected_segment, found_segment)


def _alike(expected: Any, found: Any) -> bool:
    """Whether both say the same: the port has times with their zone and ids, columns take texts without."""
    if isinstance(expected, datetime) and isinstance(found, datetime):
        return in_utc(expected) == found
    return isinstance(found, UUID) and str(found) == expected


def feature_differences(view: LeafView, events: Events, rows: Sequence[FeatureValue]) -> Iterator[Difference]:
    """The values of features of one segment against the events they were read off."""
    expected = {
        (event.id, name): value for event in events.values() for name, value in (event.features or {}).items()
    }
    found: dict[tuple[UUID, str], Any] = {
        (row.event_id, row.name): row.text if row.number is None else row.number for row in rows
    }
    if expected == found and len(found) == len(rows):
        return
    for key in expected.keys() | found.keys():
        name, place = key[1], f"event {key[0]}"
        if expected.get(key) != found.get(key):
            yield from compare(FEATURES, place, view.index, {name: expected.get(key)}, {name: found.get(key)})
    if len(found) != len(rows):
        place = f"segment {view.index}"
        yield Difference(FEATURES, place, "rows", str(len(expected)), str(len(rows)), view.index)


def spooled_differences(spool: Spool, sealed: Sealed, view: LeafView) -> Iterator[Difference]:
    """A segment that waits to be moved against its entry."""
    row = f"segment {view.index}"
    expected: Mapping[str, object] = {
        "actor": view.actor,
        "facts": dict(view.facts),
        "root": view.facts["root"],
    }
    found = {"actor": sealed.actor, "facts": sealed.facts, "root": sealed.root.hex()}
    yield from compare(SPOOLED, row, view.index, expected, found)
    try:
        body = spool.body(sealed.seq)
    except Unavailable as problem:
        yield Difference(BODIES, row, "openings", "the bytes committed to", str(problem.detail), view.index)
        return
    if body is None:
        yield without_row(BODIES, row, view.index)
        return
    digests = segment.split(body.digests)
    over = segment.root_of(digests).hex()
    yield from compare(BODIES, row, view.index, {"digests": view.facts["root"]}, {"digests": over})
    opened = zip(digests, segment.split(body.salts), body.openings, strict=False)
    erased = erasures.of_segment(view.index)
    for position, (digest, salt, opening) in enumerate(opened):
        if position in erased and not opening:
            continue
        if position in erased or commitment(salt, opening) != digest:
            place, other = f"event {position} of segment {view.index}", "other bytes than those committed to"
            yield Difference(BODIES, place, "openings", "the bytes committed to", other, view.index)


def _check_sources(start: int, stop: int) -> Iterator[Difference]:
    """What each counting source has sent and not sent, against the counters in its entries."""
    spool = spool_of(settings.PLUMBLINE.data)
    if spool.unlogged():
        return  # a segment without its entry has counted already
    runs: dict[str, list[tuple[int, int]]] = {}
    first, last = committed.log_span()
    for begin in range(first, last, 5_000):
        for view in committed.between(begin, min(last, begin + 5_000), {SEGMENT}):
            if view.facts.get("counters"):
                low, high = view.facts["counters"]
                runs.setdefault(str(view.facts["source"]), []).append((low, high))
    expected = {source: _next_and_missing(spans) for source, spans in runs.items()}
    found = {source: {"next": following, "missing": gap} for source, following, gap in spool.sources()}
    for source, fields in expected.items():
        yield from compare(SOURCES, source, None, fields, found.get(source, {}))


def _next_and_missing(spans: list[tuple[int, int]]) -> dict[str, object]:
    """As the spool counts: from the first number that was expected on, however the runs came."""
    begin = min(spans[0][0], 1)
    reached, missing = begin, 0
    for low, high in sorted(spans):
        missing += max(0, low - reached)
        reached = max(reached, high + 1)
    return {"next": reached, "missing": missing}


def _check_watermark(start: int, stop: int) -> Iterator[Difference]:
    with _store() as store:
        mark, newest = store.watermark(), _newest_stored(store)
    if mark != newest:
        yield Difference("evidence.duckdb/mark", "watermark", "leaf", str(newest), str(mark))


def _newest_stored(store: Reader) -> int:
    rows = store.stored_segments(0, committed.log_span()[1])
    return max((row.leaf for row in rows), default=-1)


DECLARATIONS = (
    Proof(
        OPENED,
        "The entry of a segment has its id, its count and the root (RFC 6962) over the digests of events.",
        (Pass("segments", committed.log_span, _check_segments, STEP, _store),),
    ),
    Proof(OPENINGS, "Salt and bytes of every event give its digest in the segment; compared with it."),
    Proof(EVENTS, "Every column is read off the bytes of the event; compared with openings.db/segment."),
    Proof(FEATURES, "Read off the bytes of the event; compared with openings.db/segment."),
    Proof(SEGMENTS, "Id, count and source stand in the entry of the segment; compared with it."),
    Proof(
        "evidence.duckdb/mark",
        "The entry of the last segment in the evidence store.",
        (Pass("mark", whole, _check_watermark),),
    ),
    Proof(SPOOLED, "What its entry says, while its events wait here; compared with openings.db/segment."),
    Proof(BODIES, "Salts and bytes give the digests, those the root in the entry."),
    Proof(
        SOURCES,
        "The counters in the entries of a source's segments say which number is next and which are missing.",
        (Pass("sources", whole, _check_sources),),
    ),
    Proof("spool.db/gap", "As spool.db/source, with which it is compared."),
    NoProof("spool.db/seen", "Ids of the last thirty days, by which an event that comes twice is known. "
            "Forged, an event is refused or counted twice, which the counters of its source show."),
    NoProof("openings.db/erased", "Ids of erased events, so that a sender cannot bring one back; what "
            "was erased stands in the entry of its erasure."),
    Proof("openings.db*", "The opening store; each of its tables has a declaration of its own."),
    Proof("spool.db*", "The spool; each of its tables has a declaration of its own."),
    Proof("evidence.duckdb*", "The evidence store; each of its tables has a declaration of its own."),
    NoProof("evidence.sock", "The socket on which the evidence store answers."),
    NoProof("evidence.tmp/*", "What the evidence store writes while it sorts."),
)  # fmt: skip
