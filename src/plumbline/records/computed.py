"""Values of a record that nobody writes: another room works them out whenever somebody looks.

They stand beside the fields in lists, on the API and in CSV, always as of now; no revision keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Computed:
    """One such value: its name for programs, its label for readers, and how it is read for many records.

    ``read`` answers texts by reference; a record that has no such value is left out.
    """

    name: str
    label: str
    read: Callable[[Collection[str]], Mapping[str, str]]


_known: dict[str, Computed] = {}


def register(kind: str, computed: Computed) -> None:
    """Show ``computed`` with the records of the kind with this slug."""
    _known[kind] = computed


def of(kind: str) -> Computed | None:
    """What is computed for records of a kind, if anything is."""
    return _known.get(kind)
