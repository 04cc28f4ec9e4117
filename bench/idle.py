"""What the demonstration costs when nobody uses it, and what a new installation takes.

Memory is the proportional set size (PSS) of every process of the idle demonstration, in which pages that
several processes share count once; the anchor is a bare Python process that has imported Django and DuckDB.
CPU is that of the same processes over a minute in which nobody asks anything. A new installation is the
whole command ``plumbline init``; its anchor is a Python process that imports Django and creates the same
tables with the SQL that SQLite kept of them.

    python bench/idle.py [--repetitions 15]

Needs ``/proc`` (Linux).
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import installation
import table
from installation import PLUMBLINE
from table import Cost, Promise, Row, Scale

MEGABYTES, CPU_PERCENT, INIT_CPU_MS = 240.0, 0.5, 2_000.0
SETTLE, WATCHED = 20.0, 60.0
"""Seconds the demonstration rests before it is watched, and for which it is."""
BARE = "import django, duckdb, sys; sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.read()"
CREATE = "import django, sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())"


def megabytes(process: int) -> float:
    """The proportional set size of a process, in millions of bytes."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup[1:]}
    return sizes["Pss"] * 1024 / 1e6


def bare_memory() -> float:
    """The memory of the anchor."""
    command = [sys.executable, "-c", BARE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        size = megabytes(process.pid)
        process.stdin.close()
    return size


def idle_demo(watched: float) -> tuple[float, float]:
    """Megabytes of the idle demonstration, and per cent of a core that it uses."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        words = ["demo", "--data", f"{folder}/demo", "--port", str(installation.free_port())]
        subprocess.run([*PLUMBLINE, *words, "--no-serve"], check=True, capture_output=True)
        process = subprocess.Popen(
            [*PLUMBLINE, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            assert process.stdout is not None
            if "ready" not in process.stdout.readline():
                raise SystemExit("the demonstration did not start")
            time.sleep(min(SETTLE, watched))
            processes = installation.family(process.pid)
            used, begun = installation.cpu_of(processes), time.monotonic()
            time.sleep(watched)
            passed = time.monotonic() - begun
            share = 100 * (installation.cpu_of(processes) - used) / passed
            return sum(map(megabytes, processes)), share
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def children_cpu() -> float:
    """Seconds of CPU of the processes that this one has started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def init() -> str:
    """A new installation; the SQL of its tables."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        environment = {**os.environ, "PLUMBLINE_DATA": f"{folder}/data"}
        subprocess.run([*PLUMBLINE, "init"], env=environment, check=True, capture_output=True)
        found: list[str] = []
        for file in Path(folder, "data").glob("*.db"):
            connection = sqlite3.connect(file)
            # Triggers and the tables of full-text search hang on functions and modules of the product.
            query = "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql LIKE 'CREATE %'"
            found += [sql for (sql,) in connection.execute(query) if "sqlite_" not in sql]
            connection.close()
        return ";\n".join(found)


def create_tables(schema: str) -> None:
    """The anchor of `init`."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        command = [sys.executable, "-c", CREATE, f"{folder}/bare.db"]
        subprocess.run(command, input=schema, text=True, check=True, capture_output=True)


def rows(scale: Scale) -> Iterator[Row]:
    """A new installation, then memory and CPU at rest."""
    schema = init()
    costs = table.compare(
        init,
        lambda: create_tables(schema),
        min(scale.repetitions, 5),
        here_cpu=children_cpu,
        anchor_cpu=children_cpu,
    )
    yield Row("plumbline init", "import Django, create tables", *costs, Promise("cpu", INIT_CPU_MS))
    memory, share = idle_demo(max(WATCHED * scale.share, 5.0))
    anchor = Cost(bare_memory(), unit="MB")
    yield Row(
        "idle demonstration, memory", "Python, Django, DuckDB", Cost(memory, unit="MB"), anchor,
        Promise("value", MEGABYTES),
    )  # fmt: skip
    yield Row(
        "idle demonstration, CPU", "nobody there", Cost(share, unit="% of a core"),
        promise=Promise("value", CPU_PERCENT),
    )  # fmt: skip


if __name__ == "__main__":
    table.run(rows)
