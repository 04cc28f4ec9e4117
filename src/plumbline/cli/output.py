"""What a command prints: a table or lines for a person, JSON for a program, progress beside it."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from plumbline.kernel.number_format import format_number

EXIT_PROBLEM = 1
EXIT_USAGE = 2
EXIT_FAILED_CHECK = 3


def as_json(value: Any) -> None:
    """Print ``value`` as one JSON document."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
    sys.stdout.flush()


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under a header, in columns as wide as their longest cell (60 signs at the most)."""
    lines = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in [list(header), *lines]) for place in range(len(header))]
    for line in ([*header], ["-" * width for width in widths], *lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, float):
        value = format_number(value)
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"


class Progress:
    """Lines of progress on standard error: in place on a terminal, one in five seconds elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._last = 0.0
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` pieces are done."""
        now = time.monotonic()
        if done < total and now - self._last < (0.1 if self._terminal else 5.0):
            return
        self._last = now
        end = ("\n" if done >= total else "") if self._terminal else "\n"
        start = "\r" if self._terminal else ""
        print(f"{start}{self.what}: {done} of {total}", end=end, file=sys.stderr, flush=True)


def line(*words: str) -> str:
    """The line by which the reader runs this command with ``words``: in a clone it is called ``./run``."""
    house = Path(sys.prefix)
    cloned = house.name == ".venv" and (house.parent / "run").is_file()
    return shlex.join(["./run" if cloned else "plumbline", *words])


def note(text: str) -> None:
    """One line on standard error, for a person who waits."""
    print(text, file=sys.stderr, flush=True)
