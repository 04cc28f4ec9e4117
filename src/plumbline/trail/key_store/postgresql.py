"""The key store in a PostgreSQL database, best not the one that holds the openings."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from plumbline.trail.key_store.sqlite import unavailable
from plumbline.trail.key_store.store import SqlKeyStore


class PostgresKeyStore(SqlKeyStore):
    """Safe to use from many threads and processes. Raises `Unavailable` when the server does not answer."""

    binary = "BYTEA"
    mark = "%s"
    table = "plumbline_opening_key"

    def __init__(self, address: str) -> None:
        """Connect to ``address`` (postgresql://…) and make the table where it is not there yet."""
        import psycopg  # only an installation on PostgreSQL has the driver

        self._errors, self._address = psycopg.Error, address
        self._lock = threading.Lock()
        try:
            self._connection = psycopg.connect(address, autocommit=True)
        except psycopg.Error as error:
            raise unavailable() from error
        super().__init__()

    def _read(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                self._reconnect()
                return self._connection.execute(statement, values).fetchall()
            except self._errors as error:
                raise unavailable() from error

    def _write(self, statements: Sequence[tuple[str, Sequence[Any]]], many: Sequence[Any] = ()) -> None:
        with self._lock:
            try:
                self._reconnect()
                with self._connection.transaction(), self._connection.cursor() as cursor:
                    for statement, values in statements:
                        if many:
                            cursor.executemany(statement, many)
                        else:
                            cursor.execute(statement, values)
            except self._errors as error:
                raise unavailable() from error

    def _reconnect(self) -> None:
        # A server that was restarted ends the connection; the next question opens another.
        if self._connection.broken or self._connection.closed:
            self._connection = self._connection.connect(self._address, autocommit=True)

    def overwrite(self) -> None:
        """Take dead rows out of the table. What the server's write-ahead log still holds ages out with it."""
        with self._lock:
            try:
                self._reconnect()
                self._connection.execute(f"VACUUM {self.table}")
            except self._errors as error:
                raise unavailable() from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()
