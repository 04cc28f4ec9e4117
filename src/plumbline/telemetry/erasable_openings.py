"""The part of the opening store that finds and deletes what is erased."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from plumbline.trail.key_store.store import in_chunks

_COLUMNS: Final = "event, leaf, position, salt, body, key_id"


@dataclass(frozen=True, slots=True)
class Opening:
    """One event as it is stored, encrypted where it has a ``key_id``, and where it stands."""

    event: UUID
    leaf: int
    position: int
    salt: bytes
    body: bytes
    key_id: str = ""


class ErasableOpenings:
    """Erasing in the opening store; see `plumbline.telemetry.erasure.commands` for the order."""

    _lock: threading.RLock
    _connection: sqlite3.Connection

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """One transaction in which nobody else writes, nor encrypts under a key that it destroys."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.execute("COMMIT")

    def under_keys(self, keys: Collection[str]) -> list[tuple[UUID, int, int]]:
        """Id, leaf and place of every event that is encrypted under one of these keys of persons."""
        # The bound lets SQLite use the index of persons' keys, which is a fraction of the table.
        select = "SELECT event, leaf, position FROM opening WHERE key_id >= 'p' AND key_id IN ({})"
        return [row for part in in_chunks(keys) for row in self._places(select, part)]

    def before(self, leaf: int) -> list[tuple[UUID, int, int]]:
        """Id, leaf and place of every event of the segments of earlier entries."""
        return self._places("SELECT event, leaf, position FROM opening WHERE leaf < {}", [leaf])

    def any_before(self, leaf: int) -> bool:
        """Whether there is an event of the segment of an earlier entry."""
        with self._lock:
            statement = "SELECT EXISTS (SELECT 1 FROM opening WHERE leaf < ?)"
            return bool(self._connection.execute(statement, (leaf,)).fetchone()[0])

    def _places(self, select: str, values: Sequence[Any]) -> list[tuple[UUID, int, int]]:
        marks = ", ".join("?" * len(values))
        with self._lock:
            rows = self._connection.execute(select.format(marks), values).fetchall()
        return [(UUID(bytes=event), leaf, position) for event, leaf, position in rows]

    def unencrypted(self) -> Iterator[Opening]:
        """Every opening that an earlier version stored unencrypted, read in pieces."""
        leaf, position = -1, -1
        while True:
            with self._lock:
                rows = self._connection.execute(
                    f"SELECT {_COLUMNS} FROM opening WHERE key_id = '' AND (leaf, position) > (?, ?)"  # noqa: S608
                    " ORDER BY leaf, position LIMIT 1000",
                    (leaf, position),
                ).fetchall()
            if not rows:
                return
            yield from (Opening(UUID(bytes=row[0]), *row[1:]) for row in rows)
            leaf, position = rows[-1][1:3]

    def keys_of(self, places: Mapping[int, Collection[int]]) -> list[str]:
        """The keys under which events at these places are encrypted."""
        found: set[str] = set()
        with self._lock:
            for leaf, positions in places.items():
                rows = self._connection.execute(
                    "SELECT position, key_id FROM opening WHERE leaf = ? AND key_id <> ''", (leaf,)
                )
                found.update(key for position, key in rows if position in positions)
        return sorted(found)

    def others_under(self, key: str, places: Mapping[int, Collection[int]]) -> list[Opening]:
        """The openings under a person's key that are not at these places."""
        with self._lock:
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM opening WHERE key_id >= 'p' AND key_id = ?",  # noqa: S608
                (key,),
            ).fetchall()
        openings = [Opening(UUID(bytes=row[0]), *row[1:]) for row in rows]
        return [opening for opening in openings if opening.position not in places.get(opening.leaf, ())]

    def is_used(self, key: str) -> bool:
        """Whether anything is encrypted under a key."""
        with self._lock:
            statement = "SELECT EXISTS (SELECT 1 FROM opening WHERE key_id = ?)"
            return bool(self._connection.execute(statement, (key,)).fetchone()[0])

    def replace(self, rows: Sequence[tuple[str, bytes, int, int]]) -> None:
        """Store openings as they are encrypted anew: key, bytes, leaf and place."""
        self._connection.executemany(
            "UPDATE opening SET key_id = ?, body = ?, salt = x'' WHERE leaf = ? AND position = ?", rows
        )

    def delete(self, places: Mapping[int, Collection[int]]) -> set[UUID]:
        """Delete openings and remember their ids; answers the ids, also of what was deleted before."""
        rows = [(leaf, position) for leaf, positions in places.items() for position in sorted(positions)]
        self._connection.executemany(
            "INSERT OR IGNORE INTO erased SELECT event, leaf, position FROM opening"
            " WHERE leaf = ? AND position = ?",
            rows,
        )
        self._connection.executemany("DELETE FROM opening WHERE leaf = ? AND position = ?", rows)
        found: set[UUID] = set()
        for leaf, positions in places.items():
            kept = self._connection.execute("SELECT event, position FROM erased WHERE leaf = ?", (leaf,))
            found.update(UUID(bytes=event) for event, position in kept if position in positions)
        return found

    def erased_place(self, event: UUID) -> tuple[int, int] | None:
        """Leaf and place of an event that was erased."""
        with self._lock:
            row = self._connection.execute(
                "SELECT leaf, position FROM erased WHERE event = ?", (event.bytes,)
            ).fetchone()
        return None if row is None else (row[0], row[1])

    def overwrite(self) -> None:
        """Empty the write-ahead log: it holds pages as they were before rows were overwritten."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
