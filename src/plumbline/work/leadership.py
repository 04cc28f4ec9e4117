"""Which of several workers leads: the one that holds the locks of the data folder and of the database.

The evidence store can be open in one process only, so one worker advances the whole flow. The others stand
by, with everything loaded, and try again twice a second. Both locks end with the process that holds them,
however it ends. The lock of the folder keeps its stores to one process; on PostgreSQL an advisory lock
besides keeps out a worker with another data folder.

Leading says who tries, and no more. What keeps a log from forking holds without it: the conditional update of
its head (`plumbline.trail.append_sql`) and the comparison of the guard.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from plumbline.config import Config

if TYPE_CHECKING:
    import psycopg

_log = logging.getLogger(__name__)
LOCK_FILE: Final = "worker.lock"
_POLL: Final = 0.5
"""Seconds between two tries of one that stands by, which is how late it notices that the leader is gone."""
_CLASS: Final = 0x504C4D42
"""Ours among the advisory locks of a database ("PLMB"): one to lead, and one that all who stand by share."""
_LEADING, _STANDING_BY = 1, 2
_SESSION: Final = "plumbline worker "
"""What the name of a worker's session begins with, as ``pg_stat_activity`` shows it."""
_KEEPALIVE: Final = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
"""The server notices within eleven seconds that a worker's machine is gone; by default after two hours."""
_WORKERS: Final = """
SELECT l.objid::bigint, coalesce(a.application_name, '')
FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s AND l.objid IN (1, 2)
AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Workers:
    """The worker that leads (empty: none at this moment) and how many stand by."""

    leading: str = ""
    standing_by: int = 0


class Leadership:
    """One worker's place among the others: ``with Leadership(config) as place: place.wait(over)``."""

    def __init__(self, config: Config) -> None:
        """Name the worker; nothing is locked yet."""
        self.name = f"{socket.gethostname()[:32]}-{os.getpid()}"
        self._file, self._has_database = config.data / LOCK_FILE, bool(config.database)
        self._handle: int | None = None
        self._session: psycopg.Connection[tuple[object, ...]] | None = None
        self._is_refused = False

    def __enter__(self) -> Leadership:
        """Nothing is locked before `wait` or `try_to_lead`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let another worker lead."""
        self.release()

    def wait(self, over: threading.Event) -> bool:
        """Stand by until this worker leads; ``False`` when ``over`` was set first."""
        while not over.is_set():
            if self.try_to_lead():
                return True
            over.wait(_POLL)
        return False

    def try_to_lead(self) -> bool:
        """Lead, unless another worker does or the database does not answer."""
        # The session first, since by it one that stands by is counted.
        return self._has_session() and self._lock_folder() and self._lock_database()

    def is_leading(self) -> bool:
        """Whether the locks are still held: a session that was cut off has lost the one of the database."""
        if self._session is None:
            return self._handle is not None and not self._has_database
        import psycopg

        try:
            self._session.execute("SELECT 1")
        except psycopg.Error:
            return False
        return self._handle is not None

    def release(self) -> None:
        """Give the locks back, the one of the folder last: by then its stores have to be closed."""
        self._close_session()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _close_session(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        import psycopg

        # The server notices the end of a session only a moment later; whoever asks next need not wait for it.
        with suppress(psycopg.Error):
            session.execute("SELECT pg_advisory_unlock_all()")
        session.close()

    def _has_session(self) -> bool:
        if not self._has_database or self._session is not None:
            return True
        import psycopg

        parameters = connection.get_connection_params()
        options = f"{parameters.get('options', '')} {_KEEPALIVE}"
        parameters |= {"options": options, "application_name": f"{_SESSION}{self.name}"}
        try:
            self._session = psycopg.connect(**parameters, autocommit=True)
            self._session.execute("SELECT pg_try_advisory_lock_shared(%s, %s)", (_CLASS, _STANDING_BY))
        except psycopg.Error as error:
            self._note_refusal(error)
            return False
        return True

    def _lock_folder(self) -> bool:
        if self._handle is not None:
            return True
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.pwrite(handle, self.name.encode(), 0)
        self._handle = handle
        return True

    def _lock_database(self) -> bool:
        if self._session is None:
            return True
        import psycopg

        try:
            row = self._session.execute("SELECT pg_try_advisory_lock(%s, %s)", (_CLASS, _LEADING)).fetchone()
            if row is None or not row[0]:
                return False
            self._session.execute("SELECT pg_advisory_unlock_shared(%s, %s)", (_CLASS, _STANDING_BY))
        except psycopg.Error as error:
            self._note_refusal(error)
            return False
        self._is_refused = False
        return True

    def _note_refusal(self, error: Exception) -> None:
        """Say once that the database does not answer, and take another session at the next try."""
        with suppress(OSError):
            self._close_session()
        if not self._is_refused:
            _log.warning("this worker stands by: the database does not answer (%s)", type(error).__name__)
        self._is_refused = True


def workers(config: Config) -> Workers:
    """Who leads and who stands by now; on SQLite only who leads. Raises ``DatabaseError``."""
    if not config.database:
        return Workers(_holder(config))
    with connection.cursor() as cursor:
        cursor.execute(_WORKERS, [_CLASS])
        rows = [(int(number), str(name)) for number, name in cursor.fetchall()]
    leading = next((name.removeprefix(_SESSION) for number, name in rows if number == _LEADING), "")
    return Workers(leading, sum(number == _STANDING_BY for number, _ in rows))


def _holder(config: Config) -> str:
    """What is written in the locked file; empty when nobody holds it."""
    try:
        handle = os.open(config.data / LOCK_FILE, os.O_RDONLY)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(handle, 64, 0).decode()
    finally:
        os.close(handle)
    return ""
