"""Events as columns for the analytical store: what may be kept there, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from plumbline.telemetry.event import StoredEvent
from plumbline.telemetry.store.port import MovedSegment

Columns = dict[str, Any]
EVENT_COLUMNS: Final[dict[str, str]] = {
    "id": "UUID", "system": "VARCHAR", "type": "VARCHAR", "time": "TIMESTAMP", "recorded": "TIMESTAMP",
    "leaf": "BIGINT", "position": "INTEGER", "segment": "UUID", "model": "VARCHAR", "version": "VARCHAR",
    "outcome": "VARCHAR", "score": "DOUBLE", "latency_ms": "DOUBLE",
    "tokens_in": "BIGINT", "tokens_out": "BIGINT",
    "error": "VARCHAR", "about": "UUID", "truth": "VARCHAR", "review": "VARCHAR", "reviewer": "VARCHAR",
    "is_error": "BOOLEAN", "operation": "VARCHAR", "streamed": "BOOLEAN", "tool_calls": "INTEGER",
}  # fmt: skip
FEATURE_COLUMNS: Final[dict[str, str]] = {
    "event_id": "UUID", "system": "VARCHAR", "time": "TIMESTAMP", "leaf": "BIGINT",
    "name": "VARCHAR", "number": "DOUBLE", "text": "VARCHAR",
}  # fmt: skip
_ERROR_CLASS = re.compile(r"[A-Za-z_][\w.]{0,79}(?=:|\Z)")


def error_class(text: str) -> str:
    """The class of an error: the word before its first colon, else ``error``. Its message stays sealed."""
    word = _ERROR_CLASS.match(text)
    return word[0] if word else "error"


def truth_text(truth: float | str) -> str:
    """A truth as the text it is compared as: whole numbers without a point."""
    if isinstance(truth, str):
        return truth
    return str(int(truth)) if truth == int(truth) else repr(truth)


def naive(instant: datetime) -> datetime:
    """The instant in UTC without its zone, as the store keeps it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def _event_row(event: StoredEvent) -> tuple[Any, ...]:
    model, tokens, review, more = event.model, event.tokens, event.review, event.attributes or {}
    operation, tools = more.get("operation"), more.get("tool_calls")
    return (
        str(event.id),
        event.system,
        event.type,
        naive(event.time),
        model.name if model else None,
        model.version if model else None,
        event.outcome,
        event.score,
        event.latency_ms,
        tokens.input if tokens else None,
        tokens.output if tokens else None,
        None if event.error is None else error_class(event.error),
        str(event.about) if event.about else None,
        None if event.truth is None else truth_text(event.truth),
        review.decision if review else None,
        review.reviewer if review else None,
        event.error is not None,
        operation if isinstance(operation, str) else None,
        more.get("streamed") is True,
        tools if isinstance(tools, int) and 0 <= tools < 1_000_000 else 0,
    )


_FROM_EVENT: Final = [
    name for name in EVENT_COLUMNS if name not in {"recorded", "leaf", "position", "segment"}
]


def event_columns(segments: Sequence[MovedSegment]) -> Columns:
    """The events of ``segments``, in order, as one array per column."""
    rows = [_event_row(event) for segment in segments for event in segment.events]
    columns = {
        name: _array(EVENT_COLUMNS[name], [row[at] for row in rows]) for at, name in enumerate(_FROM_EVENT)
    }
    sizes = [len(segment.events) for segment in segments]
    recorded = np.array([naive(segment.recorded) for segment in segments], dtype="datetime64[us]")
    columns["recorded"] = np.repeat(recorded, sizes)
    columns["leaf"] = np.repeat(np.array([segment.leaf for segment in segments], dtype=np.int64), sizes)
    columns["segment"] = np.repeat(np.array([str(segment.id) for segment in segments], dtype=object), sizes)
    columns["position"] = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    return columns


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
        for (name, kind), values in zip(FEATURE_COLUMNS.items(), zip(*rows, strict=True), strict=True)
    }


def _array(kind: str, values: list[Any]) -> Any:
    if kind == "TIMESTAMP":
        return np.array(values, dtype="datetime64[us]")
    if kind == "BOOLEAN":
        return np.array(values, dtype=bool)
    if kind in ("DOUBLE", "BIGINT", "INTEGER"):
        dtype = np.float64 if kind == "DOUBLE" else np.int64
        missing = np.array([value is None for value in values], dtype=bool)
        return np.ma.array(
            np.array([0 if value is None else value for value in values], dtype=dtype), mask=missing
        )
    return np.array(values, dtype=object)
