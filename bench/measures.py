"""From events to points and figures: the rollup of telemetry, and the drift of an input.

The rollup turns events of the evidence store into points, one for each measure, system and hour, and keeps
them; its anchor is one query that groups the same events by system and hour in the same engine, and keeps
nothing. Drift compares an input of two months with its reference; its anchor is numpy's own histogram of
the same values.

    python bench/measures.py [--repetitions 15]
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import installation
import table
from table import Promise, Row, Scale

EVENTS, VALUES = 20_000, 200_000
ROLLUP_RATIO, DRIFT_RATIO = 12.0, 3.0
GROUPED = """
    SELECT system, date_trunc('hour', time), count(*), count(error),
        sum(latency_ms), sum(tokens_in), sum(tokens_out)
    FROM events GROUP BY 1, 2
"""


def fill(file: Path, count: int) -> None:
    """Make a store in ``file`` with decisions of eight systems over two days."""
    from plumbline.kernel.ids import uuid7
    from plumbline.telemetry.event import StoredEvent
    from plumbline.telemetry.store.duckdb import DuckStore
    from plumbline.telemetry.store.port import MovedSegment

    draw, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    events = [
        StoredEvent(
            id=uuid7(),
            time=start + timedelta(seconds=draw.randrange(172_800)),
            system=f"system-{draw.randrange(8)}",
            type="decision",
            latency_ms=draw.uniform(5, 90),
            features={name: draw.gauss(0, 1) for name in ("a", "b", "c", "d")},
        )
        for _ in range(count)
    ]
    store = DuckStore(file)
    parts = [events[place : place + 500] for place in range(0, count, 500)]
    now = datetime.now(UTC)
    store.append([MovedSegment(uuid7(), leaf, now, "bench", part) for leaf, part in enumerate(parts)])
    store.close()


def roll_up(store: Any) -> None:
    """The stage from its beginning, until it has nothing left to do."""
    from plumbline.metrics.models import Cursor
    from plumbline.metrics.stage import Rollup

    Cursor.objects.all().delete()
    stage = Rollup(store, dict)
    while stage.advance():
        pass


def rollup(folder: Path, scale: Scale) -> Row:
    """Events to points."""
    import duckdb

    from plumbline.metrics.models import Point
    from plumbline.telemetry.store.duckdb import DuckStore

    count = scale.size(EVENTS, least=1_000)
    file, copy = folder / "bench.duckdb", folder / "copy.duckdb"
    fill(file, count)
    shutil.copyfile(file, copy)  # DuckDB opens a file once
    store, bare = DuckStore(file), duckdb.connect(copy)
    roll_up(store)
    points = [row[1:] for row in Point.objects.values_list()]
    kept = sqlite3.connect(folder / "bare.db")
    kept.execute("CREATE TABLE point (metric, system, grouped, hour, count, total, top, bottom, bins)")

    def anchor_work() -> None:
        bare.execute(GROUPED).fetchall()
        kept.executemany("INSERT INTO point VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", points)
        kept.commit()

    here, anchor = table.compare(partial(roll_up, store), anchor_work, min(scale.repetitions, 7))
    store.close()
    bare.close()
    promise = Promise("cpu ratio", ROLLUP_RATIO)
    return Row(f"rollup of {count:,} events", "grouped query, bare insert", here, anchor, promise)


def drift(scale: Scale) -> Row:
    """The population stability index of one input."""
    import numpy as np

    from plumbline.metrics.library import drift as library

    count = scale.size(VALUES, least=10_000)
    draw = np.random.default_rng(7)
    reference, now = draw.normal(0, 1, count), draw.normal(0.2, 1.1, count)

    index = library.stability_index

    def here() -> None:
        edges = library.reference_edges(reference)
        index.function(library.binned(now, edges), library.binned(reference, edges))

    def anchor() -> None:
        _, edges = np.histogram(reference, library.BINS)
        np.histogram(now, edges)

    costs = table.compare(here, anchor, scale.repetitions)
    return Row(f"drift of {count:,} values", "numpy.histogram", *costs, Promise("cpu ratio", DRIFT_RATIO))


def rows(scale: Scale) -> Iterator[Row]:
    """Rollup and drift."""
    with installation.in_process(postgresql=scale.postgresql) as folder:
        yield rollup(folder, scale)
        yield drift(scale)


if __name__ == "__main__":
    table.run(rows)
