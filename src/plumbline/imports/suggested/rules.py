"""What a proposed map consists of, before it is fitted to the columns that a file has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Take:
    """Where a field comes from: all of ``columns`` that the file has, joined, or a ``constant``.

    With ``first`` only the first of them that has a text. ``labelled`` puts the name of each column before
    its text; ``values`` translate words; ``split`` cuts a cell into several values.
    """

    columns: tuple[str, ...] = ()
    first: bool = False
    constant: str = ""
    join: str = "\n\n"
    labelled: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    split: str = ""


@dataclass(frozen=True)
class TypedMap:
    """The map of one list of a format to a kind of record.

    ``format`` is how `Sheet.format` begins, ``path`` the list. ``keys`` are sets of columns, the best first,
    by which entries are told apart. ``skip`` is a column and words: such entries are left out; ``only`` a
    column and words: every other entry is left out.
    """

    format: str
    path: str
    kind: str
    fields: Mapping[str, Take]
    keys: tuple[tuple[str, ...], ...]
    skip: tuple[str, tuple[str, ...]] | None = None
    only: tuple[str, tuple[str, ...]] | None = None


def every(*columns: str, join: str = "\n\n", labelled: bool = False) -> Take:
    """The texts of all these columns that the file has, one after the other."""
    return Take(columns, join=join, labelled=labelled)


def first(*columns: str) -> Take:
    """The first of these columns that has a text."""
    return Take(columns, first=True)


def listed(column: str, split: str = ",") -> Take:
    """Several values in one cell."""
    return Take((column,), split=split)


def words(column: str, **values: str) -> Take:
    """A column whose words mean others here; underscores stand for hyphens in the names of ``values``."""
    return Take((column,), values={name.replace("_", "-"): value for name, value in values.items()})
