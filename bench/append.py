"""A thousand entries put into the trail, and one.

A batch is `log.append_many` of entries as the door writes them, each with an opening of 300 bytes, in one
transaction. The anchor has the very rows that such a batch leaves, put by ``executemany`` into tables of the
same columns and indexes in the same database, also in one transaction; what it lacks is numbering, checking,
encoding and hashing.

    python bench/append.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import installation
import table
from table import Promise, Row, Scale

BATCH = 1_000
RATIO = 3.33
"""At least three tenths of a bare table."""
TABLES = ("trail_leaf", "trail_opening")
Rows = dict[str, list[Any]]


def make_bare_tables() -> None:
    """``bare_leaf`` and ``bare_opening``: columns and indexes of the trail's tables, without its triggers."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in TABLES:
                cursor.execute(f"CREATE TABLE {bare(name)} (LIKE {name} INCLUDING ALL)")
            return
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
            " AND tbl_name IN ('trail_leaf', 'trail_opening') ORDER BY type DESC"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(bare(statement))


def bare(text: str) -> str:
    """A name, or all names in a statement, of the bare tables."""
    return text.replace("trail_", "bare_")


def entries(count: int) -> list[Any]:
    """What the door would append for ``count`` records of a register."""
    from plumbline.trail import log

    text = "What was seen, what it means and what is done about it. " * 4
    return [
        log.NewEntry(
            "record.created",
            "per_0123456789abcdef0123",
            subject={"kind": "risk", "ref": f"RSK-{number:04d}", "revision": 1},
            openings={"revision": json.dumps({"reference": f"RSK-{number:04d}", "text": text}).encode()},
            requirements=("iso42001:6.1.2", "iso42001:8.2", "iso42001:A.5.2"),
            facts={"state": "identified"},
        )
        for number in range(count)
    ]


def append(batch: Sequence[Any]) -> None:
    """Append ``batch`` in a transaction of its own."""
    from django.db import transaction

    from plumbline.trail import log

    with transaction.atomic():
        log.append_many(batch)


def appended_rows(count: int) -> Rows:
    """Append ``count`` entries; the rows that this left."""
    from django.db import connection

    from plumbline.trail import log

    first = log.size()
    append(entries(count))
    found: Rows = {}
    with connection.cursor() as cursor:
        for name in TABLES:
            cursor.execute(f'SELECT * FROM {name} WHERE "index" >= %s ORDER BY "index"', [first])
            found[name] = list(cursor.fetchall())
    return found


def insert(rows: Rows) -> None:
    """The anchor: the rows, in a transaction of their own."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for name, values in rows.items():
            marks = ", ".join(["%s"] * len(values[0]))
            cursor.executemany(f"INSERT INTO {bare(name)} VALUES ({marks})", values)


def each_once(work: Callable[[Any], None], inputs: Sequence[Any]) -> Callable[[], None]:
    """``work`` on the next of ``inputs`` at every call: no entry and no row can be inserted twice."""
    remaining = iter(inputs)
    return lambda: work(next(remaining))


def rows(scale: Scale) -> Iterator[Row]:
    """A batch, and an entry by itself."""
    count, runs = scale.size(BATCH, least=100), scale.repetitions + 1
    with installation.in_process(postgresql=scale.postgresql):
        make_bare_tables()
        for size, work, promise in (
            (count, f"append of {count:,} entries at once", Promise("cpu ratio", RATIO)),
            (1, "append of one entry", None),
        ):
            here, anchor = table.compare(
                each_once(append, [entries(size) for _ in range(runs)]),
                each_once(insert, [appended_rows(size) for _ in range(runs)]),
                scale.repetitions,
            )
            yield Row(work, "insert the same rows", here, anchor, promise)


if __name__ == "__main__":
    table.run(rows)
