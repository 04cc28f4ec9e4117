"""Drawing a sample that anybody can draw again, from the candidates, their number and a seed alone.

Every candidate has a place, counted from 0 in the order of the trail (entry, then position in the segment),
also one that is left out. A candidate's rank is SHA-256 over the UTF-8 text ``<seed>:<place>``; the sample is
the candidates with the smallest ranks, smallest first, without those left out. A seed that is named after the
population is committed to leaves nobody a choice of who is drawn. A random generator would do for fairness,
but its sequence differs between languages and versions; SHA-256 does not.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection

METHOD = (
    "Places are counted from 0 in the order of the trail over every candidate of the range. The rank of a "
    "place is the SHA-256 of the UTF-8 text <seed>:<place>. The sample is the places with the smallest "
    "ranks, smallest first, without those that documents/population.json leaves out."
)


def rank(seed: str, place: int) -> bytes:
    """The rank of a place under a seed: 32 bytes, the smallest are drawn first."""
    return hashlib.sha256(f"{seed}:{place}".encode()).digest()


def draw(seed: str, size: int, count: int, left_out: Collection[int] = ()) -> list[int]:
    """The places drawn of ``size`` candidates, in the order of their ranks; at most ``count``, and none that
    is left out."""
    out = set(left_out)
    candidates = (place for place in range(size) if place not in out)
    return heapq.nsmallest(count, candidates, key=lambda place: rank(seed, place))
