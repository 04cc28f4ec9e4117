"""Every list of the demonstration out in one file, and into an empty installation, by the commands.

The commands run as an operator runs them, each in a process of its own, whose CPU time counts.

    python bench/together.py [--repetitions 15]
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import table
from leaving import children_cpu, run
from table import Promise, Row, Scale

MOST_SECONDS = 60.0


def rows(scale: Scale) -> Iterator[Row]:
    """Both halves together against the minute that was promised."""
    with tempfile.TemporaryDirectory() as name:
        top, numbers = Path(name), iter(range(1_000_000))
        demo = str(top / "demo")
        run("demo", "--no-serve", "--data", demo)

        def leave() -> None:
            number = next(numbers)
            lists, new = str(top / f"lists-{number}.zip"), str(top / f"new-{number}")
            run("init", "--data", new)
            run("export", "all", "--out", lists, "--data", demo)
            run("import", "all", lists, "--data", new)

        few = max(1, scale.repetitions // 5)
        cost = table.median_cost([table.time_once(leave, children_cpu) for _ in range(few)])
        most = Promise("cpu", MOST_SECONDS * 1_000)
        yield Row("every list of the demonstration out and in", "three commands", cost, None, most)


if __name__ == "__main__":
    table.run(rows)
