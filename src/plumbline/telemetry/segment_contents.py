"""What a sealed segment holds, wherever it lies now: in the opening store, or still in the spool.

The one way to read the opening of an event. As with openings of entries (`plumbline.trail.openings`) it is
readable, erased by an entry of the trail, or missing, which is damage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plumbline.telemetry import segment
from plumbline.telemetry.openings import Opening, openings_of
from plumbline.telemetry.spool import Body, spool_of
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.openings.queries import Erased, Missing, Opened, OpeningState


@dataclass(frozen=True, slots=True)
class SegmentContents:
    """A segment's commitment digests in order, and what became of the opening of each event."""

    digests: list[bytes]
    openings: list[OpeningState]


def read_segment(data: Path, leaf: int) -> SegmentContents | None:
    """The segment that the trail entry ``leaf`` seals; ``None`` when nothing of it is stored here."""
    store = openings_of(data)
    stored = store.segment(leaf)
    if stored is None:
        return _from_spool(data, leaf)
    states: dict[int, OpeningState] = {
        position: _state_of(opening) for position, opening in store.of_segment(leaf).items()
    }
    places = range(len(stored.digests))
    gone = _gone(leaf, [place for place in places if not isinstance(states.get(place), Opened)], states)
    return SegmentContents(stored.digests, [gone.get(place) or states[place] for place in places])


def read_event(data: Path, leaf: int, position: int) -> OpeningState:
    """What became of the opening of the event at a position of a segment."""
    return read_events(data, leaf, [position])[position]


def read_events(data: Path, leaf: int, positions: Iterable[int]) -> dict[int, OpeningState]:
    """What became of the openings of the events at these places of a segment."""
    store, wanted = openings_of(data), list(positions)
    found: dict[int, OpeningState] = {}
    if store.segment(leaf) is not None:
        for position in wanted:
            opening = store.at(leaf, position)
            if opening is not None:
                found[position] = _state_of(opening)
    elif spooled := _from_spool(data, leaf):
        stored = spooled.openings
        found = {position: stored[position] for position in wanted if position < len(stored)}
    return found | _gone(leaf, [at for at in wanted if not isinstance(found.get(at), Opened)], found)


def _state_of(opening: Opening) -> Opened | Missing:
    return Missing("no-key") if opening.key_id else Opened(opening.salt, opening.body)


def _gone(leaf: int, places: list[int], found: dict[int, OpeningState]) -> dict[int, OpeningState]:
    """What became of events that cannot be read: erased by an entry that names them, or missing."""
    erased = erasures.of_segment(leaf) if places else {}
    return {
        place: Erased(erased[place]) if place in erased else found.get(place, Missing("absent"))
        for place in places
    }


def _from_spool(data: Path, leaf: int) -> SegmentContents | None:
    spool = spool_of(data)
    for sealed in spool.unmoved():
        body = spool.body(sealed.seq) if sealed.leaf == leaf else None
        if body is not None:
            return _from_body(body)
    return None


def _from_body(body: Body) -> SegmentContents:
    pairs = zip(segment.split(body.salts), body.openings, strict=True)
    return SegmentContents(segment.split(body.digests), [Opened(salt, opened) for salt, opened in pairs])
