"""All checks in one place: the library's functions and the rows of YAML, loaded once."""

from __future__ import annotations

from functools import lru_cache

from plumbline.controls import library, rows
from plumbline.controls.declare import Check, all_checks

assert library  # importing it declares the checks


@lru_cache(maxsize=1)
def load() -> tuple[Check, ...]:
    """Every check, by slug."""
    rows.load()
    return all_checks()
