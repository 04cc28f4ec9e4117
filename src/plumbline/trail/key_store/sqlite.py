"""The key store in a SQLite file of its own, for its owner only."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plumbline.kernel.problems import Unavailable
from plumbline.trail.key_store.store import SqlKeyStore
from plumbline.trail.private_files import make_private


class SqliteKeyStore(SqlKeyStore):
    """Safe to use from many threads and from several processes. Raises `Unavailable` when it cannot work."""

    def __init__(self, file: Path) -> None:
        """Open or make ``file``."""
        self._lock = threading.Lock()
        try:
            make_private(file)
            self._connection = sqlite3.connect(
                file, timeout=20, isolation_level=None, check_same_thread=False
            )
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "secure_delete=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            super().__init__()
        except (sqlite3.Error, OSError) as error:
            raise unavailable() from error

    def _read(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise unavailable() from error

    def _write(self, statements: Sequence[tuple[str, Sequence[Any]]], many: Sequence[Any] = ()) -> None:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                for statement, values in statements:
                    if many:
                        self._connection.executemany(statement, many)
                    else:
                        self._connection.execute(statement, values)
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.rollback()
                raise unavailable() from error

    def overwrite(self) -> None:
        """Empty the write-ahead log: it holds pages as they were before the row was overwritten."""
        with self._lock:
            try:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise unavailable() from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def unavailable() -> Unavailable:
    """The key store cannot be used at the moment."""
    return Unavailable(
        "The store of the keys of openings cannot be used now. Check PLUMBLINE_KEY_STORE and the free space."
    )
