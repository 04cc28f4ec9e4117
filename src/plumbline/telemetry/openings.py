"""The opening store: exact opening bytes and salts of events, beside the analytical store.

A SQLite file of its own (``openings.db``), so that bodies can be erased without touching envelopes, counts or
proofs: of an erased event the commitment digest stays, and with it every path in its segment. The digests
lie in the segment's row, and each body in a row of its own, for the same reason.

Salt and bytes of an event are encrypted together, under the key of the person concerned where the event names
one, else under the key of its month (`plumbline.trail.key_store`). ``key_id`` names the key; empty, as in
folders of earlier versions, means that they are not encrypted.

The id of an erased event stays in ``erased``: a sender that repeats it must not bring it back.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plumbline.telemetry import segment
from plumbline.telemetry.erasable_openings import ErasableOpenings, Opening
from plumbline.telemetry.open_file import OpenFile
from plumbline.telemetry.spool import open_private
from plumbline.telemetry.spool_body import Body
from plumbline.trail import sealed_opening
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.key_store.store import Scope
from plumbline.trail.openings.queries import Missing, Opened

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
CREATE INDEX IF NOT EXISTS opening_person ON opening (key_id) WHERE key_id >= 'p';
CREATE TABLE IF NOT EXISTS erased (
    event BLOB PRIMARY KEY, leaf INTEGER NOT NULL, position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


TELEMETRY: Final = "class:telemetry"
"""The scope of the keys of events that concern nobody by name."""


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """What stays of a segment however much is erased: id, leaf number, root, commitment digests in order."""

    id: UUID
    leaf: int
    root: bytes
    digests: list[bytes]


class OpeningStore(ErasableOpenings):
    """The opening store in one file. Safe to use from many threads and from several processes."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.RLock()  # taken again inside `exclusively`
        self._connection = open_private(file, "FULL")
        self._connection.executescript(_SCHEMA)
        self._opened = OpenFile(file)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add(
        self,
        id: UUID,
        leaf: int,
        root: bytes,
        body: Body,
        events: Mapping[int, UUID],
        scopes: Mapping[int, Scope],
    ) -> None:
        """Store the openings of one segment durably; a segment that is there already is left as it is.

        ``events`` are the ids of its events by place, ``scopes`` under whose key each is encrypted.
        """
        self._opened.require()
        salts, store = segment.split(body.salts), key_store()
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            # Under the same lock as an erasure, which destroys keys: nothing is encrypted under one that is
            # being destroyed.
            keys = store.current(set(scopes.values()))
            ciphers = {scope: (key.id, sealed_opening.cipher(key.secret)) for scope, key in keys.items()}
            # Decided by the insert and not by a look beforehand: the mover repeats a step after a crash.
            added = self._connection.execute(
                "INSERT OR IGNORE INTO segment VALUES (?, ?, ?, ?, ?)",
                (leaf, id.bytes, len(salts), root, body.digests),
            )
            if not added.rowcount:
                return
            rows = []
            for at, event in events.items():
                key_id, cipher = ciphers[scopes[at]]
                sealed = sealed_opening.seal(cipher, salts[at], body.openings[at], _place(leaf, at))
                rows.append((leaf, at, event.bytes, key_id, b"", sealed))
            self._connection.executemany(
                "INSERT INTO opening (leaf, position, event, key_id, salt, body) VALUES (?, ?, ?, ?, ?, ?)",
                rows,
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

    def leaves(self, start: int, stop: int) -> list[int]:
        """The leaves in a range of which there is a segment, or an opening that belongs to none."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT leaf FROM segment WHERE leaf >= ?1 AND leaf < ?2 UNION"
                " SELECT leaf FROM opening WHERE leaf >= ?1 AND leaf < ?2 ORDER BY leaf",
                (start, stop),
            ).fetchall()
        return [leaf for (leaf,) in rows]

    def segment_leaves(self) -> list[int]:
        """The entries of all segments that were moved here, in order."""
        with self._lock:
            return [row[0] for row in self._connection.execute("SELECT leaf FROM segment ORDER BY leaf")]

    def take_from(self, file: Path, leaf: int) -> None:
        """Copy one segment with its openings, as they are encrypted, from another opening store."""
        with self._lock:
            self._connection.execute("ATTACH ? AS other", (str(file),))
            try:
                with self._connection:
                    for table in ("segment", "opening", "erased"):
                        columns = ", ".join(
                            row[1] for row in self._connection.execute(f"PRAGMA main.table_info({table})")
                        )
                        self._connection.execute(
                            f"INSERT OR IGNORE INTO main.{table} ({columns})"  # noqa: S608
                            f" SELECT {columns} FROM other.{table} WHERE leaf = ?",
                            (leaf,),
                        )
            finally:
                self._connection.execute("DETACH other")

    def _one(self, where: str, *values: object) -> Opening | None:
        with self._lock:
            row = self._connection.execute(
                f"SELECT event, leaf, position, salt, body, key_id FROM opening WHERE {where}",  # noqa: S608
                values,
            ).fetchone()
        return None if row is None else Opening(UUID(bytes=row[0]), *row[1:])


def scope_of(subject: str | None, recorded: datetime) -> Scope:
    """Under whose key an event is encrypted: that of the person concerned, else that of telemetry, of the
    month in which it was recorded. By month, so that keys can be destroyed with what is kept for a time."""
    month = recorded.strftime("%Y-%m")
    return (f"person:{subject}" if subject else TELEMETRY), month


def _place(leaf: int, position: int) -> bytes:
    return sealed_opening.place(leaf, f"event:{position}")


def states_of(openings: Collection[Opening]) -> list[Opened | Missing]:
    """What these stored openings can be read as, in their order."""
    ids = {opening.key_id for opening in openings if opening.key_id}
    found = key_store().find(ids) if ids else {}
    ciphers = {id: sealed_opening.cipher(secret) for id, secret in found.items()}
    return [_state_of(opening, ciphers.get(opening.key_id)) for opening in openings]


def _state_of(opening: Opening, cipher: AESGCM | None) -> Opened | Missing:
    if not opening.key_id:
        return Opened(opening.salt, opening.body)
    if cipher is None:
        return Missing("no-key")
    plain = sealed_opening.unseal(cipher, opening.body, _place(opening.leaf, opening.position))
    return Missing("altered") if plain is None or opening.salt else Opened(*plain)


_stores: dict[Path, OpeningStore] = {}
_opening = threading.Lock()


def openings_of(data: Path) -> OpeningStore:
    """The opening store of the data folder ``data``, opened once per process. Raises ``sqlite3.Error``."""
    file = data / "openings.db"
    with _opening:
        if file not in _stores:
            _stores[file] = OpeningStore(file)
        return _stores[file]
