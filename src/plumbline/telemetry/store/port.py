"""The port of the evidence store: every question that anybody may ask of events, and the one way in.

Times are aware datetimes in UTC, windows include their start and exclude their end, hours are named by
their first instant, latencies are milliseconds. ``leaf`` is the number of the trail entry of the
segment an event came in; a reader keeps the last one it has seen as its cursor, and asks for what came
after it up to the `EvidenceStore.watermark`. Answers to the same question are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeAlias
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from plumbline.telemetry.event import StoredEvent

Numbers: TypeAlias = NDArray[np.float64]

LATENCY_EDGES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 6e4)
"""Edges in milliseconds of the 16 latency bins: below the first, between two (lower one included), from
the last."""


@dataclass(frozen=True, slots=True)
class MovedSegment:
    """A sealed segment on its way into the store."""

    id: UUID
    leaf: int
    recorded: datetime
    source: str
    events: Sequence[StoredEvent]


class HourRow(Struct, frozen=True):
    """One system in one hour of the events' own time, counted from scratch.

    ``count`` is every event but spans; ``errors`` and latencies are those of decisions and calls;
    ``outcomes_with_truth`` and ``correct`` stand in the hour of the decision that they judge;
    ``interventions`` are reviews that rejected, overrode or passed on what the system had decided.
    """

    system: str
    hour: datetime
    count: int = 0
    decisions: int = 0
    calls: int = 0
    errors: int = 0
    latency_count: int = 0
    latency_sum: float = 0.0
    latency_bins: tuple[int, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    reviews: int = 0
    overrides: int = 0
    outcomes_with_truth: int = 0
    correct: int = 0
    interventions: int = 0


class FeatureRow(Struct, frozen=True):
    """One feature of one system in one hour: its numbers (all 0 where it has none), and how many texts."""

    system: str
    hour: datetime
    feature: str
    count: int
    sum: float
    sumsq: float
    min: float
    max: float
    texts: int = 0


class Feature(Struct, frozen=True):
    """A feature that a system's events carry: how many of its values are numbers, how many text."""

    name: str
    numbers: int
    texts: int


class SystemSeen(Struct, frozen=True):
    """A system that events speak of, registered or not."""

    slug: str
    count: int
    first: datetime
    last: datetime
    first_leaf: int


class EventRow(Struct, frozen=True):
    """An event as the store holds it: no free text, only declared non-personal or pseudonymous values."""

    id: UUID
    system: str
    type: str
    time: datetime
    recorded: datetime
    leaf: int
    position: int
    segment: UUID
    model: str | None
    version: str | None
    outcome: str | None
    score: float | None
    latency_ms: float | None
    tokens_in: int | None
    tokens_out: int | None
    error: str | None
    about: UUID | None
    truth: str | None
    review: str | None
    reviewer: str | None
    is_error: bool
    operation: str | None
    streamed: bool
    tool_calls: int


class Reader(Protocol):
    """Questions about events."""

    def watermark(self) -> int:
        """The leaf number of the last segment stored; -1 when there is none."""
        ...

    def systems(self) -> list[SystemSeen]:
        """Every system that events speak of, by slug."""
        ...

    def touched(self, since_leaf: int, until_leaf: int) -> list[tuple[str, datetime]]:
        """Systems and hours whose numbers may have changed by the segments after one leaf up to another."""
        ...

    def hourly_events(self, since_leaf: int, until_leaf: int) -> list[HourRow]:
        """The touched hours, each counted from scratch over all events up to ``until_leaf``."""
        ...

    def hourly_features(self, since_leaf: int, until_leaf: int) -> list[FeatureRow]:
        """Features in the touched hours, from scratch over all events up to ``until_leaf``."""
        ...

    def features(self, system: str) -> list[Feature]:
        """The features of a system, by name."""
        ...

    def values(self, system: str, feature: str, start: datetime, end: datetime) -> Numbers:
        """Every number of a feature in the window, ascending."""
        ...

    def feature_bins(
        self, system: str, feature: str, edges: Sequence[float], start: datetime, end: datetime
    ) -> list[int]:
        """Counts of a feature's numbers between ascending ``edges``: one more count than edges.

        The first bin is below the first edge, the last from the last edge on; an edge belongs to the
        bin above it.
        """
        ...

    def categories(self, system: str, feature: str, start: datetime, end: datetime) -> dict[str, int]:
        """How often each text value of a feature occurs in the window."""
        ...

    def category_bins(
        self, system: str, feature: str, categories: Sequence[str], start: datetime, end: datetime
    ) -> list[int]:
        """How often each of ``categories`` occurs in the window, and last, how many values are none of them.

        A value that is a number is none of them.
        """
        ...

    def scores_truth(self, system: str, start: datetime, end: datetime) -> tuple[Numbers, Numbers]:
        """Scores of the decisions in the window whose truth is known as a number, and those truths.

        The truths ``true`` and ``false`` count as 1 and 0; of several outcomes the one of the latest own
        time holds, whenever it came.
        """
        ...

    def counts(self, system: str, start: datetime, end: datetime) -> dict[str, int]:
        """How many events of each type are in the window."""
        ...

    def span(self, system: str) -> tuple[datetime, datetime] | None:
        """The first and the last event time of a system; ``None`` without events."""
        ...

    def events(
        self, system: str, start: datetime, end: datetime, limit: int, type: str | None = None
    ) -> list[EventRow]:
        """At most ``limit`` events of the window, in order of their own time."""
        ...

    def event(self, id: UUID) -> EventRow | None:
        """One event, or ``None``."""
        ...

    def following(self, id: UUID, limit: int) -> list[EventRow]:
        """At most ``limit`` events that speak of this one (reviews, outcomes), in order of their own time."""
        ...


class EvidenceStore(Reader, Protocol):
    """The store as the mover sees it: questions, and the way in."""

    def append(self, segments: Sequence[MovedSegment]) -> None:
        """Add segments, in ascending order of leaf, and move the watermark, in one transaction.

        Segments that are there already are left out, so that a repeated move changes nothing.
        """
        ...

    def close(self) -> None:
        """Close the store."""
        ...
