"""Files that are ZIP archives inside (workbooks, text documents): opened within bounds, called by name."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO

from plumbline.imports.readers import limits
from plumbline.imports.readers.limits import malformed, too_large
from plumbline.imports.readers.recognition import refused
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Malformed

WORKBOOK, OPEN_SHEET, DOCUMENT = "xlsx", "ods", "docx"
_BROKEN = "save it again where it was made, or fetch it once more"
_AS_XLSX = "open it and save it as an Excel workbook (.xlsx) or as CSV"
_OFFICE: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", _AS_XLSX),
    ("ppt/presentation.xml", "a PowerPoint file", "copy the table into a spreadsheet and save that"),
    ("visio/document.xml", "a Visio drawing", "copy the table into a spreadsheet and save that"),
    ("index/document.iwa", "a file of Apple's Numbers, Pages or Keynote", "export it as Excel or CSV"),
    ("androidmanifest.xml", "an Android program", "choose the file that has the table"),
    ("meta-inf/manifest.mf", "a Java program", "choose the file that has the table"),
)
_OPEN_DOCUMENT = {
    "opendocument.text": ("an OpenDocument text (.odt)", "save it as a Word file (.docx)"),
    "opendocument.presentation": ("an OpenDocument presentation (.odp)", "copy the table into a spreadsheet"),
    "opendocument.graphics": ("an OpenDocument drawing (.odg)", "copy the table into a spreadsheet"),
    "opendocument.database": ("an OpenDocument database (.odb)", "write the table in it out as CSV"),
    "epub+zip": ("an electronic book (EPUB)", "copy the table into a spreadsheet"),
}
_READ_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)
"""What the library raises for a part with a wrong sum, a cut stream, an unknown method or a password."""


class Package:
    """An archive whose parts are read one by one. Raises `Malformed` or `TooLarge` before it unpacks any."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            parts = self._archive.infolist()
        except (ValueError, *_READ_FAILURES):
            raise malformed(
                "is a broken ZIP archive (workbooks and Word files are such archives)", _BROKEN
            ) from None
        self._check(parts, len(content))
        # Names differ by case between programs, and some write the separator of Windows.
        self._parts = {part.filename.replace("\\", "/").lstrip("/").lower(): part for part in parts}

    def _check(self, parts: list[zipfile.ZipInfo], size: int) -> None:
        if len(parts) > limits.PARTS_LIMIT:
            what = say(
                "imports.archive-parts", "is an archive of over {limit} files", limit=limits.PARTS_LIMIT
            )
            raise too_large(what, "choose the workbook itself")
        unpacked = sum(part.file_size for part in parts)
        # The sum, against the whole file: parts may lie over each other, and their packed sizes be forged.
        bomb = unpacked > limits.RATIO_FROM and unpacked > limits.RATIO_LIMIT * size
        if unpacked > limits.UNPACKED_LIMIT or bomb:
            what = say(
                "imports.archive-unpacks-to",
                "unpacks from {size} to {unpacked} bytes, which is more than a table needs",
                size=size,
                unpacked=unpacked,
            )
            raise too_large(what, "save the one sheet that matters as CSV")
        if any(part.flag_bits & 1 for part in parts):
            raise malformed("is an archive with a password", "save a copy without a password")

    def names(self) -> list[str]:
        """The parts, in small letters."""
        return list(self._parts)

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._parts

    def stream(self, name: str) -> IO[bytes]:
        """A part, unpacked as it is read. Raises `Malformed` when there is none."""
        part = self._parts.get(name.lower())
        if part is None:
            raise malformed(say("imports.part-missing", "lacks its part {part}", part=name), _BROKEN)
        try:
            return self._archive.open(part)
        except _READ_FAILURES:
            raise broken_part(name) from None

    def text(self, name: str, limit: int = 100_000) -> str:
        """The beginning of a small part, as text; nothing when there is none."""
        if not self.has(name):
            return ""
        with self.stream(name) as stream:
            return chunk(stream, name, limit).decode("utf-8", "replace")

    def format(self) -> str:
        """`WORKBOOK`, `OPEN_SHEET` or `DOCUMENT`. Raises `Malformed` with the real name of anything else."""
        kind = self.text("mimetype", 200).strip()
        if "opendocument.spreadsheet" in kind:
            if "encryption-data" in self.text("META-INF/manifest.xml"):
                raise refused("an OpenDocument sheet with a password", "save a copy without a password")
            return OPEN_SHEET
        for sign, (what, remedy) in _OPEN_DOCUMENT.items():
            if sign in kind:
                raise refused(what, remedy)
        if self.has("xl/workbook.xml") or self._main_part_is("sheet"):
            return WORKBOOK
        if self.has("word/document.xml") or self._main_part_is("document"):
            return DOCUMENT
        for sign, what, remedy in _OFFICE:
            if self.has(sign):
                raise refused(what, remedy)
        raise refused("a ZIP archive", "unpack it and import the files in it one by one")

    def _main_part_is(self, word: str) -> bool:
        """Whether the package declares such a main part, wherever it keeps it."""
        return f"ml.{word}.main+xml" in self.text("[Content_Types].xml")


def broken_part(name: str) -> Malformed:
    """The refusal of an archive whose part cannot be unpacked."""
    return malformed(say("imports.part-broken", "has a broken part, {part}", part=name), _BROKEN)


def chunk(stream: IO[bytes], name: str, size: int) -> bytes:
    """The next bytes of a part. Raises `Malformed` where it is damaged."""
    try:
        return stream.read(size)
    except _READ_FAILURES:
        raise broken_part(name) from None
