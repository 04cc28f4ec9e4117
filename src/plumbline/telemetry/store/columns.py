"""Segments as arrays, one per column, the fastest way into the analytical store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from plumbline.telemetry.store.declarations import columns
from plumbline.telemetry.store.event_values import naive
from plumbline.telemetry.store.port import EventRow, MovedSegment

Columns = dict[str, Any]
EVENT_COLUMNS: Final = columns(EventRow)
EVENT_KINDS: Final = {name: column.kind for name, column in EVENT_COLUMNS.items()}
FEATURE_KINDS: Final = {
    "event_id": "UUID", "system": "VARCHAR", "time": "TIMESTAMP", "leaf": "BIGINT",
    "name": "VARCHAR", "number": "DOUBLE", "text": "VARCHAR",
}  # fmt: skip


def event_columns(segments: Sequence[MovedSegment]) -> Columns:
    """The events of ``segments``, in order, as one array per column."""
    events = [event for segment in segments for event in segment.events]
    arrays = {
        name: _array(column.kind, [column.read(event) for event in events])
        for name, column in EVENT_COLUMNS.items()
        if column.read is not None
    }
    sizes = [len(segment.events) for segment in segments]
    recorded = np.array([naive(segment.recorded) for segment in segments], dtype="datetime64[us]")
    return arrays | {
        "recorded": np.repeat(recorded, sizes),
        "leaf": np.repeat(np.array([segment.leaf for segment in segments], dtype=np.int64), sizes),
        "segment": np.repeat(np.array([str(segment.id) for segment in segments], dtype=object), sizes),
        "position": np.concatenate([np.array(segment.places, dtype=np.int32) for segment in segments]),
    }


def _feature_rows(segments: Sequence[MovedSegment]) -> Iterator[tuple[Any, ...]]:
    for segment in segments:
        for event in segment.events:
            if not event.features:
                continue
            key, time = str(event.id), naive(event.time)
            for name, value in event.features.items():
                number, text = (None, value) if isinstance(value, str) else (value, None)
                yield key, event.system, time, segment.leaf, name, number, text


def feature_columns(segments: Sequence[MovedSegment]) -> Columns | None:
    """The features of the events as one array per column; ``None`` when there are none."""
    rows = list(_feature_rows(segments))
    if not rows:
        return None
    return {
        name: _array(kind, list(values))
        for (name, kind), values in zip(FEATURE_KINDS.items(), zip(*rows, strict=True), strict=True)
    }


def _array(kind: str, values: list[Any]) -> Any:
    if kind == "TIMESTAMP":
        return np.array(values, dtype="datetime64[us]")
    if kind == "BOOLEAN":
        return np.array(values, dtype=bool)
    if kind in ("DOUBLE", "BIGINT", "INTEGER"):
        dtype = np.float64 if kind == "DOUBLE" else np.int64
        # A mask instead of NaN: a measured NaN and a missing value must stay different things.
        missing = np.array([value is None for value in values], dtype=bool)
        return np.ma.array(
            np.array([0 if value is None else value for value in values], dtype=dtype), mask=missing
        )
    return np.array(values, dtype=object)
