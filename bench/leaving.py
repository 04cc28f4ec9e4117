"""A backup, and the whole organization out and in elsewhere: records and events, by the commands.

The organization has as many records and events as that of the demonstration has, or a share of it. The
commands run as an operator runs them, each in a process of its own, whose CPU time counts. The anchor of
the backup is a copy of the same folder, file by file, which is of no one moment.

    python bench/leaving.py [--repetitions 15]
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import installation
import table
from installation import EMAIL, PLUMBLINE
from table import Promise, Row, Scale

RECORDS, EVENTS, BATCH, MOST_SECONDS = 200, 40_000, 1_000, 60.0


def fill(data: Path, records: int, events: int) -> None:
    """Systems with a comment each, and events that were moved into the stores."""
    import json

    from django.conf import settings

    from plumbline.identity import queries as people
    from plumbline.identity.actors import actor_of_person
    from plumbline.kernel import clock
    from plumbline.records import commands, examples, kinds
    from plumbline.records.discussion import commands as discussion
    from plumbline.telemetry import intake
    from plumbline.telemetry.mover import MoverStage
    from plumbline.telemetry.store.duckdb import DuckStore

    manager, kind = actor_of_person(people.person(EMAIL)), kinds.get("ai-system")
    for number in range(records):
        changes = {"slug": f"system-{number:04}", "title": f"System {number}"}
        saved = commands.create(manager, kind, examples.values_of(kind, lambda other: "", changes))
        discussion.comment(manager, saved.reference, "Seen and found right.")
    moment = clock.rfc3339(clock.now())
    for _ in range(0, events, BATCH):
        batch = [
            {
                "id": str(uuid4()),
                "time": moment,
                "system": "system-0000",
                "type": "decision",
                "outcome": "pay",
            }
            for _ in range(BATCH)
        ]
        body = json.dumps({"source": "bench", "events": batch}).encode()
        intake.accept(body, "application/json", "", "tok_bench", settings.PLUMBLINE)
    store = DuckStore(data / "evidence.duckdb")
    while MoverStage(data, store).advance():
        pass
    store.close()


def children_cpu() -> float:
    """Seconds of CPU time that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(*words: str) -> None:
    """One command, as an operator runs it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    subprocess.run([*PLUMBLINE, *words], check=True, capture_output=True, env=environment)


def rows(scale: Scale) -> Iterator[Row]:
    """Backup against a bare copy; export and import together against the minute that was promised."""
    with installation.in_process() as data, tempfile.TemporaryDirectory() as name:
        records, events = scale.size(RECORDS, 10), scale.size(EVENTS, BATCH)
        fill(data, records, events)
        top, numbers = Path(name), iter(range(1_000_000))

        def fresh() -> Path:
            return top / f"copy-{next(numbers)}"

        def backup() -> None:
            run("backup", str(fresh()), "--data", str(data))

        def copy() -> None:
            shutil.copytree(data, fresh())

        few = max(1, scale.repetitions // 5)
        here, anchor = table.compare(backup, copy, few, here_cpu=children_cpu)
        yield Row(f"backup of {events:,} events", "a copy of the folder", here, anchor)

        def leave() -> None:
            out = fresh()
            run("organization", "export", str(out), "--data", str(data))
            run("organization", "import", str(out), "--data", str(fresh()))

        moved = _measured(leave, few)
        most = Promise("cpu", MOST_SECONDS * 1_000)
        yield Row(f"{records} records, {events:,} events out and in", "two commands", moved, None, most)
        out = top / "size"
        run("organization", "export", str(out), "--data", str(data))
        size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6
        yield Row("size of the export", "unpacked", table.Cost(size, unit="MB"))


def _measured(work: Callable[[], object], repetitions: int) -> table.Cost:
    return table.median_cost([table.time_once(work, children_cpu) for _ in range(repetitions)])


if __name__ == "__main__":
    table.run(rows)
