"""The sheets of an Excel workbook → rows. Formulas are not computed: the result that it keeps is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plumbline.imports.readers.layout import Grid, sheet_of
from plumbline.imports.readers.limits import CELL_LIMIT, long_cell, malformed
from plumbline.imports.readers.markup import read_part
from plumbline.imports.readers.package import Package
from plumbline.imports.readers.sheet import ERROR, NUMBER, TEXT, YES_NO, ReadOptions, Sheet, TableName
from plumbline.imports.readers.workbook import (
    LINKS,
    MACROS,
    PROBED_SHEETS,
    SheetBuilder,
    SheetPart,
    chosen_part,
    hidden_sheets,
    number_text,
    worth,
)
from plumbline.imports.readers.xlsx.dates import date_text
from plumbline.imports.readers.xlsx.parts import Book, book_of, unescaped
from plumbline.kernel.messages import say

FORMAT = "Excel workbook"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?")


def read(package: Package, options: ReadOptions, row_limit: int) -> Sheet:
    """The sheet that ``options`` name, or the visible one that has most of a table."""
    book = book_of(package)
    probes: dict[str, SheetBuilder] = {}
    part = chosen_part(book.sheets, options)
    if part is None:
        visible = [each for each in book.sheets if not each.hidden] or book.sheets
        for each in visible[:PROBED_SHEETS] if len(visible) > 1 else ():
            probes[each.place] = _parsed(package, book, each, row_limit, probe=True)
        part = max(visible[:PROBED_SHEETS], key=lambda each: worth(probes[each.place]) if probes else 0)
    builder = _parsed(package, book, part, row_limit)
    notices = [
        *hidden_sheets(book.sheets),
        *([MACROS] if book.macros else []),
        *([LINKS] if book.links else []),
    ]
    if book.from_1904:
        notices.append(
            say(
                "imports.dates-from-1904",
                "The workbook counts its dates from 1904. They are read accordingly.",
            )
        )
    grid = Grid(
        FORMAT,
        builder.filled_rows(),
        spans=builder.spans(),
        tables=_tables(book.sheets, part, builder),
        notices=[*notices, *builder.notices()],
    )
    return sheet_of(grid, options.chosen(ReadOptions(sheet=part.name)))


def _tables(parts: Sequence[SheetPart], chosen: SheetPart, builder: SheetBuilder) -> tuple[TableName, ...]:
    return tuple(
        TableName(part.name, len(builder.rows) if part is chosen else None, part.hidden) for part in parts
    )


def _parsed(
    package: Package, book: Book, part: SheetPart, row_limit: int, *, probe: bool = False
) -> SheetBuilder:
    builder = SheetBuilder(row_limit, probe=probe)
    cells = _Cells(book, builder)
    read_part(package, part.place, cells.start, cells.end, cells.text)
    return builder


class _Cells:
    """Handles the elements of one sheet."""

    def __init__(self, book: Book, builder: SheetBuilder) -> None:
        self._book, self._builder = book, builder
        self._columns: dict[str, int] = {}
        self._column = -1
        self._kind = self._style = ""
        self._formula = self._capturing = self._aside = False
        self._pieces: list[str] = []
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "c":
            self._builder.count_cell()
            self._column = self._place(attributes.get("r"))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._formula, self._length = False, 0
            self._pieces.clear()
        elif tag in ("v", "t"):
            self._capturing = not self._aside
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._column = -1
            self._builder.start_row(self._row(attributes.get("r")), attributes.get("hidden") in ("1", "true"))
        elif tag == "rPh":
            self._aside = True
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self._hide(attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "c":
            self._add()
        elif tag in ("v", "t"):
            self._capturing = False
        elif tag == "row":
            self._builder.end_row()
        elif tag == "rPh":
            self._aside = False

    def text(self, data: str) -> None:
        """Text between elements; that of a value is kept."""
        if self._capturing:
            self._pieces.append(data)
            self._length += len(data)
            if self._length > CELL_LIMIT:
                raise long_cell(f"row {self._builder.line}")

    def _row(self, reference: str | None) -> int:
        if reference is None:  # left out when rows follow each other
            return self._builder.line + 1
        if reference.isascii() and reference.isdigit() and len(reference) <= 7:
            return int(reference)
        raise malformed(f"has a row without a number after row {self._builder.line}", "save it again")

    def _place(self, reference: str | None) -> int:
        if reference is None:
            return self._column + 1
        name = reference.rstrip("0123456789")
        found = self._columns.get(name)
        if found is None:
            if not (name.isascii() and name.isalpha() and len(name) <= 3):
                raise malformed(f"has a cell without a place in row {self._builder.line}", "save it again")
            found = self._columns[name] = _column(name.upper())
        return found

    def _merge(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match and match[3]:
            self._builder.merges.append((int(match[2]), int(match[4]), _column(match[1]), _column(match[3])))

    def _hide(self, attributes: Mapping[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if first.isdecimal() and last.isdecimal() and len(first) < 7 and len(last) < 7:
            self._builder.hidden_columns.append((int(first) - 1, int(last) - 1))

    def _add(self) -> None:
        value = "".join(self._pieces)
        if self._formula:
            self._builder.formulas += 1
            self._builder.uncomputed += not value
        if not value:
            return
        if self._kind == "s":
            self._builder.add(self._column, self._shared(value), TEXT, own=False)
        else:
            self._builder.add(self._column, *self._typed(value))

    def _shared(self, value: str) -> str:
        place = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        if not 0 <= place < len(self._book.texts):
            raise malformed(f"has a cell in row {self._builder.line} whose text is missing", "save it again")
        return self._book.texts[place]

    def _typed(self, value: str) -> tuple[str, str]:
        """Text and type of a value that stands in the cell itself."""
        if self._kind == "n":
            return self._number(value)
        if self._kind == "b":
            return ("true" if value.strip() == "1" else "false"), YES_NO
        if self._kind == "e":
            return value, ERROR
        if self._kind == "d" and _ISO.match(value):
            midnight = value[10:] in ("", "T00:00:00", "T00:00:00Z", "T00:00")
            return (value[:10], "d") if midnight else (value[:19], "i")
        return unescaped(value), TEXT

    def _number(self, value: str) -> tuple[str, str]:
        shown = self._book.shown.get(self._style, "")
        try:
            text = number_text(value.strip())
            if not shown:
                return text, NUMBER
            if shown[0] == "0":  # a number that is shown with leading zeros, as ids are
                return text.zfill(len(shown)), TEXT
            return date_text(float(value), shown, from_1904=self._book.from_1904) or (text, NUMBER)
        except ValueError:
            return value, TEXT


def _column(name: str) -> int:
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - 64
    return found - 1
