"""The package that Office Open XML files are (ECMA-376, part 2): named parts in a ZIP archive."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The first instant that an entry of a ZIP archive can bear."""


def text(value: str) -> str:
    """Words as character data. What XML 1.0 has no place for, such as a bell, is left out."""
    return escape("".join(letter for letter in value if letter in "\t\n" or _is_allowed(ord(letter))))


def _is_allowed(point: int) -> bool:
    return point >= 0x20 and not 0xD800 <= point <= 0xDFFF and point not in (0xFFFE, 0xFFFF)


class Package:
    """A package being written to a stream, part after part, so that no part lies in memory as a whole."""

    def __init__(self, stream: IO[bytes], instant: int = 0) -> None:
        """``instant`` is when it says that it was made, in seconds since 1970."""
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        made = max(datetime.fromtimestamp(instant, UTC), _EARLIEST)
        self._time = (made.year, made.month, made.day, made.hour, made.minute, made.second)
        self._types: list[tuple[str, str]] = []

    @contextmanager
    def open(self, name: str, content_type: str = "") -> Iterator[IO[bytes]]:
        """A part to write into; without a type it is one of the relations."""
        if content_type:
            self._types.append((name, content_type))
        info = zipfile.ZipInfo(name, self._time)
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as part:
            yield part

    def add(self, name: str, content_type: str, body: str) -> None:
        """A part that is at hand as a whole."""
        with self.open(name, content_type) as part:
            part.write((HEAD + body).encode())

    def add_image(self, name: str, png: bytes) -> None:
        """A PNG image."""
        with self.open(name, "image/png") as part:
            part.write(png)

    def relate(self, source: str, *targets: tuple[str, str]) -> None:
        """What the part ``source`` refers to: types and targets, numbered ``rId1``, ``rId2`` and so on."""
        folder, _, file = source.rpartition("/")
        links = "".join(
            f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        place = f"{folder}/_rels/{file}.rels" if source else "_rels/.rels"
        self.add(place, "", f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>')

    def close(self) -> None:
        """Write what every package has: its types, and the end of the archive."""
        types = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in self._types)
        relations = "application/vnd.openxmlformats-package.relationships+xml"
        body = f'<Default Extension="rels" ContentType="{relations}"/>{types}'
        self.add("[Content_Types].xml", "", f'<Types xmlns="{_PACKAGE}/content-types">{body}</Types>')
        self._zip.close()


def core_properties(title: str, author: str, instant: int) -> str:
    """The part that says what the file is called, who made it and when."""
    made = datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{text(title)}</dc:title><dc:creator>{text(author)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>'
    )


CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
CORE_RELATION = f"{_PACKAGE}/relationships/metadata/core-properties"
