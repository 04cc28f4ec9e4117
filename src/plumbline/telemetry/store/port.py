"""The port of the evidence store: every question that anybody may ask of events, and the one way in.

Times are aware datetimes in UTC, windows include their start and exclude their end, hours are named by
their first instant, latencies are milliseconds. ``leaf`` is the number of the trail entry of the
segment an event came in; a reader keeps the last one it has seen as its cursor, and asks for what came
after it up to the `EvidenceStore.watermark`. The same question always has the same answer.

A question is declared once, as a method of `Reader`: its annotations are what travels over the local socket
(`plumbline.telemetry.store.wire`). A column or counter is declared once, on the field of its row type.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Protocol, TypeAlias
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from plumbline.telemetry.event import StoredEvent
from plumbline.telemetry.store import event_values as read
from plumbline.telemetry.store.declarations import Bins, Column, Count, Expression, Sum

Numbers: TypeAlias = NDArray[np.float64]

LATENCY_EDGES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 6e4)
"""Edges in milliseconds of the 16 latency bins: below the first, between two (lower one included), from
the last."""


@dataclass(frozen=True, slots=True)
class MovedSegment:
    """A sealed segment on its way into the store.

    ``positions`` are the places of ``events`` in the segment where some of it were erased before they came.
    """

    id: UUID
    leaf: int
    recorded: datetime
    source: str
    events: Sequence[StoredEvent]
    positions: Sequence[int] | None = None
    size: int | None = None
    """How many events the segment was sealed with, where some of it were erased."""

    @property
    def places(self) -> Sequence[int]:
        """The place of each event in the segment."""
        return range(len(self.events)) if self.positions is None else self.positions


_INFERENCE: Final = "is_inference"
_JUDGED: Final = "truth_known IS NOT NULL AND outcome IS NOT NULL"


class HourRow(Struct, frozen=True):
    """One system in one hour of the events' own time, counted from scratch.

    Each counter is declared on its field, and nowhere else. Besides the columns of `EventRow` the conditions
    may use ``is_inference`` (a decision or a call) and ``truth_known`` (for a decision, the truth that
    later outcomes report of it). ``count`` is every event but spans; ``outcomes_with_truth`` and ``correct``
    belong to the hour of the decision they judge; ``interventions`` are reviews that did not simply approve.
    """

    system: Annotated[str, Expression("system")]
    hour: Annotated[datetime, Expression("hour")]
    count: Annotated[int, Count("type <> 'span'")] = 0
    decisions: Annotated[int, Count("type = 'decision'")] = 0
    calls: Annotated[int, Count("type = 'call'")] = 0
    errors: Annotated[int, Count(f"{_INFERENCE} AND is_error")] = 0
    latency_count: Annotated[int, Count(f"{_INFERENCE} AND latency_ms IS NOT NULL")] = 0
    latency_sum: Annotated[float, Sum("latency_ms", _INFERENCE)] = 0.0
    latency_bins: Annotated[tuple[int, ...], Bins("latency_ms", LATENCY_EDGES, _INFERENCE)] = ()
    tokens_in: Annotated[int, Sum("tokens_in", _INFERENCE)] = 0
    tokens_out: Annotated[int, Sum("tokens_out", _INFERENCE)] = 0
    reviews: Annotated[int, Count("type = 'review'")] = 0
    overrides: Annotated[int, Count("type = 'review' AND review = 'override'")] = 0
    outcomes_with_truth: Annotated[int, Count(_JUDGED)] = 0
    correct: Annotated[int, Count(f"{_JUDGED} AND truth_known = outcome")] = 0
    interventions: Annotated[
        int, Count("type = 'review' AND review IN ('reject', 'override', 'escalate')")
    ] = 0


class FeatureRow(Struct, frozen=True):
    """One feature of one system in one hour: its numbers (all 0 where it has none), and how many texts."""

    system: Annotated[str, Expression("system")]
    hour: Annotated[datetime, Expression("hour")]
    feature: Annotated[str, Expression("name")]
    count: Annotated[int, Count("number IS NOT NULL")]
    sum: Annotated[float, Sum("number")]
    sumsq: Annotated[float, Sum("number * number")]
    min: Annotated[float, Expression("coalesce(min(number), 0)")]
    max: Annotated[float, Expression("coalesce(max(number), 0)")]
    texts: Annotated[int, Count("text IS NOT NULL")] = 0


class Feature(Struct, frozen=True):
    """A feature that a system's events carry: how many of its values are numbers, how many text."""

    name: Annotated[str, Expression("name")]
    numbers: Annotated[int, Count("number IS NOT NULL")]
    texts: Annotated[int, Count("text IS NOT NULL")]


class SystemSeen(Struct, frozen=True):
    """A system that events speak of, registered or not."""

    slug: Annotated[str, Expression("system")]
    count: Annotated[int, Expression("count(*)")]
    first: Annotated[datetime, Expression("min(time)")]
    last: Annotated[datetime, Expression("max(time)")]
    first_leaf: Annotated[int, Expression("min(leaf)")]


class Receipts(Struct, frozen=True):
    """When the events of a window were received.

    ``until`` is the time of the newest receipt, ``None`` without events. An outcome that was reported later
    counts here for the decision it judges. ``late`` is how many events of the window came after its close.
    """

    until: datetime | None
    late: int


class EventRow(Struct, frozen=True):
    """An event as the store holds it: no free text, only declared non-personal or pseudonymous values.

    The fields are the columns of the table ``events``, each with how it is read from an event. ``recorded``,
    ``leaf``, ``position`` and ``segment`` come from the segment the event arrived in.
    """

    id: Annotated[UUID, Column("UUID", read.id_text)]
    system: Annotated[str, Column("VARCHAR", read.field("system"))]
    type: Annotated[str, Column("VARCHAR", read.field("type"))]
    time: Annotated[datetime, Column("TIMESTAMP", read.own_time)]
    recorded: Annotated[datetime, Column("TIMESTAMP")]
    leaf: Annotated[int, Column("BIGINT")]
    position: Annotated[int, Column("INTEGER")]
    segment: Annotated[UUID, Column("UUID")]
    model: Annotated[str | None, Column("VARCHAR", read.field("model.name"))]
    version: Annotated[str | None, Column("VARCHAR", read.field("model.version"))]
    outcome: Annotated[str | None, Column("VARCHAR", read.field("outcome"))]
    score: Annotated[float | None, Column("DOUBLE", read.field("score"))]
    latency_ms: Annotated[float | None, Column("DOUBLE", read.field("latency_ms"))]
    tokens_in: Annotated[int | None, Column("BIGINT", read.field("tokens.input"))]
    tokens_out: Annotated[int | None, Column("BIGINT", read.field("tokens.output"))]
    error: Annotated[str | None, Column("VARCHAR", read.error_class)]
    about: Annotated[UUID | None, Column("UUID", read.about_text)]
    truth: Annotated[str | None, Column("VARCHAR", read.truth_text)]
    review: Annotated[str | None, Column("VARCHAR", read.field("review.decision"))]
    reviewer: Annotated[str | None, Column("VARCHAR", read.field("review.reviewer"))]
    is_error: Annotated[bool, Column("BOOLEAN", read.is_error)]
    operation: Annotated[str | None, Column("VARCHAR", read.operation)]
    streamed: Annotated[bool, Column("BOOLEAN", read.is_streamed)]
    tool_calls: Annotated[int, Column("INTEGER", read.tool_calls)]


class FeatureValue(Struct, frozen=True):
    """One feature of one event, as the table ``features`` holds it; a value is a number or a text."""

    event_id: Annotated[UUID, Column("UUID")]
    leaf: Annotated[int, Column("BIGINT")]
    name: Annotated[str, Column("VARCHAR")]
    number: Annotated[float | None, Column("DOUBLE")]
    text: Annotated[str | None, Column("VARCHAR")]


class SegmentRow(Struct, frozen=True):
    """One segment, as the table ``segments`` holds it."""

    id: Annotated[UUID, Column("UUID")]
    leaf: Annotated[int, Column("BIGINT")]
    count: Annotated[int, Column("INTEGER")]
    source: Annotated[str, Column("VARCHAR")]


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

    def events_in_hours(self, hours: list[tuple[str, datetime]], until_leaf: int) -> list[HourRow]:
        """These hours of systems, each counted from scratch over all events up to ``until_leaf``."""
        ...

    def features_in_hours(self, hours: list[tuple[str, datetime]], until_leaf: int) -> list[FeatureRow]:
        """Features in these hours of systems, from scratch over all events up to ``until_leaf``."""
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

    def bins_by_day(
        self,
        system: str,
        feature: str,
        edges: Sequence[float],
        categories: Sequence[str],
        start: datetime,
        end: datetime,
    ) -> list[tuple[int, list[int]]]:
        """The counts of `feature_bins`, or with ``categories`` those of `category_bins`, by run of 24 hours.

        Runs are numbered from 0, which begins at ``start``; those without a value are left out.
        """
        ...

    def bins_by_group(
        self,
        system: str,
        feature: str,
        edges: Sequence[float],
        categories: Sequence[str],
        group: str,
        start: datetime,
        end: datetime,
    ) -> dict[str, list[int]]:
        """The same counts over the whole window, apart for each text of the feature ``group``."""
        ...

    def scores_truth(self, system: str, start: datetime, end: datetime) -> tuple[Numbers, Numbers]:
        """Scores of the decisions in the window whose truth is known as a number, and those truths.

        The truths ``true`` and ``false`` count as 1 and 0; of several outcomes the one of the latest own
        time holds, whenever it came.
        """
        ...

    def reviewers(self, system: str, start: datetime, end: datetime) -> list[tuple[int, int]]:
        """Reviews and interventions of each reviewer in the window, of the busiest first.

        Nobody is named: whoever asks learns how many there are and what they did, and not who it was.
        """
        ...

    def undecided(self, system: str) -> int:
        """Decisions of a system that a person has escalated to somebody else and that nobody has decided
        since: those whose last review says so."""
        ...

    def counts(self, system: str, start: datetime, end: datetime) -> dict[str, int]:
        """How many events of each type are in the window."""
        ...

    def receipts(self, system: str, start: datetime, end: datetime, closed: datetime) -> Receipts:
        """When the events of a window were received, and how many of them after ``closed``."""
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

    def speaking_of(self, ids: list[UUID]) -> list[tuple[UUID, int, int]]:
        """Id, leaf and place of every event that speaks of one of these (reviews, outcomes)."""
        ...

    def following(self, id: UUID, limit: int) -> list[EventRow]:
        """At most ``limit`` events that speak of this one (reviews, outcomes), in order of their own time."""
        ...

    def copy_to(self, file: str, before_leaf: int) -> int:
        """Copy every segment with a lower leaf number into the new ``file`` (absolute), as of one moment.

        Nothing changes in the store. Answers how many events were copied.
        """
        ...

    def stored(self, first_leaf: int, stop_leaf: int) -> list[EventRow]:
        """Every row of the segments from one leaf to before another, for comparing them with their events."""
        ...

    def stored_features(self, first_leaf: int, stop_leaf: int) -> list[FeatureValue]:
        """Every value of a feature in these segments."""
        ...

    def stored_segments(self, first_leaf: int, stop_leaf: int) -> list[SegmentRow]:
        """These segments, in order."""
        ...


class EvidenceStore(Reader, Protocol):
    """The store as the mover sees it: questions, and the way in."""

    def segment_count(self) -> int:
        """How many segments it has."""
        ...

    def append(self, segments: Sequence[MovedSegment]) -> None:
        """Add segments, in ascending order of leaf, and move the watermark, in one transaction.

        Segments that are there already are left out, so that a repeated move changes nothing.
        """
        ...

    def erase(self, ids: Collection[UUID]) -> None:
        """Delete the rows of these events, and leave nothing of them in the files of the store."""
        ...

    def close(self) -> None:
        """Close the store."""
        ...
