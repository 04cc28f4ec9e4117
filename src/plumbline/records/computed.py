"""Values of a record that nobody writes: another room derives them.

They stand beside the fields in lists, on the API and in CSV, always as of now; no revision keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Computed:
    """One such value: its name for programs, its label for readers, and how it is read.

    ``parts`` are annotations of the query that reads the records, so that a list takes no further one;
    ``text`` makes the value of a record that has them, empty where the record has none. ``is_usual`` says
    whether a list shows it that says nothing of columns: not what most records have nothing of.
    """

    name: str
    label: str
    parts: Callable[[], Mapping[str, QuerySet[Any, Any]]]
    text: Callable[[Any], str]
    is_usual: bool = True


EVERY = ""
"""In the place of a kind: what is computed for records of every kind, plugins' included."""
_known: dict[str, tuple[Computed, ...]] = {}


def register(kind: str, computed: Computed) -> None:
    """Show ``computed`` with the records of the kind with this slug, after what is shown already."""
    others = tuple(one for one in _known.get(kind, ()) if one.name != computed.name)
    _known[kind] = (*others, computed)


def of(kind: str) -> tuple[Computed, ...]:
    """What is computed for records of a kind, in order."""
    return (*_known.get(kind, ()), *_known.get(EVERY, ()))


def parts(kind: str, *, only_usual: bool = False) -> dict[str, QuerySet[Any, Any]]:
    """The annotations that `texts` needs on records of a kind, or `usual_text` alone."""
    wanted = (one for one in of(kind) if one.is_usual or not only_usual)
    return {name: part for one in wanted for name, part in one.parts().items()}


def texts(kind: str, record: Any) -> dict[str, str]:
    """What is computed for a record that was read with its `parts`, by name; empty where there is nothing."""
    return {one.name: one.text(record) for one in of(kind)}


def usual_text(kind: str, name: str, record: Any) -> str:
    """One of what is usually shown of a kind, for a record read with those `parts`; empty for none."""
    return next((one.text(record) for one in of(kind) if one.is_usual and one.name == name), "")
