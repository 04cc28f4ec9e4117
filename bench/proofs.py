"""What is shown compared with the trail: what it adds to a page, and how fast everything is scrubbed.

The page of a record as it is, against the same page with nothing compared. The scrub of records and events
against hashing their entries alone; its promise is a rate, so that it holds for any number of them.

    python bench/proofs.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any
from unittest import mock
from uuid import UUID

import installation
import table
from table import Cost, Promise, Row, Scale

PAGE_RATIO = 1.05
RECORDS, EVENTS = 2_000, 20_000
RECORDS_MS, EVENTS_MS = 0.9, 0.09
"""Milliseconds for each record and each event: 100,000 and 1,000,000 of them take three minutes at most."""


def _unverified() -> ExitStack:
    """Nothing is compared: what a page took before."""
    from plumbline.trail import reading

    stack = ExitStack()
    stack.enter_context(mock.patch.object(reading, "verify", return_value=None))
    return stack


def _open(browser: Any, address: str) -> None:
    assert browser.get(address).status_code == 200


def _open_unverified(browser: Any, address: str) -> None:
    with _unverified():
        _open(browser, address)


def _records(actor: Any, count: int) -> None:
    from plumbline.records.batches.commands import NewRecords

    for start in range(0, count, 200):
        batch = NewRecords(actor, "ai-system")
        for number in range(start, min(count, start + 200)):
            batch.add({"title": f"System {number}", "slug": f"system-{number}"})
        batch.write()


def _events(actor: Any, count: int) -> None:
    from django.conf import settings

    from plumbline.kernel import clock
    from plumbline.telemetry import intake
    from plumbline.telemetry.mover import MoverStage
    from plumbline.telemetry.store.duckdb import DuckStore

    now = clock.rfc3339(clock.now())
    for start in range(0, count, 500):
        events = [
            {
                "id": str(UUID(int=start + place + 1)), "time": now, "system": "system-1", "type": "decision",
                "outcome": "pay", "latency_ms": 20.0, "features": {"amount": 1.0},
            }
            for place in range(min(500, count - start))
        ]  # fmt: skip
        body = json.dumps({"source": "bench", "events": events}).encode()
        intake.accept(body, "application/json", "", actor.id, settings.PLUMBLINE)
    store = DuckStore(settings.PLUMBLINE.data / "evidence.duckdb")
    try:
        while MoverStage(settings.PLUMBLINE.data, store).advance():
            pass
    finally:
        store.close()


def _cost(tables: set[str], count: int) -> Cost:
    """What comparing some tables takes for each of ``count`` rows."""
    from plumbline.trail import proof_scrub, proofs

    def compare() -> None:
        for proof, work in proofs.passes():
            if proof.table in tables:
                first, stop = work.span()
                with work.around():
                    for start in range(first, stop, work.step):
                        assert not proof_scrub.check_range(work, start, min(stop, start + work.step))

    return _timed(compare, count)


def _timed(act: Callable[[], None], count: int) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Cost(wall * 1_000 / count, cpu * 1_000 / count)


def _hash(publisher: Any) -> None:
    assert publisher.scrub().ok


def rows(scale: Scale) -> Iterator[Row]:
    """The page, then the scrub."""
    with installation.in_process(postgresql=scale.postgresql):
        actor = installation.manager()
        records, events = scale.size(RECORDS, 50), scale.size(EVENTS, 500)
        _records(actor, records)
        browser = installation.browser()
        here, anchor = table.compare(
            partial(_open, browser, "/records/SYS-0001/"),
            partial(_open_unverified, browser, "/records/SYS-0001/"),
            scale.repetitions,
        )
        name = "page: a record, compared with its entries"
        yield Row(name, "nothing compared", here, anchor, Promise("cpu ratio", PAGE_RATIO))
        _events(actor, events)
        from plumbline.trail import log, publisher

        publisher.publish()
        hashed = _timed(partial(_hash, publisher), log.size())
        of_records = {"records.Record", "records.Revision"}
        yield Row("scrub: a record", "an entry hashed", _cost(of_records, records), hashed,
                  Promise("cpu", RECORDS_MS))  # fmt: skip
        yield Row("scrub: an event", "an entry hashed", _cost({"openings.db/segment"}, events), hashed,
                  Promise("cpu", EVENTS_MS))  # fmt: skip


if __name__ == "__main__":
    table.run(rows)
