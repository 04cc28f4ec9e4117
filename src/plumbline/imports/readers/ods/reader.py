"""The sheets of an OpenDocument spreadsheet → rows. They all stand in one part of the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plumbline.imports.readers.layout import Grid, sheet_of
from plumbline.imports.readers.limits import CELL_LIMIT, COLUMN_LIMIT, long_cell, malformed
from plumbline.imports.readers.markup import Enough, read_part
from plumbline.imports.readers.package import Package
from plumbline.imports.readers.sheet import (
    DATE,
    INSTANT,
    NUMBER,
    TEXT,
    YES_NO,
    ReadOptions,
    Sheet,
    TableName,
)
from plumbline.imports.readers.workbook import (
    LINKS,
    MACROS,
    SheetBuilder,
    SheetPart,
    chosen_part,
    hidden_sheets,
    number_text,
    worth,
)

FORMAT = "OpenDocument spreadsheet"
_CONTENT = "content.xml"
_NUMBERS = ("float", "percentage", "currency")


def read(package: Package, options: ReadOptions, row_limit: int) -> Sheet:
    """The sheet that ``options`` name, or the visible one that has most of a table."""
    look = _Reader(row_limit, probe=True)
    read_part(package, _CONTENT, look.start, look.end, look.text)
    parts = look.parts()
    if not parts:
        raise malformed("is a workbook without a sheet", "save it again with an ordinary office program")
    part = chosen_part(parts, options)
    if part is None:
        visible = [each for each in parts if not each.hidden] or parts
        part = max(visible, key=lambda each: worth(look.builders[int(each.place)]))
    whole = _Reader(row_limit, only=int(part.place))
    read_part(package, _CONTENT, whole.start, whole.end, whole.text)
    builder = whole.builders[int(part.place)]
    names = package.names()
    notices = hidden_sheets(parts)
    if any(name.startswith(("basic/", "scripts/")) for name in names):
        notices.append(MACROS)
    if look.links:
        notices.append(LINKS)
    tables = tuple(
        TableName(each.name, len(builder.rows) if each is part else None, each.hidden) for each in parts
    )
    grid = Grid(
        FORMAT,
        builder.filled_rows(),
        spans=builder.spans(),
        tables=tables,
        notices=[*notices, *builder.notices()],
    )
    return sheet_of(grid, options.chosen(ReadOptions(sheet=part.name)))


@dataclass
class _Cell:
    """A cell that is being read."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    covered: bool = False


class _Reader:
    """Handles the elements of all sheets: rows of every sheet (the first ones, to look), or of one."""

    def __init__(self, row_limit: int, *, probe: bool = False, only: int = -1) -> None:
        self.builders: list[SheetBuilder] = []
        self.links = False
        self._names: list[str] = []
        self._styles: list[str] = []
        self._invisible: set[str] = set()
        self._style = ""
        self._row_limit, self._probe, self._only = row_limit, probe, only
        self._depth = 0
        self._columns = self._column = self._repeat = self._paragraphs = self._aside = 0
        self._cell: _Cell | None = None
        self._reading = False

    def parts(self) -> list[SheetPart]:
        """The sheets by name; hidden is one whose style says so."""
        return [
            SheetPart(name, str(place), style in self._invisible)
            for place, (name, style) in enumerate(zip(self._names, self._styles, strict=True))
        ]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "table":
            self._start_table(attributes)
        elif tag in ("table-source", "cell-range-source", "dde-source"):
            self.links = True
        elif tag == "style":
            self._style = attributes.get("style:name", "")
        elif tag == "table-properties" and attributes.get("table:display") == "false":
            self._invisible.add(self._style)
        elif self._reading:
            self._start_inside(tag, attributes)

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > 1:  # a table inside a cell is no sheet
            return
        self._names.append(attributes.get("table:name", ""))
        self._styles.append(attributes.get("table:style-name", ""))
        self.builders.append(SheetBuilder(self._row_limit, probe=self._probe))
        self._reading = self._only in (-1, len(self.builders) - 1)
        self._columns = 0

    def _start_inside(self, tag: str, attributes: Mapping[str, str]) -> None:
        builder = self.builders[-1]
        if tag in ("table-cell", "covered-table-cell"):
            builder.count_cell()
            self._cell = _Cell(attributes, covered=tag != "table-cell")
            self._paragraphs = 0
        elif tag == "table-row":
            self._column = 0
            self._repeat = _times(attributes, "table:number-rows-repeated")
            hidden = attributes.get("table:visibility", "visible") != "visible"
            builder.start_row(builder.line + 1, hidden)
        elif tag == "table-column":
            times = _times(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility", "visible") != "visible":
                builder.hidden_columns.append((self._columns, self._columns + times - 1))
            self._columns += times
        elif tag in ("annotation", "ruby-text"):
            self._aside += 1
        elif self._cell is not None:
            self._start_text(tag, attributes)

    def _start_text(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._aside:
            return
        if tag in ("p", "h"):
            if self._paragraphs:
                self.text("\n")
            self._paragraphs += 1
        elif tag == "line-break":
            self.text("\n")
        elif tag == "tab":
            self.text("\t")
        elif tag == "s":
            self.text(" " * min(_times(attributes, "text:c"), 1_000))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "table":
            self._depth -= 1
            if not self._depth:
                self._reading = False
                if self._only == len(self.builders) - 1:
                    raise Enough
        elif not self._reading:
            return
        elif tag in ("table-cell", "covered-table-cell"):
            self._add()
        elif tag == "table-row":
            try:
                self.builders[-1].end_row(self._repeat)
            except Enough:  # of this sheet: the others are still to be looked at
                self._reading = False
        elif tag in ("annotation", "ruby-text"):
            self._aside -= 1

    def text(self, data: str) -> None:
        """Text of the cell that is being read; a comment beside it is left out."""
        if self._cell is None or self._aside or not self._paragraphs:
            return
        self._cell.pieces.append(data)
        self._cell.length += len(data)
        if self._cell.length > CELL_LIMIT:
            raise long_cell(f"row {self.builders[-1].line}")

    def _add(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        builder = self.builders[-1]
        times = _times(cell.attributes, "table:number-columns-repeated")
        text, kind = ("", TEXT) if cell.covered else _value(cell)
        if "table:formula" in cell.attributes:
            builder.formulas += times
            builder.uncomputed += 0 if text else times
            if "'file:" in cell.attributes["table:formula"]:
                self.links = True
        wide = _times(cell.attributes, "table:number-columns-spanned")
        tall = _times(cell.attributes, "table:number-rows-spanned")
        if wide > 1 or tall > 1:
            last = self._column + min(wide, COLUMN_LIMIT) - 1
            builder.merges.append((builder.line, builder.line + tall - 1, self._column, last))
        builder.add(self._column, text, kind, times=times)
        self._column += times


def _times(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _value(cell: _Cell) -> tuple[str, str]:
    """Text and type of a cell: the value that it has, or else what it shows."""
    shown = "".join(cell.pieces)
    kind = cell.attributes.get("office:value-type", "")
    value = cell.attributes.get(f"office:{'' if kind in _NUMBERS else kind + '-'}value", "")
    if kind == "boolean":
        value = cell.attributes.get("office:boolean-value", "")
        return value or shown, YES_NO
    if kind == "date" and value:
        midnight = value[10:19] in ("", "T00:00:00")
        return (value[:10], DATE) if midnight else (value[:19], INSTANT)
    if kind in _NUMBERS and value:
        try:
            return number_text(value), NUMBER
        except ValueError:
            return shown, TEXT
    if kind == "string":
        return cell.attributes.get("office:string-value", "") or shown, TEXT
    return shown, TEXT
