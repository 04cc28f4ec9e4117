"""A test database as it was after its migrations, again and again, for a fraction of what emptying it costs.

Django empties every table after a test that commits, and makes anew what its applications want in an empty
database. Here SQLite gets back the pages of a copy in memory; in PostgreSQL only tables that have rows now
and had none are emptied.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_ATTEMPTS = 400
"""How often a copy is tried while another connection still writes; a quarter of a second lies between."""


def restorer(connection: BaseDatabaseWrapper) -> Callable[[], None]:
    """Remember the database as it is now; the answer brings it back to that."""
    return _sqlite(connection) if connection.vendor == "sqlite" else _postgresql(connection)


def _sqlite(connection: BaseDatabaseWrapper) -> Callable[[], None]:
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(kept)

    def restore() -> None:
        connection.ensure_connection()
        copy(kept, connection.connection)

    return restore


def copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Replace all of ``target`` by ``source``. Fails when another connection keeps ``target`` locked."""
    left = _ATTEMPTS

    def tried(*_: object) -> None:
        nonlocal left
        left -= 1
        assert left, "a connection that a test has left open keeps the database locked"

    source.backup(target, progress=tried)


class Snapshot:
    """An installation in SQLite at a moment when nobody writes: its database and its data folder."""

    def __init__(self, connection: BaseDatabaseWrapper, data: Path, kept: Path) -> None:
        """Copy the folder ``data`` to ``kept``, which must not be there yet, and the database into memory."""
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self._database)
        self._folder = kept
        shutil.copytree(data, kept, ignore=shutil.ignore_patterns("*-shm"))  # made anew

    def restore(self, connection: BaseDatabaseWrapper, data: Path) -> None:
        """Bring both back, the folder to ``data``."""
        connection.ensure_connection()
        copy(self._database, connection.connection)
        shutil.copytree(self._folder, data, dirs_exist_ok=True)


def _postgresql(connection: BaseDatabaseWrapper) -> Callable[[], None]:
    from plumbline.records import guard

    with guard.opened("test teardown"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = sorted(name for (name,) in cursor.fetchall())
        kept = set(_with_rows(cursor, tables))
    emptied = [name for name in tables if name not in kept]

    def restore() -> None:
        with guard.opened("test teardown"), connection.cursor() as cursor:
            if found := _with_rows(cursor, emptied):
                names = ", ".join(f'"{name}"' for name in found)
                cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")

    return restore


def _with_rows(cursor: Any, tables: list[str]) -> list[str]:
    """Which of the tables have rows."""
    cursor.execute(
        " UNION ALL ".join(f"(SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\"))" for name in tables)
    )
    return [name for (name,) in cursor.fetchall()]
