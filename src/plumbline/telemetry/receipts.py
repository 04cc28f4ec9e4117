"""Receipts: the proof that one event was taken, from its exact bytes to a signed checkpoint.

Two steps: the event's path in its segment leads to the root that stands in the segment's leaf; the
leaf's path in the log leads to the root in the checkpoint.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from plumbline.kernel.problems import NotFound
from plumbline.telemetry import proofs, segment, segment_contents
from plumbline.telemetry.erasable_openings import Opening
from plumbline.telemetry.group_commit import log_segment
from plumbline.telemetry.openings import StoredSegment, openings_of
from plumbline.telemetry.spool import spool_of
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.openings.queries import Erased, Missing, Opened, OpeningState
from plumbline.trail.proofs import Difference, without_entry


@dataclass(frozen=True)
class EventProof:
    """Everything that ties one event to its leaf.

    ``state`` is what became of its opening; ``digest`` is its commitment, ``path`` the inclusion path in the
    segment's tree of ``count`` events, from the leaf upward.
    """

    event: UUID
    segment: UUID
    leaf: int
    position: int
    count: int
    root: bytes
    digest: bytes
    path: list[bytes]
    state: OpeningState

    @property
    def salt(self) -> bytes | None:
        """The salt of its commitment, where the opening can be read."""
        return self.state.salt if isinstance(self.state, Opened) else None

    @property
    def opening(self) -> bytes | None:
        """The exact bytes of the event, where they can be read."""
        return self.state.body if isinstance(self.state, Opened) else None

    @property
    def erased_by(self) -> int | None:
        """The trail entry that erased it, if one did."""
        return self.state.entry if isinstance(self.state, Erased) else None

    @property
    def is_missing(self) -> bool:
        """Whether its content is gone although no entry erased it, which is damage."""
        return isinstance(self.state, Missing)

    def as_dict(self) -> dict[str, Any]:
        """The proof as the API answers it: hashes in hexadecimal, opening bytes in base64."""
        return {
            "event": str(self.event),
            "segment": str(self.segment),
            "leaf": self.leaf,
            "position": self.position,
            "count": self.count,
            "root": self.root.hex(),
            "commitment": self.digest.hex(),
            "path": [step.hex() for step in self.path],
            "salt": None if self.salt is None else self.salt.hex(),
            "opening": None if self.opening is None else base64.b64encode(self.opening).decode(),
            "erased_by": self.erased_by,
            "missing": self.is_missing,
        }


def for_event(data: Path, event: UUID) -> EventProof:
    """The proof of an event, wherever it lies now. The log's part is ``trail.log.receipt(proof.leaf)``.

    Raises `NotFound` for an event that was never taken, or was taken too long ago and erased since.
    """
    return _from_openings(data, event) or _from_spool(data, event) or _not_found()


@dataclass(frozen=True)
class SegmentEvent:
    """One event of a segment: its place, its id, and what the envelope of the segment counts it under."""

    position: int
    event: UUID
    system: str
    type: str
    time: str


def sample_events(data: Path, leaf: int, count: int, each: int = 5) -> list[SegmentEvent]:
    """The first and the last ``each`` of the ``count`` events of a segment, those that are still kept."""
    positions = sorted({*range(min(each, count)), *range(max(count - each, 0), count)})
    events = []
    for position, state in segment_contents.read_events(data, leaf, positions).items():
        if not isinstance(state, Opened):
            continue
        event = json.loads(state.body)
        events.append(
            SegmentEvent(position, UUID(event["id"]), event["system"], event["type"], event["time"])
        )
    return events


def _not_found() -> EventProof:
    raise NotFound(
        "No event with this id is known. It was never accepted, or it was erased and its id forgotten."
    )


def _from_openings(data: Path, event: UUID) -> EventProof | None:
    store = openings_of(data)
    opening = store.of_event(event)
    place = (opening.leaf, opening.position) if opening else store.erased_place(event)
    stored = store.segment(place[0]) if place else None
    if place is None or stored is None:
        return None
    state = segment_contents.read_event(data, *place)
    if opening is not None:
        _verify(stored, opening, state)
    return _proof(event, stored, place[1], state)


def _verify(stored: StoredSegment, opening: Opening, state: OpeningState) -> None:
    """Raise `Altered` unless the bytes of an event, and the segment they are in, are what its entry has."""

    def compare() -> Iterator[Difference]:
        entry = committed.at([stored.leaf]).get(stored.leaf)
        if entry is None:
            yield without_entry(proofs.OPENED, f"segment {stored.leaf}", stored.leaf)
            return
        yield from proofs.segment_differences(stored, entry.view)
        yield from proofs.opening_differences(stored, opening, state)

    reading.verify(compare)


def _from_spool(data: Path, event: UUID) -> EventProof | None:
    spool = spool_of(data)
    location = spool.find(event)
    if location is None:
        return None
    sealed, position = location
    leaf = log_segment(spool, sealed) if sealed.leaf is None else sealed.leaf
    body = spool.body(sealed.seq)
    if body is None:
        stored = openings_of(data).segment(leaf)
    else:
        stored = StoredSegment(sealed.id, leaf, sealed.root, segment.split(body.digests))
    if stored is None:
        return None
    return _proof(event, stored, position, segment_contents.read_event(data, leaf, position))


def _proof(event: UUID, stored: StoredSegment, position: int, state: OpeningState) -> EventProof:
    return EventProof(
        event=event,
        segment=stored.id,
        leaf=stored.leaf,
        position=position,
        count=len(stored.digests),
        root=stored.root,
        digest=stored.digests[position],
        path=segment.path(stored.digests, position),
        state=state,
    )
