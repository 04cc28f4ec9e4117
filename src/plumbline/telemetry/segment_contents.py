"""What a sealed segment holds, wherever it lies now: in the opening store, or still in the spool."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plumbline.telemetry import segment
from plumbline.telemetry.openings import openings_of
from plumbline.telemetry.spool import Body, spool_of


@dataclass(frozen=True, slots=True)
class OpenedEvent:
    """The exact bytes of one event and the salt of its commitment."""

    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class SegmentContents:
    """A segment's commitment digests in order, and what opens each; ``None`` for an event that was erased."""

    digests: list[bytes]
    openings: list[OpenedEvent | None]


def read_segment(data: Path, leaf: int) -> SegmentContents | None:
    """The segment that the trail entry ``leaf`` seals; ``None`` when nothing of it is stored here."""
    store = openings_of(data)
    stored = store.segment(leaf)
    if stored is None:
        return _from_spool(data, leaf)
    openings = store.of_segment(leaf)
    readable = {
        position: OpenedEvent(opening.salt, opening.body)
        for position, opening in openings.items()
        if not opening.key_id
    }
    return SegmentContents(
        stored.digests, [readable.get(position) for position in range(len(stored.digests))]
    )


def read_event(data: Path, leaf: int, position: int) -> OpenedEvent | None:
    """What opens the event at a position of a segment; ``None`` once it is gone."""
    opening = openings_of(data).at(leaf, position)
    if opening is not None:
        return None if opening.key_id else OpenedEvent(opening.salt, opening.body)
    spooled = _from_spool(data, leaf)
    return spooled.openings[position] if spooled and position < len(spooled.openings) else None


def read_bodies(data: Path, leaf: int, positions: Iterable[int]) -> dict[int, bytes]:
    """The exact bytes of the events at these places of a segment, as far as they are still stored."""
    store = openings_of(data)
    if store.segment(leaf) is not None:
        openings = {position: store.at(leaf, position) for position in positions}
        return {
            position: opening.body for position, opening in openings.items() if opening and not opening.key_id
        }
    spooled = _from_spool(data, leaf)
    stored = spooled.openings if spooled else []
    spooled_bodies = ((position, stored[position]) for position in positions if position < len(stored))
    return {position: opening.body for position, opening in spooled_bodies if opening}


def _from_spool(data: Path, leaf: int) -> SegmentContents | None:
    spool = spool_of(data)
    for sealed in spool.unmoved():
        body = spool.body(sealed.seq) if sealed.leaf == leaf else None
        if body is not None:
            return _from_body(body)
    return None


def _from_body(body: Body) -> SegmentContents:
    salts = segment.split(body.salts)
    pairs = zip(salts, body.openings, strict=True)
    return SegmentContents(segment.split(body.digests), [OpenedEvent(salt, opened) for salt, opened in pairs])
