"""A logo as somebody uploads it → a small PNG that is drawn anew, so that nothing of the file itself goes on.

An SVG is a program for a renderer: only shapes, groups, gradients and plain styles are let through, and
nothing that loads, runs or repeats. Typst draws it, in this process and offline.
"""

from __future__ import annotations

import json
import re
import struct
from xml.parsers import expat

import typst

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Malformed, TooLarge

UPLOAD_LIMIT = 262_144
KEPT_LIMIT = 65_536
"""Bytes that a logo may have as it comes and as it is kept."""
_PIXELS = 4_000
"""The longest side of an image that is drawn."""
_ELEMENTS = 2_000
_PNG = b"\x89PNG\r\n\x1a\n"
_SHAPES = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "clipPath"}
    | {"linearGradient", "radialGradient", "stop", "title", "desc", "style", "metadata"}
)
_TEMPLATE = b"""
#let logo = bytes(json(bytes(sys.inputs.at("logo"))))
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#context {
  let size = measure(image(logo))
  let factor = calc.min(240pt / size.width, 60pt / size.height)
  image(logo, width: size.width * factor, height: size.height * factor)
}
"""


def png_of(content: bytes) -> bytes:
    """The image drawn anew as a PNG of at most 720 by 180 pixels.

    Raises `TooLarge` for a file that is too large, and `Malformed` for what is neither a PNG nor a plain SVG.
    """
    if len(content) > UPLOAD_LIMIT:
        over = say("fault.over-bytes", "is over {limit} bytes", limit=UPLOAD_LIMIT)
        raise TooLarge("The logo was not taken.", [Fault("document_logo", over, "make it smaller")])
    if content.startswith(_PNG):
        _check_png(content)
    else:
        _check_svg(content)
    try:
        drawn = typst.compile(
            _TEMPLATE,
            format="png",
            ppi=216,
            ignore_system_fonts=True,
            sys_inputs={"logo": json.dumps(list(content))},
        )
    except typst.TypstError:
        raise _refused("cannot be drawn", "save it again as PNG") from None
    assert isinstance(drawn, bytes)
    if len(drawn) > KEPT_LIMIT:
        over = say("fault.over-bytes", "is over {limit} bytes", limit=KEPT_LIMIT)
        raise TooLarge("The logo was not taken.", [Fault("document_logo", over, "use fewer colours")])
    return drawn


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def _refused(message: str, remedy: str) -> Malformed:
    return Malformed("The logo was not taken.", [Fault("document_logo", message, remedy)])


def _check_png(content: bytes) -> None:
    if content[12:16] != b"IHDR" or len(content) < 45:
        raise _refused("is a broken PNG file", "save it again as PNG")
    if not all(0 < side <= _PIXELS for side in size_of(content)):
        raise _refused("has a side of over 4,000 pixels", "make it smaller")


def _check_svg(content: bytes) -> None:
    """Raise `Malformed` for what is no SVG, or one with more than shapes in it."""
    remedy = "save it as a plain SVG with texts as paths, or as PNG"
    reader = _Shapes()
    try:
        reader.parser.Parse(content, True)
    except (expat.ExpatError, LookupError, UnicodeError):
        raise _refused("is neither a PNG nor an SVG file", "save it as PNG") from None
    except _Declared:
        raise _refused("declares a document type", remedy) from None
    if reader.refused:
        raise _refused(reader.refused, remedy)
    if not reader.count:
        raise _refused("is neither a PNG nor an SVG file", "save it as PNG")


class _Declared(Exception):
    """A document type, in which entities could be declared: nothing of it is read."""


class _Shapes:
    """Reads the elements of an SVG and keeps the first that no logo needs."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.count, self.refused, self._open = 0, "", list[str]()

    def _refuse(self, why: str) -> None:
        self.refused = self.refused or why

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self.count += 1
        if self.count == 1 and local != "svg":
            self._refuse("is no SVG file")
        if self.count > _ELEMENTS:
            self._refuse("has over 2,000 shapes")
        # What drawing programs keep for themselves is in names of their own, which nobody draws.
        if space == "http://www.w3.org/2000/svg" and local not in _SHAPES:
            self._refuse("has more in it than shapes")
        for key, value in attributes.items():
            local_key = key.rpartition(" ")[2].lower()
            if local_key.startswith("on") or (local_key == "href" and not value.startswith("#")):
                self._refuse("runs or loads something")
            self._check_style(value)
        self._open.append(local)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open[-1:] == ["style"]:
            self._check_style(text)

    def _check_style(self, text: str) -> None:
        if "@" in text or "\\" in text or re.search(r"url\((?!\s*['\"]?#)", text, re.I):
            self._refuse("runs or loads something")

    def _doctype(self, *_: object) -> None:
        raise _Declared

    def _instruction(self, *_: object) -> None:
        self._refuse("runs or loads something")
