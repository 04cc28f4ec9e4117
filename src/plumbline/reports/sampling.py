"""Drawing a sample that anybody can draw again, from the population, its size and a seed alone.

Every member of the population has a place, counted from 0 in the order of the trail (entry, then position
in the segment). A member's rank is SHA-256 over the UTF-8 text ``<seed>:<place>``; the sample is the
members with the smallest ranks, smallest first. A seed that is named before the population is fixed, or drawn
at random in front of the other party, leaves nobody a choice of who is drawn. A random generator would do for
fairness, but its sequence differs between languages and versions; SHA-256 does not.
"""

from __future__ import annotations

import csv
import hashlib
import heapq
import io
from collections.abc import Sequence
from dataclasses import dataclass

METHOD = (
    "Places are counted from 0 in the order of documents/population.csv. The rank of a place is the SHA-256 "
    "of the UTF-8 text <seed>:<place>. The sample is the places with the smallest ranks, smallest first."
)


@dataclass(frozen=True, slots=True)
class Member:
    """One event of the population: its entry, its position there, and its commitment digest."""

    leaf: int
    position: int
    digest: bytes


def rank(seed: str, place: int) -> bytes:
    """The rank of a place under a seed: 32 bytes, the smallest are drawn first."""
    return hashlib.sha256(f"{seed}:{place}".encode()).digest()


def draw(seed: str, size: int, count: int) -> list[int]:
    """The places drawn of a population of ``size``, in the order of their ranks; at most ``count``."""
    return heapq.nsmallest(min(count, size), range(size), key=lambda place: rank(seed, place))


def listed(members: Sequence[Member]) -> bytes:
    """The population as CSV; the SHA-256 of these bytes identifies it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("place", "entry", "position", "commitment"))
    writer.writerows(
        (place, member.leaf, member.position, member.digest.hex()) for place, member in enumerate(members)
    )
    return text.getvalue().encode()
