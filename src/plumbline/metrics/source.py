"""What this room asks of the evidence store: one narrow protocol, so that tests can stand in for the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from plumbline.metrics.declare import Array


class Source(Protocol):
    """Events by column. Periods are half open: ``start`` belongs to them, ``end`` does not. Times are UTC."""

    def watermark(self) -> int:
        """The last trail entry whose events are in the store; -1 for none."""
        ...

    def systems(self, since: int, until: int) -> Sequence[str]:
        """Slugs of the systems with events of trail entries after ``since`` and up to ``until``."""
        ...

    def touched(self, system: str, since: int, until: int) -> Sequence[datetime]:
        """Hours whose measures those entries change, in order: of the events themselves, and of the
        decisions that outcomes among them speak of."""
        ...

    def span(self, system: str) -> tuple[datetime, datetime] | None:
        """Time of the first and of the last event of ``system``."""
        ...

    def columns(self, system: str, start: datetime, end: datetime) -> Mapping[str, Array]:
        """Events in order of time: ``time`` (datetime64), ``type``, ``is_error``, ``review``, ``latency_ms``,
        ``tokens_in``, ``tokens_out``."""
        ...

    def truths(self, system: str, start: datetime, end: datetime) -> Mapping[str, Array]:
        """Decisions of the period whose truth is known, in order of time: ``time``, ``outcome``, ``score``,
        ``truth`` (the newest one)."""
        ...

    def features(self, system: str, start: datetime, end: datetime) -> Mapping[str, Array]:
        """Numbers of every feature in order of time: ``time``, ``name``, ``number``."""
        ...

    def values(self, system: str, feature: str, start: datetime, end: datetime) -> Array:
        """The numbers of one feature in the period."""
        ...
