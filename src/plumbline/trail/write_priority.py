"""Whose turn it is to write: long work lets short work go first.

SQLite has one writer and no queue: whoever waits asks again at intervals of up to a tenth of a second, so
work that commits and begins again at once can keep others out for seconds. Short writers (ingest, a
person's request) therefore hold a shared lock on a file while they wait and write; between two of its
pieces, long work (imports, the flow) waits until nobody holds it. PostgreSQL queues its writers itself.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_POLL_INTERVAL = 0.004
LONGEST_WAIT = 1.0
"""Seconds that long work waits at most; a steady stream of short work must not stop it for good."""


def _lock_file() -> Path | None:
    config = settings.PLUMBLINE
    return None if config.database else config.data / "write_priority.lock"


@contextmanager
def foreground() -> Iterator[None]:
    """Around short work that somebody waits for."""
    file = _lock_file()
    if file is None:
        yield
        return
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def foreground_waiting() -> bool:
    """Whether short work waits at this moment: long work then ends the piece that it is at."""
    file = _lock_file()
    if file is None:
        return False
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def yield_to_foreground() -> None:
    """Between two pieces of long work: wait until no short work waits, `LONGEST_WAIT` seconds at most."""
    until = time.monotonic() + LONGEST_WAIT
    while foreground_waiting() and time.monotonic() < until:
        time.sleep(_POLL_INTERVAL)
