"""A field of 3,000 records set at once: the preview, and the doing in chunks to the end.

The anchor is the same 3,000 rows changed by bare statements in the same run, each with the insertion of a
short row beside it. How long one chunk keeps other writers waiting is a row of its own.

    python bench/bulk.py [--postgresql]
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import installation
import lists
import table
from table import Cost, Promise, Row, Scale

MOST_SECONDS, MOST_WAIT_MS = 60.0, 200.0
"""Seconds of CPU time, which other work on the machine hardly changes, and milliseconds."""
RECORDS = 3_000


def bare(records: int) -> None:
    """Change one column of as many rows, one statement each, with a row beside it."""
    from django.db import connection, transaction

    from plumbline.records import guard

    with guard.opened("benchmark"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_entry (at integer, text varchar(40))")
        cursor.execute("SELECT record_ptr_id FROM clauses_aisystem LIMIT %s", [records])
        for (key,) in cursor.fetchall():
            cursor.execute("UPDATE clauses_aisystem SET topic = 'bare' WHERE record_ptr_id = %s", [key])
            cursor.execute("INSERT INTO bare_entry VALUES (%s, 'changed')", [key])
        transaction.set_rollback(True)


def rows(scale: Scale) -> Iterator[Row]:
    """Preview and doing together, and the longest chunk."""
    records = scale.size(RECORDS)
    with installation.in_process(postgresql=scale.postgresql):
        from plumbline.bulk import commands, stage
        from plumbline.bulk.requests import BulkRequest

        lists.prepare()
        lists.fill(records)
        chunks: list[float] = []
        whole = stage._do

        def timed(*given: object) -> None:
            begun = time.perf_counter()
            whole(*given)  # type: ignore[arg-type]
            chunks.append((time.perf_counter() - begun) * 1000)

        stage._do = timed  # type: ignore[assignment]
        manager, request = installation.manager(), BulkRequest("edit", values={"topic": "Everything"})

        def change() -> None:
            job = commands.plan(manager, "ai-system", request, where="slug:any")
            done = commands.run(manager, job.handle)
            if done.done + done.counts["refused"] != done.total:
                raise SystemExit(f"{done.done} of {done.total} done")

        wall, cpu = table.time_once(change)
        anchor, anchor_cpu = table.time_once(lambda: bare(records))
        yield Row(
            f"a field of {records:,} records set, with its preview", "bare statements",
            Cost(wall / 1000, cpu / 1000, "s"), Cost(anchor / 1000, anchor_cpu / 1000, "s"),
            Promise("cpu", MOST_SECONDS),
        )  # fmt: skip
        longest = sorted(chunks)[-max(1, len(chunks) // 20)]
        yield Row("one chunk of it, all but the longest twentieth", "", Cost(longest),
                  promise=Promise("value", MOST_WAIT_MS))  # fmt: skip


if __name__ == "__main__":
    table.run(rows)
