"""A log that is killed at every arrow of its state machine, and looked at after each start (F7, F8).

As a program (``python -m tests.trail.crash``) it appends and publishes until it is killed at the arrow that
``CRASH_AT`` names (``arrow:n``: the n-th time it comes by), and notes in a file what was acknowledged.
`trial` starts it again and again on one data folder; each start checks everything acknowledged before.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARROWS = (
    "append.before-commit",
    "append.after-commit",
    "verify.after-read-back",
    "guard.before-write",
    "guard.after-write",
    "sign.before-memory",
    "sign.after-memory",
    "publish.before-store",
    "publish.after-store",
)
"""Between which two steps the process ends; before or after the step's durable write."""
FAILED, CHECKED = 3, 0
_ENTRIES = 3
_TURNS = 400


@dataclass(frozen=True)
class Tally:
    """What a trial has seen: how often the process ended, what was acknowledged and what was wrong."""

    kills: int
    entries: int
    checkpoints: int
    violations: tuple[str, ...]


def trial(data: Path, rounds: int, seed: int = 1, modes: tuple[str, ...] = ("kill", "eio")) -> Tally:
    """Let the program end at every arrow, ``rounds`` times each, in a random order; then check a last time.

    ``modes``: ``kill`` ends it by SIGKILL, ``eio`` lets the step fail as a broken disk does.
    """
    source = random.Random(seed)
    plan = [(arrow, source.randint(1, 3), mode) for arrow in ARROWS for mode in modes for _ in range(rounds)]
    source.shuffle(plan)
    violations: list[str] = []
    for arrow, times, mode in plan:
        violations += _run(data, f"{arrow}:{times}:{mode}", (-signal.SIGKILL, FAILED))
    violations += _run(data, "", (CHECKED,))
    lines = (data / "acknowledged").read_text().splitlines()
    entries = sum(line.startswith("E ") for line in lines)
    return Tally(len(plan), entries, len(lines) - entries, tuple(violations))


def _run(data: Path, crash_at: str, expected: tuple[int, ...]) -> list[str]:
    environ = {**os.environ, "PLUMBLINE_DATA": str(data), "CRASH_AT": crash_at}
    done = subprocess.run(
        [sys.executable, "-m", "tests.trail.crash"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode in expected:
        return []
    return [f"{crash_at or 'last check'}: exit {done.returncode}: {done.stderr[-2000:]}"]


# The program


def main() -> int:
    """Check what was acknowledged before, then append and publish until the end comes."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.server.settings")
    django.setup()
    from django.conf import settings
    from django.db import transaction

    from plumbline.trail import log, publisher

    file = settings.PLUMBLINE.data / "acknowledged"
    publisher.publish()
    _check(file)
    arrow, _, rest = os.environ["CRASH_AT"].partition(":")
    if not arrow:
        return CHECKED
    times, _, mode = rest.partition(":")
    _arm(arrow, int(times), mode)
    with file.open("a", buffering=1) as acknowledged:
        try:
            for _ in range(_TURNS):
                for _ in range(_ENTRIES):
                    with transaction.atomic():
                        entry = log.append("record.created", actor="per_1", openings={"body": b"x"})
                    acknowledged.write(f"E {entry.index} {entry.leaf_hash.hex()}\n")
                checkpoint = publisher.publish()
                if checkpoint is not None:
                    acknowledged.write(
                        f"C {checkpoint.size} {checkpoint.root.hex()} {checkpoint.note.encode().hex()}\n"
                    )
        except OSError:
            return FAILED  # whether it was written is not known, so the process ends and the next one looks
    return 1


def _check(file: Path) -> None:
    """Every acknowledged entry is there, every published checkpoint is the same bytes, and all of it fits."""
    from plumbline.trail import log, publisher

    report = publisher.scrub()
    assert report.ok, report.detail
    notes: dict[str, str] = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        kind, number, *rest = line.split()
        if kind == "E":
            assert log.leaf(int(number)).leaf_hash.hex() == rest[0], f"entry {number} is another one"
        else:
            assert notes.setdefault(number, rest[1]) == rest[1], f"two checkpoints of size {number}"
            stored = log.checkpoint_at(int(number))
            assert stored is not None, f"checkpoint {number} is gone"
            assert stored.note.encode().hex() == rest[1], f"checkpoint {number} is another one"
    assert [leaf.index for leaf in log.leaves(0, log.size())] == list(range(log.size()))


def _steps() -> Iterator[tuple[str, str, Any, str]]:
    from plumbline.trail import append_sql, commands, guard, publisher, signer

    # Advancing the head is the last statement of an append; what follows is its COMMIT.
    yield "append.before-commit", "after", append_sql, "advance"
    yield "append.after-commit", "before", publisher, "_publish"
    yield "verify.after-read-back", "after", publisher, "read_back"
    yield "guard.before-write", "before", guard, "write_private"
    yield "guard.after-write", "after", guard, "write_private"
    yield "sign.before-memory", "before", signer, "write_private"
    yield "sign.after-memory", "after", signer, "write_private"
    yield "publish.before-store", "before", commands, "store_checkpoint"
    yield "publish.after-store", "after", commands, "store_checkpoint"


def _arm(arrow: str, times: int, mode: str) -> None:
    """Let the process end when it comes by ``arrow`` the given time."""
    _, when, module, name = next(step for step in _steps() if step[0] == arrow)
    original: Callable[..., Any] = getattr(module, name)
    left = times

    def crashing(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if when == "before" and left == 0:
            _end(mode)
        answer = original(*arguments, **named)
        if when == "after" and left == 0:
            _end(mode)
        return answer

    setattr(module, name, crashing)


def _end(mode: str) -> None:
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.EIO, "Input/output error")


if __name__ == "__main__":
    sys.exit(main())
