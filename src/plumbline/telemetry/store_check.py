"""Whether the files of the telemetry are there and whole, looked at by a stage twice a minute.

The log says which segments there are. The spool, the opening store and the analytical store are compared with
it and with each other; a deleted or replaced file is noticed although a process still has the old one open.
What is found is kept in a file of the data folder, for the pages and the health endpoint of other processes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, CanonicalError, canonical, parse
from plumbline.kernel.messages import Message, Text, as_message, from_json, say, to_json
from plumbline.trail import log
from plumbline.trail.private_files import read_cached, write_private

INTERVAL: Final = 30.0
"""Seconds between two looks."""
SPOOL, OPENINGS, EVIDENCE = "spool.db", "openings.db", "evidence.duckdb"
NAMES: Final = {SPOOL: "spool", OPENINGS: "opening store", EVIDENCE: "analytical store"}
REMEDY: Final = "Stop the server and run `plumbline telemetry rebuild`."
_WHOLE_LIMIT: Final = 268_435_456
"""Bytes up to which a file is read whole at each look; a larger one only where the questions lead."""
_PAGE: Final = 500


@dataclass(frozen=True)
class StoreFinding:
    """What is wrong with one of the files, since when; ``code``: ``gone``, ``damaged``, ``incomplete``."""

    store: str
    code: str
    detail: Message
    since: datetime

    @property
    def remedy(self) -> str:
        """What mends it."""
        return REMEDY


class SegmentCounter(Protocol):
    """The analytical store, as far as it is asked here."""

    def segment_count(self) -> int:
        """How many segments it has."""
        ...

    def file_identity(self) -> tuple[int, int]:
        """Device and inode of the file that it has open; an erasure writes a new one in its place."""
        ...


def _file(data: Path) -> Path:
    return data / "stores.json"


def findings(data: Path) -> tuple[StoreFinding, ...]:
    """What the last look found; nothing when all was well, or nobody has looked yet."""
    try:
        return _parsed(read_cached(_file(data)))
    except (OSError, CanonicalError, KeyError, TypeError, ValueError):
        return ()


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> tuple[StoreFinding, ...]:
    return tuple(
        StoreFinding(row["store"], row["code"], from_json(row["detail"]), clock.parse_rfc3339(row["since"]))
        for row in parse(content)
    )


def keep(data: Path, found: tuple[StoreFinding, ...]) -> None:
    """Keep what was found; a finding that was there before keeps its time."""
    known = findings(data)
    if not found:
        _file(data).unlink(missing_ok=True)
        return
    since = {(old.store, old.code): old.since for old in known}
    kept = tuple(replace(new, since=since.get((new.store, new.code), new.since)) for new in found)
    if kept != known:
        rows: list[JSON] = [
            {
                "store": row.store,
                "code": row.code,
                "detail": to_json(row.detail),
                "since": clock.rfc3339(row.since),
            }
            for row in kept
        ]
        write_private(_file(data), canonical(rows))


def finding(file: str, code: str, detail: Text) -> StoreFinding:
    """A finding of this moment about the file of that name."""
    return StoreFinding(NAMES[file], code, as_message(detail), clock.now())


def unreadable(file: str, error: Exception) -> StoreFinding:
    """The finding for a file that its engine cannot read."""
    message = say(
        "telemetry.store-damaged",
        "The {store} is damaged: {error}",
        store=NAMES[file],
        error=str(error)[:200],
    )
    return finding(file, "damaged", message)


class StoreCheck:
    """The stage that looks; ``store`` is ``None`` when the analytical store could not even be opened."""

    name = "stores"

    def __init__(
        self, data: Path, store: SegmentCounter | None, found: tuple[StoreFinding, ...] = ()
    ) -> None:
        """``found`` is what is known to be wrong already; it stays until the flow is started again."""
        self._data, self._store, self._found = data, store, found
        self._identities: dict[str, tuple[int, int]] = {}
        self._segments = _LoggedSegments()
        self._next = 0.0

    def advance(self) -> bool:
        """Look, if it is time again; there is never more to do at once."""
        if time.monotonic() >= self._next:
            keep(self._data, self.look())
            self._next = time.monotonic() + INTERVAL
        return False

    def look(self) -> tuple[StoreFinding, ...]:
        """What is wrong now."""
        # Others write meanwhile, and each segment goes from the log's side to the spool, the openings and the
        # rows. What must be somewhere is counted before the places where it may be, and those in the order in
        # which it passes through them, so that one on its way counts twice at most and is never missed.
        logged = self._segments.count()
        found = [*self._found, *self._replaced()]
        bad = {row.store for row in found}
        counts: dict[str, int] = {}
        for question, (file, query) in _QUESTIONS.items():
            if NAMES[file] not in bad and (self._data / file).exists():
                try:
                    counts[question] = _ask(self._data / file, query)
                except sqlite3.Error as error:
                    found.append(unreadable(file, error))
                    bad.add(NAMES[file])
        if len(counts) == len(_QUESTIONS):
            known = {(row.store, row.code) for row in found}
            compared = self._compared(logged, **counts)
            found += [row for row in compared if (row.store, row.code) not in known]
        return tuple(found)

    def _replaced(self) -> Iterator[StoreFinding]:
        for file, name in NAMES.items():
            try:
                present = (self._data / file).stat()
            except FileNotFoundError:
                # Before the first segment was moved there is no file yet, and nothing to miss.
                if file in self._identities or self._segments.count() > self._waiting():
                    yield finding(
                        file, "gone", say("telemetry.store-gone", "The {store} is gone.", store=name)
                    )
                continue
            opened = self._identities.setdefault(file, (present.st_dev, present.st_ino))
            if file == EVIDENCE and self._store is not None:
                opened = self._store.file_identity()
            if opened != (present.st_dev, present.st_ino):
                message = say(
                    "telemetry.store-replaced",
                    "Another file was put in place of the {store} while it was in use.",
                    store=name,
                )
                yield finding(file, "gone", message)

    def _waiting(self) -> int:
        """The segments that lie in the spool alone; none where it cannot be read, which is said of itself."""
        try:
            return _ask(self._data / SPOOL, _UNMOVED)
        except (OSError, sqlite3.Error):
            return 0

    def _compared(self, logged: int, *, whole: int, waiting: int, moved: int) -> Iterator[StoreFinding]:
        """Compare the log's segments with what is in the opening store or on the way there."""
        # Of what waits in the spool some has no entry yet, so that this errs on the side of silence by those.
        if logged > moved + waiting:
            yield finding(
                OPENINGS,
                "incomplete",
                say(
                    "telemetry.openings-missing",
                    "The content of {missing} of {logged} segments is in no store.",
                    missing=logged - moved - waiting,
                    logged=logged,
                ),
            )
        # The openings of a segment are durable before its rows are: what a crash in between has left is still
        # in the spool, and the mover writes it again.
        if self._store is not None and (present := self._store.segment_count()) < whole - waiting:
            yield finding(
                EVIDENCE,
                "incomplete",
                say(
                    "telemetry.evidence-missing",
                    "The analytical store has {present} of {whole} segments.",
                    present=present,
                    whole=whole,
                ),
            )


_UNMOVED: Final = "SELECT count(*) FROM segment WHERE moved IS NULL"
# In this order; ``whole`` leaves out segments whose events were all erased before they were moved.
_QUESTIONS: Final = {
    "whole": (
        OPENINGS,
        "SELECT count(*) FROM segment WHERE EXISTS (SELECT 1 FROM opening WHERE opening.leaf = segment.leaf)",
    ),
    "waiting": (SPOOL, _UNMOVED),
    "moved": (OPENINGS, "SELECT count(*) FROM segment"),
}


def _ask(file: Path, question: str) -> int:
    """The answer, after a look at the whole file where that is quick. Raises ``sqlite3.Error``."""
    # A connection of its own: one that is kept open would answer from memory what is no longer in the file.
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
        if file.stat().st_size <= _WHOLE_LIMIT:
            (whole,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if whole != "ok":
                raise sqlite3.DatabaseError(whole)
        (answer,) = connection.execute(question).fetchone()
        return int(answer)


class _LoggedSegments:
    """How many segments the log has, counted on from where the last count ended."""

    def __init__(self) -> None:
        self._count, self._last = 0, -1

    def count(self) -> int:
        """All segments of the log."""
        newest, before = self._last, None
        while True:
            page = log.search(entry_type="telemetry.segment", before=before, limit=_PAGE)
            fresh = [leaf.index for leaf in page if leaf.index > self._last]
            newest = max([newest, *fresh])
            self._count += len(fresh)
            if len(fresh) < _PAGE:
                break
            before = min(fresh)
        self._last = newest
        return self._count
