"""Gap-free counters of sources: what a sender counted and never sent becomes visible.

A source numbers its events 1, 2, 3 … as they happen. Batches may come again or out of order; a run of
numbers that never came is a gap, and stays one until it is filled. Only runs are stored, so a source that
loses a million events costs one row.
"""

from __future__ import annotations

import sqlite3
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS source (slug TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap (
    source TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (source, first)
) STRICT, WITHOUT ROWID;
"""


def record_range(connection: sqlite3.Connection, source: str, first: int, count: int) -> tuple[int, int]:
    """Record that ``source`` sent numbers ``first`` to ``first + count - 1``; returns that pair."""
    last = first + count - 1
    row = connection.execute("SELECT next FROM source WHERE slug = ?", (source,)).fetchone()
    # A source that begins with number 5 has lost 1 to 4 before its first batch; one that begins with 0 or 1
    # has lost nothing.
    expected = row[0] if row else min(first, 1)
    if first > expected:
        connection.execute("INSERT INTO gap VALUES (?, ?, ?)", (source, expected, first - 1))
    elif first < expected:
        _fill(connection, source, first, last)
    connection.execute(
        "INSERT INTO source VALUES (?, ?) ON CONFLICT (slug) DO UPDATE SET next = excluded.next",
        (source, max(expected, last + 1)),
    )
    return first, last


def _fill(connection: sqlite3.Connection, source: str, first: int, last: int) -> None:
    rows = connection.execute(
        "SELECT first, last FROM gap WHERE source = ? AND first <= ? AND last >= ?", (source, last, first)
    ).fetchall()
    for start, stop in rows:
        connection.execute("DELETE FROM gap WHERE source = ? AND first = ?", (source, start))
        # A batch in the middle of a gap leaves what is before and after it.
        for left, right in ((start, first - 1), (last + 1, stop)):
            if left <= right:
                connection.execute("INSERT INTO gap VALUES (?, ?, ?)", (source, left, right))


def gaps(connection: sqlite3.Connection, source: str) -> list[tuple[int, int]]:
    """The runs of numbers that ``source`` never sent, in order."""
    return connection.execute(
        "SELECT first, last FROM gap WHERE source = ? ORDER BY first", (source,)
    ).fetchall()


def sources(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """Every counting source: its name, the next number expected of it, how many numbers are missing."""
    return connection.execute(
        "SELECT slug, next, coalesce((SELECT sum(last - first + 1) FROM gap WHERE gap.source = slug), 0)"
        " FROM source ORDER BY slug"
    ).fetchall()
