"""What a sealed segment holds, wherever it lies now: in the opening store, or still in the spool."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plumbline.telemetry import segment
from plumbline.telemetry.openings import openings_of
from plumbline.telemetry.spool import Body, spool_of


@dataclass(frozen=True, slots=True)
class Opened:
    """The exact bytes of one event and the salt of its commitment."""

    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """A segment's commitment digests in order, and what opens each; ``None`` for an event that was erased."""

    digests: list[bytes]
    openings: list[Opened | None]


def of_leaf(data: Path, leaf: int) -> Contents | None:
    """The segment that the trail entry ``leaf`` seals; ``None`` when nothing of it is kept here."""
    store = openings_of(data)
    held = store.segment(leaf)
    if held is None:
        return _of_spool(data, leaf)
    kept = store.of_segment(leaf)
    readable = {place: Opened(one.salt, one.body) for place, one in kept.items() if not one.key_id}
    return Contents(held.digests, [readable.get(place) for place in range(len(held.digests))])


def opening(data: Path, leaf: int, position: int) -> Opened | None:
    """What opens the event at a place of a segment; ``None`` once it is gone."""
    found = openings_of(data).at(leaf, position)
    if found is not None:
        return None if found.key_id else Opened(found.salt, found.body)
    waiting = _of_spool(data, leaf)
    return waiting.openings[position] if waiting and position < len(waiting.openings) else None


def some(data: Path, leaf: int, positions: Iterable[int]) -> dict[int, bytes]:
    """The exact bytes of the events at these places of a segment, as far as they are still kept."""
    store = openings_of(data)
    if store.segment(leaf) is not None:
        kept = {place: store.at(leaf, place) for place in positions}
        return {place: one.body for place, one in kept.items() if one and not one.key_id}
    waiting = _of_spool(data, leaf)
    held = waiting.openings if waiting else []
    found = ((place, held[place]) for place in positions if place < len(held))
    return {place: one.body for place, one in found if one}


def _of_spool(data: Path, leaf: int) -> Contents | None:
    spool = spool_of(data)
    for sealed in spool.unmoved():
        body = spool.body(sealed.seq) if sealed.leaf == leaf else None
        if body is not None:
            return _contents(body)
    return None


def _contents(body: Body) -> Contents:
    salts = segment.split(body.salts)
    pairs = zip(salts, body.openings, strict=True)
    return Contents(segment.split(body.digests), [Opened(salt, opened) for salt, opened in pairs])
