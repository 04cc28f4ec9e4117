"""Rows → XLSX (SpreadsheetML, ECMA-376): typed cells on one sheet, and a second one that explains them.

Written row by row and handed out piece by piece, so that a register of any length takes the memory of some
hundred rows. Texts are inline strings, which no spreadsheet runs, whatever sign they begin with.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from plumbline.documents.parts import RELATIONS, Package, text

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
"""Letters that a cell may have; what is longer is shortened, and says so."""
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ZERO = date(1899, 12, 30)
"""Day 0 of the 1900 date system, as it counts from March 1900 on: it takes 1900 for a leap year."""
_FIRST_DAY = date(1900, 3, 1)
_PIECE = 500
_HEAD, _DAY, _INSTANT, _WRAP = 1, 2, 3, 4
"""Places of the formats in the part of styles."""

Value: TypeAlias = str | int | Decimal | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: its name in the first row, what it is called on pages, what it means, and of what type."""

    name: str
    label: str
    meaning: str
    type: str


@dataclass(frozen=True)
class Words:
    """What the second sheet says in the reader's language: names of the two sheets, and of its columns."""

    rows: str
    columns: str
    heads: tuple[str, str, str, str]
    shortened: str
    """What stands at the end of a shortened cell; ``{length}`` is how many letters there were."""


class _Outlet(io.RawIOBase):
    """A stream that keeps what is written until it is taken; it cannot seek, so nothing is ever rewritten."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]  # a buffer, as the archive hands it over
        self._pieces.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece


def write(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    facts: Sequence[tuple[str, Value]],
    words: Words,
    instant: int = 0,
) -> Iterator[bytes]:
    """The workbook in pieces. ``facts``, such as its zone, stand above what explains the columns."""
    outlet = _Outlet()
    package = Package(outlet, instant)  # type: ignore[arg-type]  # what a ZIP archive asks of a stream
    yield from _sheet(package, outlet, columns, rows, words)
    lines: list[Sequence[Value]] = [*facts, (), words.heads]
    lines += [(column.name, column.label, column.meaning, column.type) for column in columns]
    with package.open("xl/worksheets/sheet2.xml", f"{_PART}.worksheet+xml") as part:
        part.write(_opening((28, 32, 80, 20), "").encode())
        for number, line in enumerate(lines, 1):
            style = _HEAD if number == len(facts) + 2 else _WRAP
            part.write(_row(number, line, words, style).encode())
        part.write(b"</sheetData></worksheet>")
    _frame(package, words)
    package.close()
    yield outlet.taken()


def _sheet(
    package: Package,
    outlet: _Outlet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    words: Words,
) -> Iterator[bytes]:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    with package.open("xl/worksheets/sheet1.xml", f"{_PART}.worksheet+xml") as part:
        part.write(_opening([24] * len(columns), frozen).encode())
        part.write(_row(1, [column.name for column in columns], words, _HEAD).encode())
        last = 1
        for last, row in enumerate(rows, 2):
            part.write(_row(last, row, words, _WRAP).encode())
            if last % _PIECE == 0:
                yield outlet.taken()
        part.write(f'</sheetData><autoFilter ref="A1:{_letters(len(columns))}{last}"/></worksheet>'.encode())


def _opening(widths: Sequence[int], pane: str) -> str:
    sized = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetViews>'
        f'<sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{sized}</cols><sheetData>'
    )


def _letters(place: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _row(number: int, values: Sequence[Value], words: Words, style: int) -> str:
    cells = "".join(
        _cell(f"{_letters(place)}{number}", value, words, style) for place, value in enumerate(values, 1)
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Value, words: Words, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | Decimal):
        return f'<c r="{place}"><v>{value}</v></c>'
    if isinstance(value, date):
        return _day(place, value, words, style)
    if len(value) > LONGEST_CELL:
        note = words.shortened.format(length=len(value))
        value = value[: LONGEST_CELL - len(note)] + note
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text(value)}</t></is></c>'


def _day(place: str, value: date, words: Words, style: int) -> str:
    day = date(value.year, value.month, value.day)
    if day < _FIRST_DAY:
        return _cell(place, value.isoformat(), words, style)
    count = Decimal((day - _ZERO).days)
    if isinstance(value, datetime):
        within = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
        fraction = Decimal(int(within.total_seconds())) / 86_400
        return f'<c r="{place}" s="{_INSTANT}"><v>{count + fraction:.10f}</v></c>'
    return f'<c r="{place}" s="{_DAY}"><v>{count}</v></c>'


def _frame(package: Package, words: Words) -> None:
    sheets = "".join(
        f'<sheet name="{text(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate((words.rows, words.columns), 1)
    )
    package.add(
        "xl/workbook.xml",
        f"{_PART}.sheet.main+xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>',
    )
    package.add("xl/styles.xml", f"{_PART}.styles+xml", _STYLES)
    package.relate("", (f"{RELATIONS}/officeDocument", "xl/workbook.xml"))
    package.relate(
        "xl/workbook.xml",
        (f"{RELATIONS}/worksheet", "worksheets/sheet1.xml"),
        (f"{RELATIONS}/worksheet", "worksheets/sheet2.xml"),
        (f"{RELATIONS}/styles", "styles.xml"),
    )


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
