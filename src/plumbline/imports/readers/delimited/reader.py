"""Text with a delimiter → rows with their line numbers.

What cannot be read is refused as a whole with the line, because half a register is no register.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from plumbline.imports.readers.delimited.encoding import unreadable
from plumbline.imports.readers.layout import Grid, sheet_of
from plumbline.imports.readers.limits import CELL_LIMIT, COLUMN_LIMIT, too_many_columns, too_many_rows
from plumbline.imports.readers.sheet import ReadOptions, Sheet, SheetRow
from plumbline.kernel.problems import Malformed

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_SAMPLE = 50
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[\r\n]', re.I)
"""The first line by which spreadsheets tell the delimiter."""
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def read(text: str, encoding: str, options: ReadOptions, row_limit: int) -> Sheet:
    """The rows of a text. ``encoding`` is what it was read as.

    Raises `Malformed` naming the line for quotes that do not close and for a missing header, and `TooLarge`
    above ``row_limit`` rows.
    """
    told = _SEPARATOR.match(text)
    delimiter = options.delimiter or (told[1] if told else _sniff(text))
    records = _records(text, delimiter)
    if told:
        next(records, None)
    rows: list[SheetRow] = []
    for row in records:
        # The header is one row more, and what stands above it a few.
        if len(rows) > row_limit:
            raise too_many_rows(row_limit)
        if len(row.cells) > COLUMN_LIMIT:
            raise too_many_columns()
        rows.append(row)
    grid = Grid("CSV", rows, encoding=encoding, delimiter=delimiter, row_word="line")
    return sheet_of(grid, options)


def _sniff(text: str) -> str:
    """The delimiter under which the first rows have the most regular number of cells."""
    best, found = (0, 0), ","
    for sign in DELIMITERS:
        widths: Counter[int] = Counter()
        with suppress(Malformed):
            for count, row in enumerate(_records(text, sign)):
                if count >= _SAMPLE:
                    break
                widths[len(row.cells)] += 1
        # Rows of one cell say nothing for a delimiter: titles above the header are such rows.
        score = max(((times, width) for width, times in widths.items() if width > 1), default=(0, 0))
        if score > best and 3 * score[0] >= widths.total():
            best, found = score, sign
    return found


def _records(text: str, delimiter: str) -> Iterator[SheetRow]:
    """The rows that have any text, header first."""
    reader = csv.reader(_lines(text), strict=True, delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _no_row(line, str(error)) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield SheetRow(line, tuple(_bare(cell) for cell in cells))
        line = reader.line_num + 1


def _no_row(line: int, error: str) -> Malformed:
    """The refusal for what Python's reader says of a row."""
    if "field larger" in error:
        return unreadable(line, f"has a cell of over {CELL_LIMIT:,} characters", "shorten it")
    unclosed = "unexpected end" in error
    reason = "opens a quote that is never closed" if unclosed else f"is no CSV ({error})"
    return unreadable(line, reason, "put the whole cell in quotes and double the quotes in it")


def _bare(cell: str) -> str:
    """``cell`` without the apostrophe that `plumbline.records.csv_export.harmless` puts before a formula."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell.lstrip("'")) else cell


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, cut at line feeds and carriage returns only (not at U+2028 and its like)."""
    start = 0
    for match in re.finditer(r"\r\n|\n|\r", text):
        yield text[start : match.end()]
        start = match.end()
    if start < len(text):
        yield text[start:]
