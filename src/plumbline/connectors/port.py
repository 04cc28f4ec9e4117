"""The port: what a connector declares. It reads a system and yields facts; the rest is the stage's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms

from plumbline.kernel.problems import Fault, NotFound


@dataclass(frozen=True)
class Fact:
    """What an outside system says of one thing.

    ``kind`` and ``key`` name the record it belongs to, and ``values`` (as a form takes them) what the record
    should say; fields that are not named are left alone. ``position`` is where reading goes on after this
    fact. With ``faults`` it says nothing and is only reported.
    """

    kind: str
    key: str
    position: str
    values: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


Read = Callable[[Mapping[str, str], str], Iterator[Fact]]


@dataclass(frozen=True)
class Connector:
    """One outside system that facts come from.

    ``read(settings, since)`` yields facts in the order of their positions, those after ``since`` only (an
    empty text: all of them). It asks no database, so that it can be tried on a file alone, and raises a
    `Problem` when the system cannot be read at all. ``settings`` are the cleaned texts of ``settings_form``.
    A fact that comes twice must say the same: the stage may have to read it again.
    """

    slug: str
    title: str
    text: str
    kinds: tuple[str, ...]
    settings_form: type[forms.Form]
    read: Read
    every: timedelta = timedelta(minutes=15)


_connectors: dict[str, Connector] = {}


def register(connector: Connector) -> None:
    """Make ``connector`` known. Raises ``ValueError`` when another one has its slug."""
    if _connectors.setdefault(connector.slug, connector) is not connector:
        raise ValueError(f"there are two connectors called {connector.slug}")


def get(slug: str) -> Connector:
    """The connector called ``slug``. Raises `NotFound`."""
    if slug not in _connectors:
        raise NotFound(f"There is no such connector. Known: {', '.join(sorted(_connectors))}.")
    return _connectors[slug]


def all_connectors() -> tuple[Connector, ...]:
    """Every connector, by slug."""
    return tuple(_connectors[slug] for slug in sorted(_connectors))
