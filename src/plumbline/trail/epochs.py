"""Epochs of one log: where entries were lost for good, a new one begins, under the next name.

The name of a log (its origin) ends in the number of the epoch. The first entry of a new epoch (`OPENED`)
holds the last checkpoint of the old one: ``old`` with its origin, size and root, and ``agreed``, the number
of entries up to which both are the same. Entries before it keep the name that they were recorded under;
nothing of the old epoch is signed any more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from plumbline.kernel.canonical import CanonicalError
from plumbline.trail import entry, queries
from plumbline.trail.predecessors import CONTINUED, continued_at

OPENED = "trail.epoch-opened"


@dataclass(frozen=True)
class Epoch:
    """Entries from ``first`` on, up to the next epoch, are recorded under ``origin``.

    ``agreed`` entries are the same in the epoch before.
    """

    origin: str
    first: int
    agreed: int = 0


def following(origin: str) -> str:
    """The name of the epoch after ``origin``."""
    stem, _, last = origin.rpartition("/")
    return f"{stem}/{int(last) + 1}" if stem and last.isdecimal() else f"{origin}/2"


def is_same_log(origin: str, other: str) -> bool:
    """Whether two names are of one log, in whichever epochs."""
    return _stem(origin) == _stem(other)


def _stem(origin: str) -> str:
    stem, _, last = origin.rpartition("/")
    return stem if stem and last.isdecimal() else origin


def epochs(origin: str) -> tuple[Epoch, ...]:
    """Every epoch of the log whose present name is ``origin``, oldest first.

    Those of a log that this one continues are among them (`plumbline.trail.predecessors`).
    """
    found: list[Epoch] = []
    continued = continued_at(settings.PLUMBLINE.data)
    name = origin
    # From the newest on: what an entry names as the epoch before has to be where the next older one ends.
    for leaf in reversed(queries.of_types((OPENED, CONTINUED))):
        try:
            body = entry.read(leaf.body)
            before, agreed = str(body.facts["old"]["origin"]), int(body.facts["agreed"])
        except (CanonicalError, KeyError, TypeError, ValueError, AttributeError):
            continue  # a damaged entry, which the scrub reports as such
        if leaf.entry_type == CONTINUED:
            belongs = continued is not None and leaf.index <= continued
        else:
            belongs = is_same_log(before, body.origin)
        if belongs and body.origin == name:
            found.insert(0, Epoch(body.origin, leaf.index, agreed))
            name = before
    return (Epoch(name, 0), *found)


def holds(known: Sequence[Epoch], origin: str, size: int) -> bool:
    """Whether a checkpoint of ``size`` entries under ``origin`` speaks of entries that this log has."""
    for epoch, later in zip(known, [*known[1:], None], strict=True):
        if epoch.origin == origin:
            return later is None or size <= later.agreed
    return False


def origin_at(known: Sequence[Epoch], index: int) -> str:
    """The name under which entry ``index`` was recorded."""
    return known[bisect_right([epoch.first for epoch in known], index) - 1].origin
