"""The tables of a Word file → rows. What tracked changes delete is left out, what they insert is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plumbline.imports.readers.layout import Grid, sheet_of
from plumbline.imports.readers.limits import CELL_LIMIT, COLUMN_LIMIT, long_cell, malformed
from plumbline.imports.readers.markup import read_part
from plumbline.imports.readers.package import Package
from plumbline.imports.readers.sheet import TEXT, ReadOptions, Sheet, TableName, squeeze
from plumbline.imports.readers.workbook import SheetBuilder, SheetPart, chosen_part, worth
from plumbline.kernel.messages import say

FORMAT = "Word file"
_DOCUMENT = "word/document.xml"
_CAPTION = 60
_TABLES = 500


def read(package: Package, options: ReadOptions, row_limit: int) -> Sheet:
    """The table that ``options`` name, or the largest. Raises `Malformed` for a text without a table."""
    reader = _Reader(row_limit)
    read_part(package, _DOCUMENT, reader.start, reader.end, reader.text)
    if not reader.builders:
        raise malformed(
            "is a Word file without a table",
            "put what should be imported into a table, or into a spreadsheet",
        )
    parts = [SheetPart(name, str(place)) for place, name in enumerate(reader.names)]
    part = chosen_part(parts, options) or max(parts, key=lambda each: worth(reader.builders[int(each.place)]))
    builder = reader.builders[int(part.place)]
    tables = tuple(TableName(each.name, len(reader.builders[int(each.place)].rows)) for each in parts)
    notices = builder.notices()
    if package.has("word/vbaproject.bin"):
        notices.append(say("imports.document-macros", "The file has macros. They were not run."))
    grid = Grid(FORMAT, builder.filled_rows(), spans=builder.spans(), tables=tables, notices=notices)
    return sheet_of(grid, options.chosen(ReadOptions(sheet=part.name)))


@dataclass
class _Tall:
    """A cell that is merged over several rows: where it begins and how far it reaches."""

    top: int
    bottom: int
    last: int


@dataclass
class _Cell:
    """A cell that is being read."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    wide: int = 1
    merge: str = ""


class _Reader:
    """Handles the elements of the text. A table inside a cell is text of that cell."""

    def __init__(self, row_limit: int) -> None:
        self.builders: list[SheetBuilder] = []
        self.names: list[str] = []
        self._row_limit = row_limit
        self._depth = self._column = 0
        self._cell = _Cell()
        self._open: dict[int, _Tall] = {}
        self._caption: list[str] = []
        self._last_paragraph = ""
        self._capturing = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "tbl":
            self._depth += 1
            if self._depth == 1:
                self._start_table()
        elif tag == "t":
            self._capturing = True
        elif self._depth == 0:
            if tag == "p":
                self._caption = []
        elif tag in ("tab", "br", "cr"):
            self._put("\t" if tag == "tab" else "\n")
        elif self._depth == 1:
            self._start_inside(tag, attributes)

    def _start_table(self) -> None:
        if len(self.builders) >= _TABLES:
            raise malformed(f"has over {_TABLES} tables", "copy the one that matters into a spreadsheet")
        caption = self._last_paragraph
        short = caption if len(caption) <= _CAPTION else caption[: _CAPTION - 1].rstrip() + "…"
        number = f"Table {len(self.builders) + 1}"
        self.names.append(f"{number}: {short}" if short else number)
        self.builders.append(SheetBuilder(self._row_limit))
        self._open = {}
        self._last_paragraph = ""

    def _start_inside(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "tr":
            builder = self.builders[-1]
            builder.start_row(builder.line + 1, hidden=False)
            self._column = 0
        elif tag == "tc":
            self.builders[-1].count_cell()
            self._cell = _Cell()
        elif tag in ("gridSpan", "gridBefore"):
            text = attributes.get("w:val", "1")
            wide = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
            if tag == "gridSpan":
                self._cell.wide = min(max(1, wide), COLUMN_LIMIT)
            else:
                self._column += min(wide, COLUMN_LIMIT)
        elif tag == "vMerge":
            self._cell.merge = attributes.get("w:val", "continue")

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "tbl":
            self._depth -= 1
        elif tag == "t":
            self._capturing = False
        elif tag == "p" and self._depth:
            self._put("\n")
        elif tag == "p":
            self._last_paragraph = squeeze("".join(self._caption)) or self._last_paragraph
        elif self._depth == 1 and tag == "tc":
            self._add()
        elif self._depth == 1 and tag == "tr":
            self.builders[-1].end_row()

    def text(self, data: str) -> None:
        """Text of the cell, or of the paragraph above a table, which serves as its name."""
        if not self._capturing:
            return
        if self._depth:
            self._put(data)
        elif len(self._caption) < 20:
            self._caption.append(data[:200])

    def _put(self, data: str) -> None:
        self._cell.pieces.append(data)
        self._cell.length += len(data)
        if self._cell.length > CELL_LIMIT:
            raise long_cell(f"row {self.builders[-1].line}")

    def _add(self) -> None:
        cell, builder, column = self._cell, self.builders[-1], self._column
        last = column + cell.wide - 1
        tall = self._open.get(column)
        if cell.merge == "continue" and tall is not None:
            tall.bottom = builder.line
            merged = (tall.top, tall.bottom, column, tall.last)
            if tall.bottom > tall.top + 1:
                builder.merges.remove((tall.top, tall.bottom - 1, column, tall.last))
            builder.merges.append(merged)
        else:
            self._open.pop(column, None)
            if cell.merge == "restart":
                self._open[column] = _Tall(builder.line, builder.line, last)
            if cell.wide > 1:
                builder.merges.append((builder.line, builder.line, column, last))
            builder.add(column, "".join(cell.pieces).strip(), TEXT)
        self._column = last + 1
