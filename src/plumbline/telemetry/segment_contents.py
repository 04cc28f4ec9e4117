"""What a sealed segment holds, wherever it lies now: in the opening store, or still in the spool.

The one way to read the opening of an event. As with openings of entries (`plumbline.trail.openings`) it is
readable, erased by an entry of the trail, or missing, which is damage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plumbline.telemetry import segment
from plumbline.telemetry.openings import openings_of, states_of
from plumbline.telemetry.spool import spool_of
from plumbline.telemetry.spool_body import Body
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
    stored_openings = store.of_segment(leaf)
    states: dict[int, OpeningState] = dict(
        zip(stored_openings, states_of(stored_openings.values()), strict=True)
    )
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
        rows = [row for position in wanted if (row := store.at(leaf, position)) is not None]
        found = {row.position: state for row, state in zip(rows, states_of(rows), strict=True)}
    elif spooled := _from_spool(data, leaf):
        stored = spooled.openings
        found = {at: stored[at] for at in wanted if at < len(stored)}
    return found | _gone(leaf, [at for at in wanted if not isinstance(found.get(at), Opened)], found)


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
            return _from_body(leaf, body)
    return None


def _from_body(leaf: int, body: Body) -> SegmentContents:
    pairs = zip(segment.split(body.salts), body.openings, strict=True)
    # Of an erased event an empty opening is left, until the segment moves.
    states: dict[int, OpeningState] = {
        at: Opened(salt, opened) for at, (salt, opened) in enumerate(pairs) if opened
    }
    places = range(len(body.openings))
    gone = _gone(leaf, [at for at in places if at not in states], states)
    return SegmentContents(segment.split(body.digests), [states.get(at) or gone[at] for at in places])
