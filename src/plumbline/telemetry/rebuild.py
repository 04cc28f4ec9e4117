"""Making lost stores of the telemetry anew from what remains, each segment compared with the log's entry.

The analytical store follows from the opening store and the log. The opening store follows from the spool, as
far as it was not emptied yet, and from a copy; what is in neither stays missing, and is named. The spool
follows from the log and the opening store, so that an event which is sent again is known. Called while no
server runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.telemetry import openings as opening_stores
from plumbline.telemetry import segment, source_counters
from plumbline.telemetry import spool as spools
from plumbline.telemetry.event import decode_opening
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.openings import OpeningStore, openings_of
from plumbline.telemetry.segment_contents import read_segment
from plumbline.telemetry.spool import Spool, open_private, spool_of
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store.port import MovedSegment
from plumbline.telemetry.store_check import EVIDENCE, OPENINGS, SPOOL
from plumbline.trail import log
from plumbline.trail.openings.queries import Opened

Progress = Callable[[int, int], None]
_EVENTS_PER_ROUND: Final = 20_000
_PAGE: Final = 500


@dataclass(frozen=True)
class Rebuilt:
    """What was made anew.

    ``segments`` and ``events`` are in the analytical store now, ``copied`` segments came from a copy;
    ``missing`` are entries of segments whose content is in no store, ``foreign`` those whose content in the
    opening store is not what the log committed to. ``set_aside`` are files that were damaged.
    """

    segments: int
    events: int
    copied: int
    missing: tuple[int, ...]
    foreign: tuple[int, ...]
    set_aside: tuple[str, ...]


def rebuild(data: Path, source: Path | None = None, progress: Progress | None = None) -> Rebuilt:
    """Make the analytical store anew, and the opening store and the spool as far as they are lost.

    ``source`` is another data folder whose opening store is taken where ours lacks a segment.
    """
    _close(data)
    aside = [name for name in (SPOOL, OPENINGS) if _set_aside_if_damaged(data / name)]
    _remove(data / EVIDENCE)
    logged = {leaf.index: leaf for leaf in _logged()}
    spool, store = spool_of(data), openings_of(data)
    copied = _take(store, source / OPENINGS, logged, progress) if source is not None else 0
    evidence = DuckStore(data / EVIDENCE)
    try:
        count, events, foreign = _fill(data, store, evidence, logged, progress)
        # What still waits in the spool goes its ordinary way.
        mover = MoverStage(data, evidence)
        while mover.advance():
            pass
    finally:
        evidence.close()
    present = set(store.segment_leaves())
    _remember(data, spool, store, logged)
    waiting = {sealed.leaf for sealed in spool.unmoved()}
    missing = tuple(sorted(logged.keys() - present - waiting))
    _close(data)
    return Rebuilt(count, events, copied, missing, foreign, tuple(aside))


def _close(data: Path) -> None:
    """Let go of the files, since they may be put aside."""
    for known, name in ((spools._spools, SPOOL), (opening_stores._stores, OPENINGS)):
        opened = known.pop(data / name, None)
        if opened is not None:
            opened.close()


def _set_aside_if_damaged(file: Path) -> bool:
    """Rename a damaged file; what is wrong with it can be looked into later."""
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(file, timeout=20)) as connection:
            (whole,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if whole == "ok":
                return False
    except sqlite3.DatabaseError:
        pass
    stamp = f"{clock.now():%Y%m%dT%H%M%S}"
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(file.with_name(f"{file.name}.damaged-{stamp}{suffix}"))
    return True


def _remove(file: Path) -> None:
    """The analytical store holds nothing that does not follow from the others."""
    for part in (file, file.with_name(f"{file.name}.wal")):
        part.unlink(missing_ok=True)


def _logged() -> Iterator[log.LeafView]:
    """Every segment of the log, newest first."""
    before: int | None = None
    while page := log.search(entry_type="telemetry.segment", before=before, limit=_PAGE):
        yield from page
        before = page[-1].index


def _is_committed(leaf: log.LeafView, id: UUID, digests: list[bytes]) -> bool:
    """Whether these digests are the segment that the entry seals."""
    return id == leaf.client_id and segment.root_of(digests).hex() == leaf.facts["root"]


def _take(store: OpeningStore, file: Path, logged: dict[int, log.LeafView], progress: Progress | None) -> int:
    """Copy from another opening store what ours lacks and the log has committed to; how many segments."""
    other, count = OpeningStore(file), 0
    try:
        lacking = sorted(logged.keys() - set(store.segment_leaves()))
        for done, index in enumerate(lacking, 1):
            found = other.segment(index)
            if found is not None and _is_committed(logged[index], found.id, found.digests):
                store.take_from(file, index)
                count += 1
            if progress:
                progress(done, len(lacking))
    finally:
        other.close()
    return count


def _fill(
    data: Path,
    store: OpeningStore,
    evidence: DuckStore,
    logged: dict[int, log.LeafView],
    progress: Progress | None,
) -> tuple[int, int, tuple[int, ...]]:
    """Every segment of the opening store into the analytical one, in order of its entry."""
    leaves, batch, foreign = store.segment_leaves(), [], []
    segments = events = pending = 0
    for done, index in enumerate(leaves, 1):
        found = _moved(data, store, logged.get(index), index)
        if found is None:
            foreign.append(index)
        elif found.events:
            batch.append(found)
            pending += len(found.events)
        if batch and (pending >= _EVENTS_PER_ROUND or done == len(leaves)):
            evidence.append(batch)
            segments, events = segments + len(batch), events + pending
            batch, pending = [], 0
        if progress:
            progress(done, len(leaves))
    if batch:
        evidence.append(batch)
        segments, events = segments + len(batch), events + pending
    return segments, events, tuple(foreign)


def _moved(data: Path, store: OpeningStore, leaf: log.LeafView | None, index: int) -> MovedSegment | None:
    """A segment as the mover would take it; ``None`` when the log has committed to another one."""
    stored = store.segment(index)
    if leaf is None or stored is None or not _is_committed(leaf, stored.id, stored.digests):
        return None
    contents = read_segment(data, index)
    assert contents is not None
    events = {
        place: decode_opening(state.body)
        for place, state in enumerate(contents.openings)
        if isinstance(state, Opened)
    }
    return MovedSegment(
        leaf.client_id, index, leaf.time, str(leaf.facts["source"]), [*events.values()], [*events]
    )


def _remember(data: Path, spool: Spool, store: OpeningStore, logged: dict[int, log.LeafView]) -> None:
    """Let the spool know again the events of the last weeks, so that none that comes again is taken twice."""
    since = clock.now() - spools.WINDOW
    with closing(open_private(data / SPOOL, "FULL")) as connection:
        for index in store.segment_leaves():
            leaf = logged.get(index)
            openings = sorted(store.of_segment(index).items()) if leaf and leaf.time >= since else []
            if leaf is not None and openings and spool.find(openings[0][1].event) is None:
                _add_known(connection, leaf, {place: opening.event.bytes for place, opening in openings})


def _add_known(connection: sqlite3.Connection, leaf: log.LeafView, events: dict[int, bytes]) -> None:
    facts = dict(leaf.facts)
    row = (
        leaf.client_id.bytes,
        leaf.actor,
        clock.rfc3339(leaf.time),
        int(facts["count"]),
        bytes.fromhex(facts["root"]),
        canonical(facts),
        leaf.index,
        clock.rfc3339(clock.now()),
    )
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        seq = connection.execute(
            "INSERT INTO segment (id, actor, recorded, count, root, facts, leaf, moved)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        ).lastrowid
        connection.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)",
            [(event, seq, place) for place, event in events.items()],
        )
        if facts["counters"] is not None:
            first, last = facts["counters"]
            source_counters.record_range(connection, str(facts["source"]), first, last - first + 1)
