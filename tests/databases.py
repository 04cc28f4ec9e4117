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
    """An installation at a moment when nobody writes: its database and its data folder."""

    def __init__(self, connection: BaseDatabaseWrapper, data: Path, kept: Path) -> None:
        """Copy the folder ``data`` to ``kept``, which must not be there yet, and the database."""
        self._restore = _sqlite(connection) if connection.vendor == "sqlite" else _rows(connection)
        self._folder = kept
        shutil.copytree(data, kept, ignore=shutil.ignore_patterns("*-shm"))  # made anew

    def restore(self, data: Path) -> None:
        """Bring both back, the folder to ``data``; the database is as `restorer` leaves it."""
        self._restore()
        shutil.copytree(self._folder, data, dirs_exist_ok=True)


def _rows(connection: BaseDatabaseWrapper) -> Callable[[], None]:
    """Keep the rows of PostgreSQL's tables in a schema beside them; the answer puts them back."""
    from plumbline.records import guard

    with guard.opened("test snapshot"), connection.cursor() as cursor:
        # Several suites of one process may each keep an installation in the same database.
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'kept_%'")
        schema = f"kept_{cursor.fetchone()[0]}"
        cursor.execute(f"CREATE SCHEMA {schema}")
        filled = _with_rows(cursor, _tables(cursor))
        for name in filled:
            cursor.execute(f'CREATE TABLE {schema}."{name}" AS TABLE "{name}"')
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
        )
        reached = {name: last for name, last in cursor.fetchall() if last is not None}
    back = [f'INSERT INTO "{name}" TABLE {schema}."{name}" ON CONFLICT DO NOTHING' for name in filled]
    counted = [f"SELECT setval('\"{name}\"', {last})" for name, last in reached.items()]
    # As a replica the server looks at no reference between rows, so that they may come in any order.
    script = ["SET session_replication_role = replica", *back, *counted, "RESET session_replication_role"]

    def restore() -> None:
        with guard.opened("test snapshot"), connection.cursor() as cursor:
            cursor.execute("; ".join(script))

    return restore


def _tables(cursor: Any) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return sorted(name for (name,) in cursor.fetchall())


def _postgresql(connection: BaseDatabaseWrapper) -> Callable[[], None]:
    from plumbline.records import guard

    with guard.opened("test teardown"), connection.cursor() as cursor:
        tables = _tables(cursor)
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
