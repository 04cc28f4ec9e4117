"""Rows as they stand in a file → a `Sheet`: header, columns, and what lies outside the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plumbline.imports.readers import header
from plumbline.imports.readers.limits import malformed
from plumbline.imports.readers.sheet import ReadOptions, Sheet, SheetRow, TableName
from plumbline.kernel.messages import Message, say

ENDINGS = ("", "skip")


@dataclass
class Grid:
    """The rows of one table that have any text, in order of their lines, and what is known of its file."""

    format: str
    rows: list[SheetRow]
    spans: header.Spans = field(default_factory=dict)
    tables: tuple[TableName, ...] = ()
    notices: list[Message] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    row_word: str = "row"
    """What people call a row of such a file: ``line`` in a text."""


def sheet_of(grid: Grid, options: ReadOptions) -> Sheet:
    """The table in ``grid``. Raises `Malformed` without a header, `TooLarge` with too many columns."""
    if not grid.rows:
        raise malformed("is empty", "the first row names the columns")
    index, header_rows = _header(grid, options)
    names: Sequence[str] = grid.rows[index].cells
    if header_rows == 2:
        names = header.joined_names(grid.rows[index - 1], grid.rows[index], grid.spans)
    body = grid.rows[index + 1 :]
    names = _without_empty_end(names, body)
    columns, repeated = header.unique_names(names)
    notices = [*grid.notices, *_above(grid, index, header_rows)]
    kept, outside = bounded(body, options)
    notices += outside
    endings = header.find_endings(kept)
    if endings:
        notices.append(_ending(grid.row_word, endings, options.endings))
    if options.endings == "skip":
        kept = [row for row in kept if row.line not in endings]
    used = replace(
        options,
        header_row=grid.rows[index].line,
        header_rows=header_rows,
        encoding=grid.encoding.partition(" ")[0],
        delimiter=grid.delimiter,
    )
    return Sheet(
        columns,
        tuple(kept),
        grid.encoding,
        grid.delimiter,
        repeated,
        format=grid.format,
        options=used,
        tables=grid.tables,
        notices=tuple(notices),
        endings=endings,
    )


def _header(grid: Grid, options: ReadOptions) -> tuple[int, int]:
    if not options.header_row:
        index, header_rows = header.find_header(grid.rows, grid.spans)
        if options.header_rows:
            header_rows = min(options.header_rows, index + 1)
        return index, header_rows
    for index, row in enumerate(grid.rows):
        if row.line == options.header_row:
            return index, min(options.header_rows or 1, 2 if index else 1)
    what = say("imports.header-row-without-text", "{row} has no text", row=options.header_row)
    remedy = say(
        "imports.header-row-among",
        "the row that names the columns, between {first} and {last}",
        first=grid.rows[0].line,
        last=grid.rows[-1].line,
    )
    raise malformed(what, remedy, "header_row")


def _without_empty_end(names: Sequence[str], body: Sequence[SheetRow]) -> Sequence[str]:
    """``names`` without the columns at the end that have neither a name nor a text in any row."""
    last = max((place for place, name in enumerate(names, 1) if name.strip()), default=0)
    if last == len(names):
        return names
    for row in body:
        for place in range(len(row.cells) - 1, last - 1, -1):
            if row.cells[place].strip():
                last = place + 1
                break
    return names[:last] if last < len(names) else names


def bounded(rows: Sequence[SheetRow], options: ReadOptions) -> tuple[list[SheetRow], list[Message]]:
    """The rows between the first and the last that were chosen, and the notice that there are others."""
    last = options.last_row or max((row.line for row in rows), default=0)
    kept = [row for row in rows if options.first_row <= row.line <= last]
    return kept, [_outside(len(rows) - len(kept))] if len(kept) < len(rows) else []


def _above(grid: Grid, index: int, header_rows: int) -> list[Message]:
    found = []
    above = index - header_rows + 1
    if above > 0:
        found.append(
            say(
                "imports.rows-above-header",
                "{count} {word} with text stands above the header ({header}) and is not read.",
                plural="{count} {word}s with text stand above the header ({header}) and are not read.",
                count=above,
                word=grid.row_word,
                header=f"{grid.row_word} {grid.rows[index].line}",
            )
        )
    if header_rows == 2:
        found.append(
            say(
                "imports.two-header-rows",
                "Two rows name the columns together: {first} and {last}.",
                first=grid.rows[index - 1].line,
                last=grid.rows[index].line,
            )
        )
    return found


def _outside(count: int) -> Message:
    return say(
        "imports.rows-outside",
        "{count} row lies outside the rows that were chosen and is left out.",
        plural="{count} rows lie outside the rows that were chosen and are left out.",
        count=count,
    )


def _ending(word: str, lines: Sequence[int], chosen: str) -> Message:
    listed = ", ".join(map(str, lines))
    if chosen == "skip":
        return say(
            "imports.endings-left-out",
            "Left out as totals or notes: {word} {lines}.",
            word=word,
            lines=listed,
        )
    return say(
        "imports.endings-read",
        "Looks like totals or notes below the table, and is read all the same: {word} {lines}.",
        word=word,
        lines=listed,
    )
