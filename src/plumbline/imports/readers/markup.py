"""XML parts of a package, read as a stream within bounds: no document type, no entity, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat  # a document type is refused below, so that no entity is ever declared

from plumbline.imports.readers.limits import UNPACKED_LIMIT, malformed, too_large
from plumbline.imports.readers.package import Package, chunk
from plumbline.kernel.messages import say

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
_CHUNK = 65_536
_TAGS_LIMIT = 30_000_000
"""Tags of one part. What a tag costs is what reading costs; the largest table that is read has 26 million."""
_TAG_LIMIT = 2_000_000
"""Bytes of one tag with its attributes: the parser keeps the whole of it before it says a word."""


class Enough(Exception):
    """Raised by a handler that has seen what it wanted."""


def read_part(package: Package, name: str, start: Start, end: End, text: Callable[[str], None]) -> bool:
    """Call the handlers for the elements of a part, by names without prefix; whether it was read to its end.

    Raises `Malformed` for what is no XML, or has a document type (by which entities would be declared).
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    bare: dict[str, str] = {}

    def local(name: str) -> str:
        # Some programs write a prefix before every name, most write none.
        return bare.setdefault(name, name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        what = say("imports.part-document-type", "declares a document type in its part {part}", part=name)
        raise malformed(what, "save it again with an ordinary office program")

    parser.StartElementHandler = lambda tag, attributes: start(local(tag), attributes)
    parser.EndElementHandler = lambda tag: end(local(tag))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        with package.stream(name) as stream:
            _feed(parser, lambda: chunk(stream, name, _CHUNK), name)
    except Enough:
        return False
    except expat.ExpatError as error:
        what = say(
            "imports.part-no-xml",
            "has a part that is no well-formed XML: {part}, line {line}",
            part=name,
            line=error.lineno,
        )
        raise malformed(what, "save it again where it was made") from None
    return True


def _feed(parser: expat.XMLParserType, following: Callable[[], bytes], name: str) -> None:
    fed = tags = 0
    while data := following():
        fed += len(data)
        tags += data.count(b"<")
        if fed > UNPACKED_LIMIT or tags > _TAGS_LIMIT:
            what = say("imports.part-too-large", "has a part that is too large: {part}", part=name)
            raise too_large(what, "save the one sheet that matters as CSV")
        parser.Parse(data, False)
        if fed - parser.CurrentByteIndex > _TAG_LIMIT:
            what = say("imports.part-long-tag", "has a tag of over two million bytes in {part}", part=name)
            raise malformed(what, "save it again with an ordinary office program")
    parser.Parse(b"", True)
