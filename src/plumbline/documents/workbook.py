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

from plumbline.documents.logo import size_of
from plumbline.documents.look import Look
from plumbline.documents.parts import RELATIONS, Package, text

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
"""Letters that a cell may have; what is longer is shortened, and says so."""
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ZERO = date(1899, 12, 30)
"""Day 0 of the 1900 date system, as it counts from March 1900 on: it takes 1900 for a leap year."""
_FIRST_DAY = date(1900, 3, 1)
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_LOGO_HEIGHT = 60 * 12_700
"""In the units of drawings (English metric units); a point is 12,700."""
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
    look: Look | None = None,
) -> Iterator[bytes]:
    """The workbook in pieces. ``facts``, such as its zone, stand above what explains the columns.

    A ``look`` colours the heads and the tabs, stands on printed pages, and puts its logo beside the facts.
    """
    outlet = _Outlet()
    package = Package(outlet, instant)  # type: ignore[arg-type]  # what a ZIP archive asks of a stream
    yield from _sheet(package, outlet, columns, rows, words, look)
    lines: list[Sequence[Value]] = [*facts, (), words.heads]
    lines += [(column.name, column.label, column.meaning, column.type) for column in columns]
    with package.open("xl/worksheets/sheet2.xml", f"{_PART}.worksheet+xml") as part:
        part.write(_opening((28, 32, 80, 20), "", look).encode())
        for number, line in enumerate(lines, 1):
            style = _HEAD if number == len(facts) + 2 else _WRAP
            part.write(_row(number, line, words, style).encode())
        part.write(b"</sheetData>" + _printed(look).encode())
        part.write(b'<drawing r:id="rId1"/></worksheet>' if look and look.logo else b"</worksheet>")
    if look and look.logo:
        _add_logo(package, look)
    _frame(package, words, look)
    package.close()
    yield outlet.taken()


def _sheet(
    package: Package,
    outlet: _Outlet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    words: Words,
    look: Look | None,
) -> Iterator[bytes]:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    with package.open("xl/worksheets/sheet1.xml", f"{_PART}.worksheet+xml") as part:
        part.write(_opening([24] * len(columns), frozen, look).encode())
        part.write(_row(1, [column.name for column in columns], words, _HEAD).encode())
        last = 1
        for last, row in enumerate(rows, 2):
            part.write(_row(last, row, words, _WRAP).encode())
            if last % _PIECE == 0:
                yield outlet.taken()
        end = f'</sheetData><autoFilter ref="A1:{_letters(len(columns))}{last}"/>{_printed(look)}</worksheet>'
        part.write(end.encode())


def _printed(look: Look | None) -> str:
    """Name line and footer on printed pages; an ampersand begins a code there and is doubled."""
    if look is None or not (look.name or look.footer):
        return ""
    name, footer = (text(words[:120].replace("&", "&&")) for words in (look.name, look.footer))
    head, foot = f"<oddHeader>&amp;L{name}</oddHeader>", f"<oddFooter>&amp;L{footer}</oddFooter>"
    return f"<headerFooter>{head}{foot}</headerFooter>"


def _add_logo(package: Package, look: Look) -> None:
    """The logo right of the facts on the second sheet, 60 points high at most."""
    width, height = size_of(look.logo)
    extent = f'cx="{_LOGO_HEIGHT * width // height}" cy="{_LOGO_HEIGHT}"'
    package.relate("xl/worksheets/sheet2.xml", (f"{RELATIONS}/drawing", "../drawings/drawing1.xml"))
    package.relate("xl/drawings/drawing1.xml", (f"{RELATIONS}/image", "../media/logo.png"))
    package.add_image("xl/media/logo.png", look.logo)
    package.add(
        "xl/drawings/drawing1.xml",
        "application/vnd.openxmlformats-officedocument.drawing+xml",
        f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main"'
        f' xmlns:r="{RELATIONS}">'
        "<xdr:oneCellAnchor><xdr:from><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext {extent}/><xdr:pic><xdr:nvPicPr>"
        '<xdr:cNvPr id="1" name="Logo"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/>'
        "<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm>"
        f'<a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>",
    )


def _opening(widths: Sequence[int], pane: str, look: Look | None) -> str:
    sized = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    tab = f'<sheetPr><tabColor rgb="FF{look.second[1:].upper()}"/></sheetPr>' if look else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"'
        f' xmlns:r="{RELATIONS}">{tab}<sheetViews>'
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


def _frame(package: Package, words: Words, look: Look | None) -> None:
    sheets = "".join(
        f'<sheet name="{text(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate((words.rows, words.columns), 1)
    )
    package.add(
        "xl/workbook.xml",
        f"{_PART}.sheet.main+xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>',
    )
    package.add("xl/styles.xml", f"{_PART}.styles+xml", _styles(look))
    package.relate("", (f"{RELATIONS}/officeDocument", "xl/workbook.xml"))
    package.relate(
        "xl/workbook.xml",
        (f"{RELATIONS}/worksheet", "worksheets/sheet1.xml"),
        (f"{RELATIONS}/worksheet", "worksheets/sheet2.xml"),
        (f"{RELATIONS}/styles", "styles.xml"),
    )


def _styles(look: Look | None) -> str:
    """The formats; heads are white on the colour of a look, and bold without one."""
    white = '<color rgb="FFFFFFFF"/>' if look else ""
    fill = (
        f'<patternFill patternType="solid"><fgColor rgb="FF{look.accent[1:].upper()}"/></patternFill>'
        if look
        else '<patternFill patternType="none"/>'
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        f'<font><b/><sz val="11"/>{white}<name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill><fill>{fill}</fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        ' applyAlignment="1"><alignment vertical="top"/></xf></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
