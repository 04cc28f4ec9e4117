"""The whole log as it leaves an installation: entries, openings that can be read, every checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from plumbline.trail import queries
from plumbline.trail.openings import queries as openings
from plumbline.trail.openings.queries import Opened
from plumbline.trail.queries import Checkpoint

_LOG: Final = "goes along as the log itself, in the folder log"
_FOLLOWS: Final = "follows from the entries of the log"
TABLES: Final = {
    "trail.leaf": _LOG,
    "trail.opening": _LOG,
    "trail.checkpoint": _LOG,
    "trail.erasedopening": _FOLLOWS,
    "trail.tile": _FOLLOWS,
    "trail.coordinator": _FOLLOWS,
    "trail.finding": "what the scrub of this installation has found; the next one looks for itself",
    "trail.scrubstate": "how far the scrub of this installation has come",
}
"""The tables of the trail, each with how an export has it."""


@dataclass(frozen=True)
class LogOpening:
    """One opening in the clear: the entry and slot it belongs to, the salt and the exact bytes."""

    index: int
    slot: str
    salt: bytes
    body: bytes
    retention: str


def entries(size: int) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of the first ``size`` entries."""
    for view in queries.leaves(0, size):
        yield view.index, view.body


def readable_openings(size: int) -> Iterator[LogOpening]:
    """Every opening of the first ``size`` entries that can be read. What was erased is not there any more."""
    for row, state in openings.in_range(0, size):
        if isinstance(state, Opened):
            yield LogOpening(row.index, row.slot, bytes(state.salt), bytes(state.body), row.retention)


def checkpoints() -> Iterator[Checkpoint]:
    """Every signed checkpoint, by size."""
    yield from queries.checkpoints()
