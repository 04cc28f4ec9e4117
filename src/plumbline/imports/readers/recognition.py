"""What a file really is, by its content and not by its name: a format that is read, or one that is refused.

Signatures are those of the formats' own specifications, as ``file(1)`` lists them.
"""

from __future__ import annotations

import re

from plumbline.imports.readers.limits import malformed
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Malformed

_AS_CSV = "save the table in it as CSV or as an Excel workbook (.xlsx)"
_AS_XLSX = "open it and save it as an Excel workbook (.xlsx) or as CSV"
_TYPED = "copy the table into a spreadsheet and save that as an Excel workbook (.xlsx) or as CSV"
_UNPACK = "unpack it and import the files in it one by one"
_EXPORT = "write the table in it out as CSV or JSON"
SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF", "a PDF file", _TYPED),
    (0, b"\x89PNG\r\n\x1a\n", "an image (PNG)", _TYPED),
    (0, b"\xff\xd8\xff", "an image (JPEG)", _TYPED),
    (0, b"GIF8", "an image (GIF)", _TYPED),
    (0, b"II*\x00", "an image (TIFF)", _TYPED),
    (0, b"MM\x00*", "an image (TIFF)", _TYPED),
    (8, b"WEBP", "an image (WebP)", _TYPED),
    (4, b"ftyp", "a film or an image of a camera", _TYPED),
    (0, b"{\\rtf", "a rich text file (RTF)", _TYPED),
    (0, b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (4, b"Standard Jet DB", "an Access database", _EXPORT),
    (4, b"Standard ACE DB", "an Access database", _EXPORT),
    (0, b"PAR1", "a Parquet file", _EXPORT),
    (0, b"ARROW1", "an Arrow file", _EXPORT),
    (0, b"\x89HDF\r\n", "an HDF5 file", _EXPORT),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"BZh", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"MZ", "a Windows program", "choose the file that has the table"),
    (0, b"\x7fELF", "a program", "choose the file that has the table"),
)
"""Place of the first byte, the bytes, what the file is, and what to do."""
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "an Office file with a password", "open it and save a copy without a password"),
    ("WordDocument", "an old Word file (.doc)", "open it and save it as a Word file (.docx)"),
    ("PowerPoint Document", "an old PowerPoint file (.ppt)", _TYPED),
    (
        "__properties_version1.0",
        "a mail that Outlook saved (.msg)",
        "save what is attached to it and import that",
    ),
    ("Workbook", "an old Excel workbook (.xls)", _AS_XLSX),
    ("Book", "an old Excel workbook (.xls)", _AS_XLSX),
)
"""Streams in the directory of an OLE file (its names are UTF-16), in the order in which they are decisive."""
_IN_TEXT: tuple[tuple[str, str, str], ...] = (
    ('<?mso-application progid="excel', "an XML spreadsheet of Excel 2003", _AS_XLSX),
    ("<workbook", "an XML spreadsheet of Excel 2003", _AS_XLSX),
    ("<!doctype html", "a page in HTML", "open it in a spreadsheet and save it as an Excel workbook (.xlsx)"),
    ("<html", "a page in HTML", "open it in a spreadsheet and save it as an Excel workbook (.xlsx)"),
    ("<table", "a page in HTML", "open it in a spreadsheet and save it as an Excel workbook (.xlsx)"),
    ("<svg", "an image (SVG)", _TYPED),
    ("<bom", "a CycloneDX file in XML", "convert it to CycloneDX in JSON"),
    ("<rdf:rdf", "an RDF file", "convert it to JSON"),
    ("<?xml", "an XML file", "write the table in it out as CSV or JSON"),
)
"""Beginnings of texts in markup, the telling ones first."""
_IN_MAIL = ("-----begin ", "%!ps")


def refused(what: str, remedy: str) -> Malformed:
    """The refusal of a file that is something else, called by what it is."""
    return malformed(say("imports.is-a-file-of", "is {what}, which is not read here", what=what), remedy)


def refuse_foreign(content: bytes) -> None:
    """Raise `Malformed` for a file in a format that no reader reads, called by its real name."""
    for place, sign, what, remedy in SIGNATURES:
        if content[place : place + len(sign)] == sign:
            raise refused(what, remedy)
    if content.startswith(_OLE):
        for stream, what, remedy in _IN_OLE:
            if stream.encode("utf-16-le") in content:
                raise refused(what, remedy)
        raise refused("an old Office file", _AS_CSV)


_YAML_LINE = re.compile(r"\s*(- +)?[\w.$-]+:( +\S.*)?|\s*- .*|\s*#.*|---")
"""A line of a YAML file: a name and its value, an entry of a list, a comment."""


def _is_yaml(head: str) -> bool:
    """Whether most of the first lines could stand in a YAML file, the first among them, and a name does."""
    lines = [line.rstrip() for line in head.splitlines()[:40] if line.strip()]
    fitting = [line for line in lines if _YAML_LINE.fullmatch(line)]
    named = any(line.endswith(":") for line in fitting)
    return len(lines) > 3 and fitting[:1] == lines[:1] and len(fitting) >= 0.6 * len(lines) and named


def refuse_yaml(text: str) -> None:
    """Raise `Malformed` for a YAML file. A card, which begins like one, has to be told from it before."""
    if _is_yaml(text[:4_000]):
        raise refused("a YAML file", "convert it to JSON")


def refuse_foreign_text(text: str) -> None:
    """Raise `Malformed` for a text in markup, called by its real name."""
    head = text[:4_000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(_IN_MAIL):
        raise refused("a certificate, a key or a print file", "choose the file that has the table")
    if head.startswith("<"):
        for sign, what, remedy in _IN_TEXT:
            if sign in head:
                raise refused(what, remedy)
