"""The opening store: exact opening bytes and salts of events, beside the analytical store.

A SQLite file of its own (``openings.db``), so that bodies can be erased without touching envelopes, counts or
proofs: of an erased event the commitment digest stays, and with it every path in its segment. The digests
lie in the segment's row, and each body in a row of its own, for the same reason.
``key_id`` names the key that an encrypted opening is under; empty means it is not encrypted.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from plumbline.telemetry import segment
from plumbline.telemetry.spool import Body, open_private

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS segment (
    leaf INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, count INTEGER NOT NULL, root BLOB NOT NULL,
    digests BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS opening (
    leaf INTEGER NOT NULL, position INTEGER NOT NULL, event BLOB NOT NULL, key_id TEXT NOT NULL DEFAULT '',
    salt BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (leaf, position)
) STRICT;
CREATE INDEX IF NOT EXISTS opening_event ON opening (event);
"""


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """What stays of a segment however much is erased: id, leaf number, root, commitment digests in order."""

    id: UUID
    leaf: int
    root: bytes
    digests: list[bytes]


@dataclass(frozen=True, slots=True)
class Opening:
    """One event's exact bytes with the salt of its commitment, and where it stands."""

    event: UUID
    leaf: int
    position: int
    salt: bytes
    body: bytes
    key_id: str = ""


class OpeningStore:
    """The opening store in one file. Safe to use from many threads and from several processes."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._connection = open_private(file, "FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add(self, id: UUID, leaf: int, root: bytes, body: Body, events: Sequence[UUID]) -> None:
        """Store the openings of one segment durably; a segment that is there already is left as it is."""
        salts = segment.split(body.salts)
        rows = zip(events, salts, body.openings, strict=True)
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            # Decided by the insert and not by a look beforehand: the mover repeats a step after a crash.
            added = self._connection.execute(
                "INSERT OR IGNORE INTO segment VALUES (?, ?, ?, ?, ?)",
                (leaf, id.bytes, len(events), root, body.digests),
            )
            if added.rowcount:
                self._connection.executemany(
                    "INSERT INTO opening (leaf, position, event, salt, body) VALUES (?, ?, ?, ?, ?)",
                    [
                        (leaf, at, event.bytes, salt, opening)
                        for at, (event, salt, opening) in enumerate(rows)
                    ],
                )

    def of_event(self, event: UUID) -> Opening | None:
        """The opening of an event; ``None`` when it is not here (any more)."""
        return self._one("event = ? ORDER BY leaf LIMIT 1", event.bytes)

    def at(self, leaf: int, position: int) -> Opening | None:
        """The opening at a place in a segment; ``None`` when it is not here (any more)."""
        return self._one("leaf = ? AND position = ?", leaf, position)

    def of_segment(self, leaf: int) -> dict[int, Opening]:
        """Every opening of a segment that is still here, by position."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT event, leaf, position, salt, body, key_id FROM opening WHERE leaf = ?",
                (leaf,),
            ).fetchall()
        return {row[2]: Opening(UUID(bytes=row[0]), *row[1:]) for row in rows}

    def segment(self, leaf: int) -> StoredSegment | None:
        """The segment of a leaf; ``None`` when it was never moved here."""
        with self._lock:
            row = self._connection.execute(
                "SELECT id, root, digests FROM segment WHERE leaf = ?", (leaf,)
            ).fetchone()
        return None if row is None else StoredSegment(UUID(bytes=row[0]), leaf, row[1], segment.split(row[2]))

    def _one(self, where: str, *values: object) -> Opening | None:
        with self._lock:
            row = self._connection.execute(
                f"SELECT event, leaf, position, salt, body, key_id FROM opening WHERE {where}",  # noqa: S608
                values,
            ).fetchone()
        return None if row is None else Opening(UUID(bytes=row[0]), *row[1:])


_stores: dict[Path, OpeningStore] = {}
_opening = threading.Lock()


def openings_of(data: Path) -> OpeningStore:
    """The opening store of the data folder ``data``, opened once per process. Raises ``sqlite3.Error``."""
    file = data / "openings.db"
    with _opening:
        if file not in _stores:
            _stores[file] = OpeningStore(file)
        return _stores[file]
