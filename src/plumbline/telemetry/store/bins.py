"""Bins of a feature as the engine counts them: edges of numbers, or categories of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def parts_of(edges: Sequence[float], categories: Sequence[str]) -> tuple[str, list[Any]]:
    """What bins are made of, with its type in the engine: categories where there are any, else edges."""
    return ("VARCHAR", list(categories)) if categories else ("DOUBLE", list(edges))


def by_key(
    rows: Iterable[tuple[Any, ...]], edges: Sequence[float], categories: Sequence[str]
) -> dict[Any, list[int]]:
    """Rows of key, place and count as the counts of each key; of categories the last is none of them."""
    places = [*range(1, len(categories) + 1), 0] if categories else list(range(len(edges) + 1))
    counted: dict[Any, dict[int, int]] = {}
    for key, place, count in rows:
        counted.setdefault(key, {})[place] = int(count)
    return {key: [by_place.get(place, 0) for place in places] for key, by_place in counted.items()}
