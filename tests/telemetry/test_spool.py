"""The spool file: gaps in counters, trimming, bounds, and what happens when it cannot be written."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.kernel import clock, merkle
from plumbline.kernel.commitment import commit
from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Unavailable
from plumbline.telemetry import segment, source_counters, spool
from plumbline.telemetry.spool import Entry, Spool


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool.db")
    yield made
    made.close()


def entry() -> Entry:
    return Entry(uuid7().bytes, "s", "decision", b'{"a":1}')


def seal(opened: Spool, count: int = 1, counter: int | None = None, source: str = "src") -> spool.Outcome:
    return opened.seal([entry() for _ in range(count)], actor="tok_x", source=source, counter=counter)


@given(st.integers(1, 70), st.binary(max_size=40))
def test_the_tight_loop_is_the_kernel_s_tree_and_commitment(count: int, content: bytes) -> None:
    openings = [content + bytes([n]) for n in range(count)]
    salts = bytes(range(32)) * count
    sealed = segment.seal(openings, salts)
    digests = [commit(opening, bytes(range(32))).digest for opening in openings]
    assert segment.split(sealed.digests) == digests
    assert sealed.root == merkle.root(merkle.leaf_hash(digest) for digest in digests)
    for place, digest in enumerate(digests):
        path = segment.path(digests, place)
        assert merkle.verify_inclusion(place, count, merkle.leaf_hash(digest), path, sealed.root)


def test_salts_are_fresh_and_random() -> None:
    assert segment.seal([b"x"]).salts != segment.seal([b"x"]).salts
    assert segment.root_of([]) == merkle.EMPTY_ROOT


def test_a_gap_is_seen_and_filled_in_any_order(opened: Spool) -> None:
    assert seal(opened, 3, counter=1).segment.facts["counters"] == [1, 3]
    seal(opened, 2, counter=10)
    seal(opened, 2, counter=20)
    assert opened.gaps("src") == [(4, 9), (12, 19)]
    assert opened.sources() == [("src", 22, 14)]
    seal(opened, 2, counter=6)
    assert opened.gaps("src") == [(4, 5), (8, 9), (12, 19)]
    seal(opened, 10, counter=4)
    assert opened.gaps("src") == [(14, 19)]
    seal(opened, 6, counter=14)
    assert opened.gaps("src") == []
    assert opened.sources() == [("src", 22, 0)]


def test_what_a_source_lost_before_its_first_batch_is_a_gap(opened: Spool) -> None:
    seal(opened, counter=5)
    seal(opened, counter=0, source="from-zero")
    assert opened.gaps("src") == [(1, 4)]
    assert opened.gaps("from-zero") == []
    assert seal(opened).segment.facts["counters"] is None


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 8)), min_size=1, max_size=12))
def test_gaps_are_exactly_the_numbers_that_never_came(batches: list[tuple[int, int]]) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(source_counters.SCHEMA)
    seen: set[int] = set()
    for first, count in batches:
        source_counters.record_range(connection, "s", first, count)
        seen |= set(range(first, first + count))
    missing = {n for first, last in source_counters.gaps(connection, "s") for n in range(first, last + 1)}
    assert missing == set(range(1, max(seen))) - seen
    connection.close()


def test_ids_are_known_until_the_window_is_over(opened: Spool) -> None:
    entries = [entry(), entry()]
    first = opened.seal(entries, actor="tok_x", source="s")
    opened.mark_moved([first.segment.seq])
    assert opened.body(first.segment.seq) is None
    again = opened.seal(entries, actor="tok_x", source="s")
    assert (again.accepted, again.duplicates, again.segment.id) == (0, 2, first.segment.id)
    soon, late = (
        clock.now() + spool.WINDOW - timedelta(hours=1),
        clock.now() + spool.WINDOW + timedelta(hours=1),
    )
    assert opened.forget_old(soon) == 0
    assert opened.forget_old(late) == 2
    assert opened.find(UUID(bytes=entries[0].id)) is None
    assert opened.seal(entries, actor="tok_x", source="s").accepted == 2


def test_unmoved_segments_are_never_forgotten(opened: Spool) -> None:
    seal(opened)
    assert opened.forget_old(clock.now() + 10 * spool.WINDOW) == 0
    assert len(opened.unmoved()) == 1


def test_a_backlog_without_leaves_is_bounded(opened: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "UNLOGGED_LIMIT", 2)
    one, two = seal(opened), seal(opened)
    with pytest.raises(Unavailable):
        seal(opened)
    opened.mark_logged(one.segment.seq, 0)
    opened.mark_logged(two.segment.seq, 1)
    assert seal(opened).accepted == 1


def test_nothing_is_half_written_when_the_file_cannot_be(opened: Spool) -> None:
    seal(opened, 2, counter=1)
    opened._durable.execute("PRAGMA max_page_count = 1")
    pages = opened._durable.execute("PRAGMA page_count").fetchone()[0]
    opened._durable.execute(f"PRAGMA max_page_count = {pages}")
    big = [Entry(uuid7().bytes, "s", "decision", b"x" * 50_000) for _ in range(20)]
    with pytest.raises(Unavailable):
        opened.seal(big, actor="tok_x", source="src", counter=3)
    opened._durable.execute("PRAGMA max_page_count = 1000000")
    assert len(opened.unmoved()) == 1
    assert opened.sources() == [("src", 3, 0)]
    assert opened.seal(big, actor="tok_x", source="src", counter=3).accepted == 20


def test_durability_and_rights_of_the_file(opened: Spool, tmp_path: Path) -> None:
    seal(opened)
    assert opened._durable.execute("PRAGMA synchronous").fetchone() == (2,)
    assert opened._durable.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    for file in tmp_path.glob("spool.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
