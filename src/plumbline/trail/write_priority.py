"""Foreground writes go before background ones.

SQLite has one writer and no queue: whoever waits asks again at intervals of up to a tenth of a second, so
work that commits and begins again at once can keep others out for seconds. Foreground writers (ingest, a
person's request) therefore hold a shared lock on a file while they wait and write; background work (imports,
the flow) waits between two of its pieces until nobody holds it. PostgreSQL queues its writers itself.
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
"""Seconds between two looks at the lock: flock can wait, but not with a limit."""
LONGEST_WAIT = 1.0
"""Seconds that background work waits at most, since a steady stream of foreground work must not stop it."""


def _lock_file() -> Path | None:
    config = settings.PLUMBLINE
    return None if config.database else config.data / "write_priority.lock"


@contextmanager
def foreground() -> Iterator[None]:
    """Around work that somebody waits for; several may hold the lock at once."""
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
    """Whether foreground work waits at this moment; background work then ends its present piece."""
    file = _lock_file()
    if file is None:
        return False
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # An exclusive lock is refused while anybody holds a shared one, and given back at once.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def yield_to_foreground() -> None:
    """Between two pieces of background work: wait until no foreground work does, at most `LONGEST_WAIT`."""
    until = time.monotonic() + LONGEST_WAIT
    while foreground_waiting() and time.monotonic() < until:
        time.sleep(_POLL_INTERVAL)
