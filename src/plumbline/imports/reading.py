"""CSV bytes → rows with their line numbers (RFC 4180, and what registers do instead). Pure.

Encodings: UTF-8 with or without byte order mark, UTF-16, Windows-1252. Delimiters: comma, semicolon, tab,
pipe. What cannot be read is refused as a whole with the line, because half a register is no register.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Malformed, TooLarge

ROW_LIMIT = 100_000
COLUMN_LIMIT = 1_000
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
ENCODINGS = ("utf-8", "utf-16", "cp1252")
CELL_LIMIT = csv.field_size_limit()
_SAMPLE = 50
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[\r\n]', re.I)
"""The first line by which spreadsheets tell the delimiter."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheets begin, present and past."""
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


@dataclass(frozen=True)
class SheetRow:
    """One row: the first line of the file it stands on (from 1), and its cells as they are in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A file that was read. ``columns`` are unique names; ``rows`` leaves out rows without any text."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    encoding: str
    delimiter: str
    repeated: tuple[str, ...] = ()
    """Header texts that stand over several columns; those are called ``Name (1)``, ``Name (2)`` …"""

    def place(self, name: str) -> int | None:
        """The position of the column called ``name``, whatever its capitals and spaces."""
        return self._places().get(fold(name))

    def _places(self) -> dict[str, int]:
        return {fold(column): place for place, column in enumerate(self.columns)}


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


def read(content: bytes, *, encoding: str = "", delimiter: str = "", row_limit: int = ROW_LIMIT) -> Sheet:
    """The rows of a CSV file. ``encoding`` and ``delimiter`` are found out when empty.

    Raises `Malformed` naming the line for bytes that are no text, NUL characters, quotes that do not close
    and a missing header, and `TooLarge` above ``row_limit`` rows.
    """
    if content.startswith(_WORKBOOKS):
        what = "is a workbook and no CSV"
        raise Malformed("The file was not read.", [Fault("file", what, "save the sheet as CSV in UTF-8")])
    text, used = _decode(content, encoding)
    place = text.find("\x00")
    if place >= 0:
        raise _unreadable(
            text.count("\n", 0, place) + 1, "has a NUL character", "save the file again as CSV in UTF-8"
        )
    told = _SEPARATOR.match(text)
    sign = delimiter or (told[1] if told else _sniff(text))
    records = _records(text, sign)
    header = next(records, None)
    if told and header is not None:
        header = next(records, None)
    if header is None:
        raise Malformed(
            "The file has no rows.", [Fault("file", "is empty", "the first row names the columns")]
        )
    columns, repeated = _columns(header.cells)
    rows: list[SheetRow] = []
    for row in records:
        if len(rows) >= row_limit:
            raise TooLarge(
                "The file was not read.",
                [
                    Fault(
                        "file",
                        say("imports.has-over-rows", "has over {row_limit} rows", row_limit=row_limit),
                        "split the file",
                    )
                ],
            )
        rows.append(row)
    return Sheet(columns, tuple(rows), used, sign, repeated)


def _unreadable(line: int, what: str, remedy: str) -> Malformed:
    return Malformed(
        f"Line {line} of the file cannot be read.",
        [Fault("file", say("imports.line", "line {line} {what}", line=line, what=what), remedy)],
    )


def _decode(content: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        return _decode_as(content, "utf-8-sig" if encoding == "utf-8" else encoding), encoding
    if content.startswith(codecs.BOM_UTF8):
        return _decode_as(content, "utf-8-sig"), "utf-8 with a byte order mark"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_as(content, "utf-16"), "utf-16"
    head = content[:4_000]
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = head[first::2].count(0), head[1 - first :: 2].count(0)
        if len(head) >= 8 and zeros > len(head) // 4 and not others:
            return _decode_as(content, name), "utf-16"
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(content):
            raise _bad_byte(content, error.start, "UTF-8") from None
    return _decode_as(content, "cp1252"), "cp1252"


def _mostly_utf8(content: bytes) -> bool:
    """Whether the file is UTF-8 with damage, and not a one-byte encoding that happens to be readable."""
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for sign in text if ord(sign) > 127) - bad
    return good > bad


def _bad_byte(content: bytes, place: int, name: str) -> Malformed:
    line = content.count(b"\n", 0, place) + 1
    return _unreadable(line, f"has a byte that is no text in {name}", "save the file again as CSV in UTF-8")


def _decode_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _bad_byte(content, error.start, encoding.removesuffix("-sig")) from None
    except LookupError:
        raise Malformed(
            "The file was not read.",
            [
                Fault(
                    "encoding",
                    "is not known here",
                    say("fault.one-of", "one of: {names}", names=", ".join(ENCODINGS)),
                )
            ],
        ) from None


def _sniff(text: str) -> str:
    """The delimiter under which the first rows have the most regular number of cells."""
    best, found = (0, 0), ","
    for sign in DELIMITERS:
        widths: list[int] = []
        with suppress(Malformed):
            for row in _records(text, sign):
                widths.append(len(row.cells))
                if len(widths) >= _SAMPLE:
                    break
        if widths and widths[0] > 1:
            score = (sum(1 for width in widths if width == widths[0]), widths[0])
            if score > best:
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
        return _unreadable(line, f"has a cell of over {CELL_LIMIT:,} characters", "shorten it")
    unclosed = "unexpected end" in error
    reason = "opens a quote that is never closed" if unclosed else f"is no CSV ({error})"
    return _unreadable(line, reason, "put the whole cell in quotes and double the quotes in it")


def _bare(cell: str) -> str:
    """``cell`` without the apostrophe that `plumbline.records.csv_export.harmless` puts before a formula."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, cut at line feeds and carriage returns only (not at U+2028 and its like)."""
    start = 0
    for match in re.finditer(r"\r\n|\n|\r", text):
        yield text[start : match.end()]
        start = match.end()
    if start < len(text):
        yield text[start:]


def _columns(cells: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if len(cells) > COLUMN_LIMIT:
        raise TooLarge(
            "The file was not read.",
            [
                Fault(
                    "file",
                    say(
                        "imports.has-over-columns",
                        "has over {column_limit} columns",
                        column_limit=COLUMN_LIMIT,
                    ),
                    "leave some out",
                )
            ],
        )
    names = [squeeze(cell) or f"column {place}" for place, cell in enumerate(cells, 1)]
    total = Counter(fold(name) for name in names)
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        folded = fold(name)
        seen[folded] += 1
        made.append(f"{name} ({seen[folded]})" if total[folded] > 1 else name)
    return tuple(made), tuple(dict.fromkeys(name for name in names if total[fold(name)] > 1))
