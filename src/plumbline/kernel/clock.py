"""The one source of the time at which something is recorded: UTC, never going back within a process.

Tests and replays set it with `frozen`; nothing else may ask the operating system for the time of a record.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_lock = threading.Lock()
_last = datetime(1970, 1, 1, tzinfo=UTC)
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant in UTC, to the microsecond; never earlier than an answer given before."""
    global _last
    if _frozen is not None:
        return _frozen
    # A clock that is set back would otherwise date an entry before the one it follows, and the trail would
    # refuse to write until the old time is reached again.
    with _lock:
        _last = max(_last, datetime.now(UTC))
        return _last


def in_utc(instant: datetime) -> datetime:
    """``instant`` in UTC. One without a zone is in UTC already: SQLite and DuckDB store no zone."""
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Make `now` answer ``instant`` inside the block; for tests and replays."""
    global _frozen
    before, _frozen = _frozen, instant.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def rfc3339(instant: datetime) -> str:
    """``instant`` as an RFC 3339 text in UTC with microseconds: ``2026-11-20T10:00:00.000000Z``."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The instant that an RFC 3339 text with a zone names. Raises ``ValueError`` for anything else."""
    # `fromisoformat` takes far more than RFC 3339: bare dates, week dates, times without separators.
    if len(text) < 20 or text[10] not in "Tt ":
        raise ValueError("not an RFC 3339 time with a zone")
    instant = datetime.fromisoformat(text.upper())
    if instant.tzinfo is None:
        raise ValueError("the time has no zone")
    return instant.astimezone(UTC)
