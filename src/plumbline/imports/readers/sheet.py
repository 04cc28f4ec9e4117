"""What every reader gives back: the rows of one table, and how the file was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from plumbline.kernel.messages import Message

TEXT, DATE, INSTANT, NUMBER, YES_NO, ERROR = "t", "d", "i", "n", "b", "e"
"""What a cell was in its file: the letters of `SheetRow.types`."""


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read. What is empty (or 0) the reader finds out.

    ``sheet`` names a sheet or table, ``path`` the list in a JSON file. ``header_row`` is the row (of CSV: the
    line) that names the columns; with two ``header_rows`` it is the lower one. ``first_row`` and ``last_row``
    bound the rows that are read. ``endings`` says ``skip`` to leave out totals and notes below the table.
    """

    sheet: str = ""
    path: str = ""
    header_row: int = 0
    header_rows: int = 0
    first_row: int = 0
    last_row: int = 0
    endings: str = ""
    encoding: str = ""
    delimiter: str = ""

    def chosen(self, other: ReadOptions) -> ReadOptions:
        """These options, with everything that ``other`` says in their place."""
        given = {item.name: getattr(other, item.name) for item in fields(other)}
        return replace(self, **{name: value for name, value in given.items() if value})


READ_AS_FOUND = ReadOptions()


@dataclass(frozen=True)
class SheetRow:
    """One row: the first line of the file it stands on (the row of the sheet; from 1), and its cells as text.

    ``types`` has one letter for each cell (`TEXT`, `DATE`, …), or is empty where a file has texts only. Dates
    and instants are ISO 8601 (``2024-03-01``, ``2024-03-01T13:30:00``), numbers have a decimal point.
    """

    line: int
    cells: tuple[str, ...]
    types: str = ""


@dataclass(frozen=True)
class TableName:
    """A sheet, table or list that a file has. ``place`` is what `ReadOptions` calls it."""

    place: str
    rows: int | None = None
    hidden: bool = False
    kind: str = ""
    """Slug of the kind of record that its rows are, where the format says so."""


@dataclass(frozen=True)
class Sheet:
    """A file that was read. ``columns`` are unique names; ``rows`` leaves out rows without any text."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    encoding: str
    delimiter: str
    repeated: tuple[str, ...] = ()
    """Header texts that stand over several columns; those are called ``Name (1)``, ``Name (2)`` …"""
    format: str = "CSV"
    """What the file is called by people: ``CSV``, ``Excel workbook``, ``CycloneDX 1.6`` …"""
    options: ReadOptions = READ_AS_FOUND
    """How it was read: what was chosen, and what was found where nothing was."""
    tables: tuple[TableName, ...] = ()
    """Everything in the file that could be read instead; none where there is only one."""
    notices: tuple[Message, ...] = ()
    """What a person should know before the rows become records."""
    endings: tuple[int, ...] = ()
    """Lines of the rows below the table that look like totals and notes."""
    kind: str = ""
    """Slug of the kind of record that the rows are, where the format says so."""
    _folded: Mapping[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Once, and not at every look-up: a map asks for each column of each field. The class is frozen.
        places = {fold(column): place for place, column in enumerate(self.columns)}
        object.__setattr__(self, "_folded", places)

    def place(self, name: str) -> int | None:
        """The position of the column called ``name``, whatever its capitals and spaces."""
        return self._folded.get(fold(name))

    def column_type(self, name: str) -> str:
        """What the filled cells of a column are, all of them: one letter, or nothing when they differ."""
        place = self.place(name)
        if place is None:
            return ""
        met = {
            row.types[place] if place < len(row.types) else TEXT
            for row in self.rows
            if place < len(row.cells) and row.cells[place].strip()
        }
        return met.pop() if len(met) == 1 else ""


def squeeze(text: str) -> str:
    """``text`` on one line: every run of white space, hard spaces and line ends too, is one space."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())


def fold(text: str) -> str:
    """``text`` as names and words are compared: on one line and without capitals."""
    return squeeze(text).casefold()


def tidy(text: str) -> str:
    """``text`` without white space around it and around its lines; its paragraphs stay."""
    lines = [line.strip(" \t\u00a0\u200b\ufeff") for line in text.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
