"""The erasure of ten thousand data subjects, with their keys and rows in every store.

Each subject has one event; all of them are named by one request, asked for by one person and approved by
another. Measured is the work itself: finding, destroying keys, deleting openings, rewriting the evidence
store, the entries, and overwriting what was deleted.

    python bench/erase.py [--postgresql]
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import installation
from table import Cost, Promise, Row, Scale, run

SUBJECTS, BATCH = 10_000, 2_000
SECONDS = 60.0


def send(count: int) -> None:
    """One event for each of ``count`` subjects, through the real intake."""
    from django.conf import settings

    from plumbline.kernel import clock
    from plumbline.kernel.ids import uuid7
    from plumbline.telemetry import intake

    for start in range(0, count, BATCH):
        events = [
            {
                "id": str(uuid7()),
                "time": clock.rfc3339(clock.now()),
                "system": "claims-triage",
                "type": "decision",
                "subject": f"p-{number:06d}",
                "outcome": "pay",
                "input": "What was asked, in a sentence or two of free text. " * 4,
                "features": {"amount": number},
            }
            for number in range(start, min(start + BATCH, count))
        ]
        body = json.dumps({"source": "bench", "events": events}).encode()
        intake.accept(body, "application/json", "", "tok_bench", settings.PLUMBLINE)


def erase(data: Path, count: int) -> Cost:
    """Ask, approve and do; what the work took, in seconds."""
    from plumbline.erasure import commands
    from plumbline.erasure.execution import commands as execution
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor, actor_of_person
    from plumbline.telemetry.mover import MoverStage
    from plumbline.telemetry.store.duckdb import DuckStore

    operator = Actor.installation()
    second = people.create_person(operator, email="sara@example.org", full_name="Sara Lind")
    people.give_grant(operator, second, "aims-manager")
    send(count)
    store = DuckStore(data / "evidence.duckdb")
    while MoverStage(data, store).advance():
        pass
    target = "\n".join(f"p-{number:06d}" for number in range(count))
    asked = commands.request(operator, kind="subject", target=target, ground="gdpr-17-1-b", reason="Bench.")
    row = commands.approve(actor_of_person(second), asked.handle)
    wall, cpu = time.perf_counter(), time.process_time()
    done = execution.run(row, store)
    cost = Cost(time.perf_counter() - wall, time.process_time() - cpu, "s")
    if done.events != count or store.event(UUID(int=0)) is not None:
        raise RuntimeError("not everything was found")
    store.close()
    return cost


def rows(scale: Scale) -> Iterator[Row]:
    """The whole erasure, once: what is erased cannot be erased a second time."""
    count = scale.size(SUBJECTS, least=500)
    with installation.in_process(postgresql=scale.postgresql) as data:
        cost = erase(data, count)
    yield Row(f"erasure of {count:,} data subjects", "", cost, promise=Promise("value", SECONDS))


if __name__ == "__main__":
    run(rows)
