"""What the demonstration costs when nobody uses it, and how long a new installation takes.

Memory is the proportional set size (PSS) of every process of the idle demo, which counts pages that several
processes share once; the resident size (RSS), which counts them in each, stands beside it. The yardstick of
that run is a bare Python process that has imported Django and DuckDB. The load is the CPU time of the demo's
idle processes as a share of one core. The time is the CPU time of ``plumbline init`` from
no folder at all (user and system, with the processes it starts), beside that of ``plumbline --version``,
which only starts.

    python bench/idle.py [--rounds 5] [--watch 60]

Prints one JSON line; exits with 1 when a limit is passed: 240 MB, 0.5 % of a core, 2 s of CPU for init.
Needs ``/proc`` (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MEGABYTES, SECONDS, PERCENT = 240.0, 2.0, 0.5
PLUMBLINE = (sys.executable, "-m", "plumbline.cli.main")
YARDSTICK = "import django, duckdb, sys; sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.read()"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(process: int) -> list[int]:
    """A process and all that it has started, and those in turn."""
    found = [process]
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += family(int(child))
    return found


def megabytes(process: int) -> tuple[float, float]:
    """PSS and RSS of a process, in millions of bytes."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup[1:]}
    return sizes["Pss"] * 1024 / 1e6, sizes["Rss"] * 1024 / 1e6


def cpu_seconds(process: int) -> float:
    """CPU time of a process since it began, over all its threads."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def idle_percent(processes: list[int], watch: float) -> float:
    """CPU time that ``processes`` take together in ``watch`` seconds, in percent of one core."""
    before, begun = sum(map(cpu_seconds, processes)), time.perf_counter()
    time.sleep(watch)
    spent = sum(map(cpu_seconds, processes)) - before
    return spent / (time.perf_counter() - begun) * 100


def seconds(words: tuple[str, ...], rounds: int) -> float:
    """Median CPU time of a command, each time in a folder of its own."""
    found = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
            environ = {**os.environ, "PLUMBLINE_DATA": str(Path(folder) / "data")}
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([*PLUMBLINE, *words], env=environ, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(found)


def bare() -> float:
    """PSS of the yardstick."""
    words = [sys.executable, "-c", YARDSTICK]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        size = megabytes(process.pid)[0]
        assert process.stdin is not None
        process.stdin.close()
    return size


def idle_demo(rest: float, watch: float) -> dict[str, Any]:
    """Start the demo from nothing, wait until it is ready and has rested, and weigh its processes."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        data = str(Path(folder) / "demo")
        begun = time.perf_counter()
        first = [*PLUMBLINE, "demo", "--no-serve", "--data", data, "--port", str(free_port())]
        subprocess.run(first, check=True, capture_output=True)
        made = time.perf_counter() - begun
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*PLUMBLINE, "demo", "--data", data, "--port", str(free_port())],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            if "ready" not in process.stdout.readline():
                raise SystemExit("the demo did not start")
            second = time.perf_counter() - begun
            time.sleep(rest)
            processes = family(process.pid)
            weights = [megabytes(one) for one in processes]
            load = idle_percent(processes, watch)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    return {
        "processes": len(weights),
        "pss_mb": round(sum(one[0] for one in weights), 1),
        "rss_mb": round(sum(one[1] for one in weights), 1),
        "each_pss_mb": [round(one[0], 1) for one in weights],
        "cpu_percent": round(load, 2),
        "demo_first_s": round(made, 1),
        "demo_second_s": round(second, 2),
    }


def main() -> None:
    """Measure and judge."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--rest", type=float, default=15.0, help="Seconds the demo rests before it is weighed."
    )
    options.add_argument("--watch", type=float, default=60.0, help="Seconds over which its load is taken.")
    given = options.parse_args()
    for name in [name for name in os.environ if name.startswith("PLUMBLINE_")]:
        del os.environ[name]
    yardstick = bare()
    found = idle_demo(given.rest, given.watch) | {"bare_pss_mb": round(yardstick, 1)}
    found["pss_ratio"] = round(found["pss_mb"] / yardstick, 2)
    found["init_cpu_s"] = round(seconds(("init",), given.rounds), 2)
    found["version_cpu_s"] = round(seconds(("--version",), given.rounds), 2)
    found["limits"] = {"mb": MEGABYTES, "init_cpu_s": SECONDS, "cpu_percent": PERCENT}
    print(json.dumps(found))
    within = (
        found["pss_mb"] <= MEGABYTES and found["cpu_percent"] <= PERCENT and found["init_cpu_s"] <= SECONDS
    )
    raise SystemExit(0 if within else 1)


if __name__ == "__main__":
    main()
