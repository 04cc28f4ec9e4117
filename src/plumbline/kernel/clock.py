"""The one source of the time of recording: UTC, and it never goes back within a process."""

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
    with _lock:
        _last = max(_last, datetime.now(UTC))
        return _last


def in_utc(instant: datetime) -> datetime:
    """``instant`` in UTC; one without a zone is: SQLite and DuckDB keep UTC without saying so."""
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
    if len(text) < 20 or text[10] not in "Tt ":
        raise ValueError("not an RFC 3339 time with a zone")
    instant = datetime.fromisoformat(text.upper())
    if instant.tzinfo is None:
        raise ValueError("the time has no zone")
    return instant.astimezone(UTC)
