"""Bytes → text: the encodings that registers come in, found out, and the byte named that is no text."""

from __future__ import annotations

import codecs

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Malformed

ENCODINGS = ("utf-8", "utf-16", "cp1252")
_REMEDY = "save the file again in UTF-8"


def unreadable(line: int, what: str, remedy: str) -> Malformed:
    """The refusal of a text because of one of its lines."""
    return Malformed(
        f"Line {line} of the file cannot be read.",
        [Fault("file", say("imports.line", "line {line} {what}", line=line, what=what), remedy)],
    )


def decoded(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of ``content``, and what its encoding is called. Raises `Malformed` naming the line.

    A text with NUL characters is refused, since no database takes them.
    """
    text, used = _decode(content, encoding)
    place = text.find("\x00")
    if place >= 0:
        raise unreadable(text.count("\n", 0, place) + 1, "has a NUL character", _REMEDY)
    return text, used


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
    return unreadable(line, f"has a byte that is no text in {name}", _REMEDY)


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
