"""What workbooks of every format share: rows built cell by cell within limits, and notices about a sheet."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from plumbline.imports.readers import header
from plumbline.imports.readers.limits import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    GRID_LIMIT,
    TEXT_LIMIT,
    long_cell,
    malformed,
    too_large,
    too_many_columns,
    too_many_rows,
)
from plumbline.imports.readers.markup import Enough
from plumbline.imports.readers.sheet import ERROR, TEXT, ReadOptions, SheetRow, fold
from plumbline.kernel.messages import Message, say

PROBED_ROWS = 60
PROBED_SHEETS = 60
_FILL_LIMIT = 500_000
"""Cells that take the text of a cell merged over several rows."""


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook: its name, where it is, and whether it is hidden."""

    name: str
    place: str
    hidden: bool = False


class SheetBuilder:
    """The rows of one sheet, as its cells come. Raises `TooLarge` or `Malformed` for one too many."""

    def __init__(self, row_limit: int, *, probe: bool = False) -> None:
        self.rows: list[SheetRow] = []
        self.hidden_rows = self.formulas = self.uncomputed = self.errors = 0
        self.hidden_columns: list[tuple[int, int]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        """First and last row (from 1) and first and last column (from 0) of each merged cell."""
        self._row_limit, self._probe = row_limit, probe
        self._line = self._grid = self._characters = self._met = 0
        self._cells: list[str] = []
        self._types: list[str] = []
        self._row_hidden = False

    def start_row(self, line: int, hidden: bool) -> None:
        """Begin the row ``line``, which has to lie below the one before."""
        if line <= self._line:
            what = say("imports.row-out-of-order", "has row {row} twice or in the wrong place", row=line)
            raise malformed(what, "save it again with an ordinary office program")
        self._line, self._row_hidden = line, hidden

    @property
    def line(self) -> int:
        """The row that is being built, or was built last; 0 before the first."""
        return self._line

    def count_cell(self) -> None:
        """Count a cell, empty ones too: what is never kept costs time all the same."""
        self._met += 1
        if self._met > GRID_LIMIT:
            what = say("imports.has-over-cells", "has over {limit} cells", limit=GRID_LIMIT)
            raise too_large(what, "split the file")

    def add(self, column: int, text: str, kind: str, *, times: int = 1, own: bool = True) -> None:
        """Put ``text`` into ``column`` (from 0) and the next ones. ``own``: no other cell shares it."""
        if not text:
            return
        if column + times > COLUMN_LIMIT:
            raise too_many_columns()
        if len(text) > CELL_LIMIT:
            raise long_cell(f"{letters(column)}{self._line}")
        if "\x00" in text:
            what = say(
                "imports.cell-nul", "has a NUL character in {cell}", cell=f"{letters(column)}{self._line}"
            )
            raise malformed(what, "save it again")
        if own:
            self._characters += len(text)
            if self._characters > TEXT_LIMIT:
                raise too_large("has more text than is read at once", "split the file")
        gap = column - len(self._cells)
        if gap > 0:
            self._cells.extend([""] * gap)
            self._types.append(TEXT * gap)
        if gap >= 0:
            self._cells.extend([text] * times)
            self._types.append(kind * times)
        else:  # out of order, which no office program writes
            raise malformed(f"has cells in the wrong order in row {self._line}", "save it again")
        if kind == ERROR:
            self.errors += times

    def end_row(self, times: int = 1) -> None:
        """Keep the row if it has any text, ``times`` over; the next row is that much further down."""
        if any(not cell.isspace() for cell in self._cells if cell):
            self._grid += len(self._cells) * times
            if len(self.rows) + times > self._row_limit + 1:
                raise too_many_rows(self._row_limit)
            if self._grid > GRID_LIMIT:
                raise too_large(
                    say("imports.has-over-cells", "has over {limit} cells", limit=GRID_LIMIT),
                    "split the file",
                )
            cells, types = tuple(self._cells), "".join(self._types)
            self.rows += [SheetRow(self._line + number, cells, types) for number in range(times)]
            self.hidden_rows += times if self._row_hidden else 0
        self._line += times - 1
        self._cells, self._types = [], []
        if self._probe and len(self.rows) >= PROBED_ROWS:
            raise Enough

    def spans(self) -> header.Spans:
        """Cells merged over several columns, by row."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for top, _, first, last in self.merges:
            if last > first:
                found[top].append((first, last))
        return found

    def filled_rows(self) -> list[SheetRow]:
        """The rows, with the text of a cell merged over several rows in each of them."""
        tall = [merge for merge in self.merges if merge[1] > merge[0]]
        if not tall:
            return self.rows
        lines = [row.line for row in self.rows]
        changed: dict[int, tuple[list[str], list[str]]] = {}
        filled = 0
        for top, bottom, first, _ in tall:
            start = bisect_left(lines, top)
            if start == len(lines) or lines[start] != top or first >= len(self.rows[start].cells):
                continue
            text, kind = self.rows[start].cells[first], self.rows[start].types[first]
            for index in range(start + 1, len(lines)):
                if lines[index] > bottom or not text:
                    break
                filled += 1
                if filled > _FILL_LIMIT:
                    raise too_large("has more merged cells than are read", "split them in the workbook")
                row = self.rows[index]
                cells, types = changed.setdefault(index, (list(row.cells), list(row.types)))
                gap = first + 1 - len(cells)
                cells.extend([""] * gap)
                types.extend([TEXT] * gap)
                if not cells[first]:
                    cells[first], types[first] = text, kind
        rows = list(self.rows)
        for index, (cells, types) in changed.items():
            rows[index] = SheetRow(rows[index].line, tuple(cells), "".join(types))
        return rows

    def notices(self) -> list[Message]:
        """What a person should know of this sheet."""
        width = max((len(row.cells) for row in self.rows), default=0)
        columns = sum(max(0, min(last + 1, width) - first) for first, last in self.hidden_columns)
        counts = (self.hidden_rows, columns, len(self.merges), self.formulas, self.uncomputed, self.errors)
        return [notice(count) for count, notice in zip(counts, _NOTICES, strict=True) if count]


def _rows(count: int) -> Message:
    return say(
        "imports.hidden-rows",
        "{count} row is hidden in the workbook, perhaps by a filter. It is read like the others.",
        plural="{count} rows are hidden in the workbook, perhaps by a filter. They are read like the others.",
        count=count,
    )


def _columns(count: int) -> Message:
    return say(
        "imports.hidden-columns",
        "{count} column is hidden in the workbook. It is read like the others.",
        plural="{count} columns are hidden in the workbook. They are read like the others.",
        count=count,
    )


def _merged(count: int) -> Message:
    return say(
        "imports.merged-cells",
        "{count} cell is merged. A text merged over several rows counts for each of them.",
        plural="{count} cells are merged. A text merged over several rows counts for each of them.",
        count=count,
    )


def _formulas(count: int) -> Message:
    return say(
        "imports.formulas",
        "{count} cell has a formula. The result that the workbook keeps is read; nothing is computed.",
        plural="{count} cells have formulas. The results that the workbook keeps are read; nothing is"
        " computed.",
        count=count,
    )


def _without_result(count: int) -> Message:
    return say(
        "imports.formulas-without-result",
        "{count} formula has no result in the workbook; its cell is empty here. Open and save it first.",
        plural="{count} formulas have no result in the workbook; their cells are empty here. Open and save it"
        " first.",
        count=count,
    )


def _errors(count: int) -> Message:
    return say(
        "imports.error-cells",
        "{count} cell has an error such as #N/A instead of a value. It is read as that text.",
        plural="{count} cells have errors such as #N/A instead of values. They are read as that text.",
        count=count,
    )


_NOTICES = (_rows, _columns, _merged, _formulas, _without_result, _errors)


def chosen_part(parts: Sequence[SheetPart], options: ReadOptions) -> SheetPart | None:
    """The sheet that ``options`` name, if they name any. Raises `Malformed` when there is no such sheet."""
    if not options.sheet:
        return None
    for part in parts:
        if fold(part.name) == fold(options.sheet):
            return part
    names = ", ".join(part.name for part in parts[:40])
    remedy = say("imports.sheets-of-the-file", "sheets of the file: {names}", names=names)
    raise malformed(
        say("imports.no-such-sheet", "has no sheet called {sheet}", sheet=options.sheet), remedy, "sheet"
    )


def worth(builder: SheetBuilder) -> int:
    """How much of a table a sheet looks like: the filled cells from its header on."""
    rows = builder.rows[:PROBED_ROWS]
    if len(rows) < 2:
        return len(rows)
    index, _ = header.find_header(rows, builder.spans())
    return sum(header.filled(row) for row in rows[index:])


def hidden_sheets(parts: Sequence[SheetPart]) -> list[Message]:
    """That some sheets are hidden, if any are."""
    names = [part.name for part in parts if part.hidden]
    if not names:
        return []
    return [
        say(
            "imports.hidden-sheets",
            "{count} sheet is hidden in the workbook: {names}.",
            plural="{count} sheets are hidden in the workbook: {names}.",
            count=len(names),
            names=", ".join(names[:20]),
        )
    ]


MACROS = say("imports.macros", "The workbook has macros. They were not run.")
LINKS = say("imports.external-links", "The workbook refers to other files. They were not opened.")


def letters(column: int) -> str:
    """The name that spreadsheets give to a column: 0 is ``A``, 26 is ``AA``."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def number_text(text: str) -> str:
    """A number as a person wrote it: fifteen digits, as spreadsheets show, and no exponent.

    Raises `ValueError` for what is no number.
    """
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return text.lstrip("0") or "0"
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("no finite number")
    short = f"{value:.15g}"
    if "e" not in short:
        return short
    return format(Decimal(short), "f")
