"""The spool: sealed segments become durable here before their sender is told that they were accepted.

A SQLite file of its own (``spool.db``), write-ahead log, ``synchronous=FULL``. It is not part of the main
database so that a burst of telemetry never holds the writer's lock that people's requests need.

The order is a promise: the segment commits here, then its leaf commits in the trail, then the sender has the
answer. A crash between the first two leaves a segment without a leaf, which
`plumbline.telemetry.intake.recover` logs at the next start. The other order could leave a leaf in the trail
whose events nobody has.

Events are known by their id for `WINDOW`; sending one again within it changes nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from plumbline.kernel import clock, ids
from plumbline.kernel.problems import Unavailable
from plumbline.telemetry import segment, source_counters, spool_body
from plumbline.telemetry.known_events import KnownEvents
from plumbline.telemetry.open_file import OpenFile
from plumbline.telemetry.spool_body import Body
from plumbline.trail import storage
from plumbline.trail.key_store.store import Key
from plumbline.trail.private_files import make_private

WINDOW: Final = timedelta(days=30)
"""How long an event id is remembered; a sender that repeats a batch later than this is counted twice."""
UNLOGGED_LIMIT: Final = 1_000
"""Segments that may wait for the trail. While the trail is read-only nothing can be proved, so intake stops
instead of accepting events without limit."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS segment (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,
    actor TEXT NOT NULL, recorded TEXT NOT NULL,
    count INTEGER NOT NULL, root BLOB NOT NULL, facts BLOB NOT NULL, leaf INTEGER,
    moved TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS body (
    seq INTEGER PRIMARY KEY, salts BLOB NOT NULL, digests BLOB NOT NULL, openings BLOB NOT NULL,
    key_id TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS segment_unlogged ON segment (seq) WHERE leaf IS NULL;
CREATE INDEX IF NOT EXISTS segment_unmoved ON segment (seq) WHERE moved IS NULL;
CREATE TABLE IF NOT EXISTS seen (
    id BLOB PRIMARY KEY, segment INTEGER NOT NULL, position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
# All ids in one statement: with one call for each, SQLite and the interpreter would change hands each time.
_ADD_SEEN: Final = """
INSERT OR IGNORE INTO seen
WITH RECURSIVE place(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < ?1)
SELECT substr(?2, n * 16 + 1, 16), ?3, n FROM place
"""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One event ready to be sealed: its id (16 bytes), system, type and exact opening bytes."""

    id: bytes
    system: str
    type: str
    opening: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A segment as it stands in the spool; ``leaf`` is ``None`` until the trail has it."""

    seq: int
    id: UUID
    actor: str
    recorded: datetime
    count: int
    root: bytes
    facts: dict[str, Any]
    leaf: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: the segment that holds its events, how many were new, how many known."""

    segment: Sealed
    accepted: int
    duplicates: int


_COLUMNS: Final = "seq, id, actor, recorded, count, root, facts, leaf"


class Spool:
    """The spool in one file. Safe to use from many threads and from several processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        # Two connections, since the setting belongs to a connection: what a sender is told must survive a
        # power cut; what can be derived again (leaf numbers, what was moved) need not wait for the disk.
        self._durable = open_private(file, "FULL")
        self._lazy = open_private(file, "NORMAL")
        self._leaf_numbers: list[tuple[int, int]] = []
        self._durable.executescript(_SCHEMA + source_counters.SCHEMA)
        self._opened = OpenFile(file)
        self._add_key_id()

    def _add_key_id(self) -> None:
        """Give a file of an earlier version the column that names the key; what it holds is unencrypted."""
        columns = {row[1] for row in self._durable.execute("PRAGMA table_info(body)")}
        if "key_id" not in columns:
            self._durable.execute("ALTER TABLE body ADD COLUMN key_id TEXT NOT NULL DEFAULT ''")

    def close(self) -> None:
        """Close the file."""
        self._flush_leaf_numbers()
        with self._lock:
            self._durable.close()
            self._lazy.close()

    @contextmanager
    def _write(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if connection is self._durable:  # what can be derived again may be lost with its file
                self._opened.require()
            try:
                # Takes the writer's lock at once: a transaction that begins by reading could fail later, in
                # the middle, because another process wrote in between.
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise storage.problem_of(error) or Unavailable(
                    "The spool cannot be written now; nothing of the batch was stored. Send it again later."
                ) from error

    def seal(
        self,
        entries: Sequence[Entry],
        *,
        actor: str,
        source: str,
        counter: int | None = None,
        facts: dict[str, Any] | None = None,
        repeated: Collection[bytes] | None = None,
    ) -> Outcome:
        """Make the new ones of ``entries`` durable as one sealed segment, and note the source's counter.

        ``counter`` is the number of the first entry. When every entry is known already, the answer is
        the segment that holds the first of them. With ``repeated``, only these ids may be known, since
        the caller has compared their contents (`KnownEvents` otherwise). Raises `Unavailable` when the
        file cannot be written or too many segments wait for the trail.
        """
        # Nearly every batch is new as a whole, so it is hashed and inserted as such first; only when an id
        # turns out to be known is it sealed a second time without those.
        unique = {entry.id: entry for entry in reversed(entries)}
        fresh = list(reversed(unique.values())) if len(unique) == len(entries) else _unique(entries)
        sealed = segment.seal([entry.opening for entry in fresh])
        key = spool_body.key_now()
        with self._write(self._durable) as connection:
            self._write_leaf_numbers(connection)
            span = (
                source_counters.record_range(connection, source, counter, len(entries))
                if counter is not None
                else None
            )
            _check_backlog(connection)
            extra_facts = {
                "source": source,
                "counters": None if span is None else list(span),
                **(facts or {}),
            }
            stored = _insert(connection, fresh, sealed, actor, extra_facts, key)
            if stored is None:
                known = _known(connection, [entry.id for entry in fresh])
                if repeated is not None and not known.keys() <= set(repeated):
                    raise KnownEvents(known)
                fresh = [entry for entry in fresh if entry.id not in known]
                if not fresh:
                    return Outcome(_by_seq(connection, known[entries[0].id][0]), 0, len(entries))
                sealed = segment.seal([entry.opening for entry in fresh])
                stored = _insert(connection, fresh, sealed, actor, extra_facts, key)
            if stored is None:
                raise Unavailable("The events could not be numbered now. Send the batch again.")
        return Outcome(stored, len(fresh), len(entries) - len(fresh))

    def mark_logged(self, seq: int, leaf: int) -> None:
        """Note the leaf number of a segment.

        It is written with the next segment, or when segments are read here: a commit of its own would
        double the disk writes of every batch. Lost in a crash, or not seen yet by another process, the number
        is found again in the trail, which logs a segment only once.
        """
        self._leaf_numbers.append((leaf, seq))

    def _flush_leaf_numbers(self) -> None:
        if self._leaf_numbers:
            with self._write(self._lazy) as connection:
                self._write_leaf_numbers(connection)

    def _write_leaf_numbers(self, connection: sqlite3.Connection) -> None:
        numbers, self._leaf_numbers = self._leaf_numbers, []
        connection.executemany("UPDATE segment SET leaf = ? WHERE seq = ?", numbers)

    def mark_moved(self, seqs: Sequence[int]) -> None:
        """Drop the bodies of segments that the evidence store holds; their ids stay known.

        Called only after openings and rows are committed elsewhere: these are the last copies.
        """
        now = clock.rfc3339(clock.now())
        with self._write(self._lazy) as connection:
            connection.executemany("DELETE FROM body WHERE seq = ?", [(seq,) for seq in seqs])
            connection.executemany("UPDATE segment SET moved = ? WHERE seq = ?", [(now, seq) for seq in seqs])

    def forget_old(self, now: datetime | None = None) -> int:
        """Forget the ids of moved events that were recorded more than `WINDOW` ago; answers how many."""
        # Only moved segments: the ids of one that still waits here guard it against a second delivery.
        before = clock.rfc3339((now or clock.now()) - WINDOW)
        old = "SELECT seq FROM segment WHERE moved IS NOT NULL AND recorded < ?"
        with self._write(self._lazy) as connection:
            if connection.execute(old + " LIMIT 1", (before,)).fetchone() is None:
                return 0
            count = connection.execute(f"DELETE FROM seen WHERE segment IN ({old})", (before,)).rowcount  # noqa: S608
            connection.execute("DELETE FROM segment WHERE moved IS NOT NULL AND recorded < ?", (before,))
        return count

    def erase(self, places: Mapping[int, Collection[int]]) -> None:
        """Erase the content of events that wait here, by leaf and place; digests and ids stay."""
        waiting = [sealed for sealed in self.unmoved() if sealed.leaf in places]
        with self._write(self._durable) as connection:
            for sealed in waiting:
                spool_body.erase(connection, sealed.seq, sealed.id, places[sealed.leaf or 0])
        with self._lock:
            self._durable.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def unlogged(self) -> list[Sealed]:
        """Segments without a known leaf, oldest first."""
        return self._select("leaf IS NULL ORDER BY seq")

    def unmoved(self) -> list[Sealed]:
        """Segments whose bodies are still here, oldest first, with or without a leaf."""
        return self._select("moved IS NULL ORDER BY seq")

    def sealed(self, seq: int) -> Sealed:
        """The segment with that number. Raises ``KeyError`` when there is none."""
        self._flush_leaf_numbers()
        with self._lock:
            return _by_seq(self._durable, seq)

    def body(self, seq: int) -> Body | None:
        """Openings, salts and digests of a segment; ``None`` once it was moved.

        Raises `Unavailable` when the key under which it is encrypted is not here.
        """
        with self._lock:
            row = self._durable.execute(spool_body.SELECT, (seq,)).fetchone()
        return None if row is None else spool_body.of_columns(*row)

    def find(self, event: UUID) -> tuple[Sealed, int] | None:
        """The segment of an event known here, and the event's position in it."""
        self._flush_leaf_numbers()
        with self._lock:
            row = self._durable.execute(
                "SELECT segment, position FROM seen WHERE id = ?", (event.bytes,)
            ).fetchone()
            return None if row is None else (_by_seq(self._durable, row[0]), row[1])

    def gaps(self, source: str) -> list[tuple[int, int]]:
        """First and last number of every run that the source counted and never sent."""
        with self._lock:
            return source_counters.gaps(self._durable, source)

    def sources(self) -> list[tuple[str, int, int]]:
        """Every counting source: its name, the next number expected of it, how many numbers are missing."""
        with self._lock:
            return source_counters.sources(self._durable)

    def _select(self, where: str) -> list[Sealed]:
        self._flush_leaf_numbers()
        with self._lock:
            rows = self._durable.execute(f"SELECT {_COLUMNS} FROM segment WHERE {where}").fetchall()  # noqa: S608
        return [_from_row(row) for row in rows]


def open_private(file: Path, synchronous: str) -> sqlite3.Connection:
    """Open or make a SQLite file for its owner only, with a write-ahead log and the given ``synchronous``."""
    make_private(file)
    connection = sqlite3.connect(file, timeout=20, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA page_size=16384")  # bodies are long; a file that is there keeps its own
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone leaves data in the drive's cache
    connection.execute("PRAGMA secure_delete=ON")  # erased bodies are overwritten, not only unlinked
    connection.execute("PRAGMA cache_size=-4000")
    return connection


def _unique(entries: Sequence[Entry]) -> list[Entry]:
    first: dict[bytes, Entry] = {}
    for entry in entries:
        first.setdefault(entry.id, entry)
    return list(first.values())


def _known(connection: sqlite3.Connection, ids: list[bytes]) -> dict[bytes, tuple[int, int]]:
    """Segment and position of those ``ids`` that are known."""
    marks = ",".join("?" * len(ids))
    query = f"SELECT id, segment, position FROM seen WHERE id IN ({marks})"  # noqa: S608
    return {event: (seq, position) for event, seq, position in connection.execute(query, ids)}


def _check_backlog(connection: sqlite3.Connection) -> None:
    # Inside the transaction that adds one, so that senders at the same moment cannot pass the limit together.
    (backlog,) = connection.execute("SELECT count(*) FROM segment WHERE leaf IS NULL").fetchone()
    if backlog >= UNLOGGED_LIMIT:
        raise Unavailable("The trail takes no entries now, so no events are taken. Send them again later.")


def _facts(fresh: Sequence[Entry], root: bytes, extra_facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "root": root.hex(),
        "count": len(fresh),
        "systems": dict(sorted(Counter([entry.system for entry in fresh]).items())),
        "types": dict(sorted(Counter([entry.type for entry in fresh]).items())),
        **extra_facts,
    }


def _insert(
    connection: sqlite3.Connection,
    fresh: Sequence[Entry],
    sealed: segment.Seal,
    actor: str,
    extra_facts: dict[str, Any],
    key: Key,
) -> Sealed | None:
    """Store a segment and the ids of its events; ``None``, and nothing stored, if any id is known already."""
    name, recorded = ids.uuid7(), clock.now()
    facts = _facts(fresh, sealed.root, extra_facts)
    row = (name.bytes, actor, clock.rfc3339(recorded), len(fresh), sealed.root, msgspec.json.encode(facts))
    # The ids decide: inserted with OR IGNORE, fewer rows than events mean that some are known. The savepoint
    # takes back the segment alone, not the counters noted before it.
    connection.execute("SAVEPOINT segment")
    seq = connection.execute(
        "INSERT INTO segment (id, actor, recorded, count, root, facts) VALUES (?, ?, ?, ?, ?, ?)", row
    ).lastrowid
    added = connection.execute(_ADD_SEEN, (len(fresh), b"".join([entry.id for entry in fresh]), seq)).rowcount
    if seq is None or added < len(fresh):
        connection.execute("ROLLBACK TO segment")
        return None
    openings = spool_body.encrypted(key, name, sealed.salts, [entry.opening for entry in fresh])
    connection.execute(
        "INSERT INTO body VALUES (?, ?, ?, ?, ?)", (seq, b"", sealed.digests, openings, key.id)
    )
    return Sealed(seq, name, actor, recorded, len(fresh), sealed.root, facts, None)


def _by_seq(connection: sqlite3.Connection, seq: int) -> Sealed:
    row = connection.execute(f"SELECT {_COLUMNS} FROM segment WHERE seq = ?", (seq,)).fetchone()  # noqa: S608
    if row is None:
        raise KeyError(seq)
    return _from_row(row)


def _from_row(row: Any) -> Sealed:
    seq, name, actor, recorded, count, root, facts, leaf = row
    instant = clock.parse_rfc3339(recorded)
    return Sealed(seq, UUID(bytes=name), actor, instant, count, root, msgspec.json.decode(facts), leaf)


_spools: dict[Path, Spool] = {}
_opening = threading.Lock()


def spool_of(data: Path) -> Spool:
    """The spool of the data folder ``data``, opened once per process."""
    file = data / "spool.db"
    with _opening:
        if file not in _spools:
            _spools[file] = Spool(file)
        return _spools[file]
