"""The parts of a workbook that its sheets stand on: their names, formats of numbers, and shared texts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from plumbline.imports.readers.limits import (
    CELL_LIMIT,
    GRID_LIMIT,
    TEXT_LIMIT,
    long_cell,
    malformed,
    too_large,
)
from plumbline.imports.readers.markup import read_part
from plumbline.imports.readers.package import Package
from plumbline.imports.readers.workbook import SheetPart
from plumbline.imports.readers.xlsx.dates import shown_as

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Book:
    """What the parts say: ``shown`` maps the number of a style to what it shows."""

    sheets: list[SheetPart] = field(default_factory=list)
    from_1904: bool = False
    shown: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    macros: bool = False
    links: bool = False


def unescaped(text: str) -> str:
    """``text`` with ``_x000D_`` and its like as the characters they stand for, where they are characters."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return match[0] if number == 0 or 0xD800 <= number < 0xE000 else chr(number)


def book_of(package: Package) -> Book:
    """The workbook without its sheets' cells."""
    main = next(
        (to for kind, to in _links(package, "").values() if kind == "officeDocument"), "xl/workbook.xml"
    )
    related = _links(package, main)
    book = Book()
    _read_main(package, main, related, book)
    for kind, target in related.values():
        if kind == "styles" and package.has(target):
            _read_styles(package, target, book)
        elif kind == "sharedStrings" and package.has(target):
            _read_texts(package, target, book)
    names = package.names()
    book.macros = any(name.endswith("vbaproject.bin") for name in names)
    book.links = any("externallinks/" in name or name.endswith("connections.xml") for name in names)
    return book


def _ignore(_: str) -> None:
    """What a part says beside what is asked of it."""


def _links(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relationships of a part: id → type and part. Links out of the file are left out."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        found[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

    if package.has(source):
        read_part(package, source, start, _ignore, _ignore)
    return found


def _read_main(package: Package, part: str, related: Mapping[str, tuple[str, str]], book: Book) -> None:
    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            book.from_1904 = attributes.get("date1904") in ("1", "true", "on")
        elif tag == "sheet":
            link = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            kind, place = related.get(link, ("", ""))
            if kind == "worksheet":  # not a sheet that is one chart
                hidden = attributes.get("state", "visible") != "visible"
                book.sheets.append(SheetPart(attributes.get("name", ""), place, hidden))

    read_part(package, part, start, _ignore, _ignore)
    if not book.sheets:
        raise malformed("is a workbook without a sheet", "save it again with an ordinary office program")


def _read_styles(package: Package, part: str, book: Book) -> None:
    codes: dict[str, str] = {}
    inside = [""]

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside[0] = tag
        elif tag == "xf" and inside[0]:
            number = attributes.get("numFmtId", "0")
            plain = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
            book.shown[str(len(book.shown))] = shown_as(plain, codes.get(number, ""))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = ""

    read_part(package, part, start, end, _ignore)


def _read_texts(package: Package, part: str, book: Book) -> None:
    """The shared texts, without the readings that Japanese workbooks give beside them."""
    pieces: list[str] = []
    length = total = 0
    reading = aside = False

    def start(tag: str, _: Mapping[str, str]) -> None:
        nonlocal reading, aside, length
        if tag == "si":
            pieces.clear()
            length = 0
        elif tag == "rPh":
            aside = True
        elif tag == "t":
            reading = not aside

    def end(tag: str) -> None:
        nonlocal reading, aside, total
        if tag == "t":
            reading = False
        elif tag == "rPh":
            aside = False
        elif tag == "si":
            total += length
            if total > TEXT_LIMIT or len(book.texts) > GRID_LIMIT:
                raise too_large("has more text than is read at once", "split the file")
            book.texts.append(unescaped("".join(pieces)))

    def text(data: str) -> None:
        nonlocal length
        if reading:
            pieces.append(data)
            length += len(data)
            if length > CELL_LIMIT:
                raise long_cell("the list of texts")

    read_part(package, part, start, end, text)
