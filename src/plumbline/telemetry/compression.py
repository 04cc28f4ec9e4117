"""Compressed request bodies, unpacked in small steps and never beyond a limit.

A few kilobytes of gzip can unpack to gigabytes, so the limit is checked after every step and not at the end.
"""

from __future__ import annotations

import zlib
from typing import Final

from plumbline.kernel.problems import Fault, Malformed, TooLarge, Unsupported

_STEP: Final = 65_536
_MEMBERS: Final = 64
"""Streams that one body may consist of (RFC 1952, section 2.2). Each copies all that follows it, so a body of
thousands of empty streams would take time in the square of its length."""
_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """``body`` without its content encoding (RFC 9110 section 8.4), at most ``limit`` bytes.

    Raises `Unsupported` for an encoding other than gzip, deflate and identity, `TooLarge` as soon as the
    limit is passed, `Malformed` for a stream that is broken or cut off.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _within(body, limit)
    if encoding not in _WINDOW:
        remedy = "Send the body with gzip, or without a content encoding."
        raise Unsupported(
            "This content encoding is not accepted.", [Fault("Content-Encoding", "is unknown", remedy)]
        )
    try:
        return _inflate(body, _WINDOW[encoding], limit)
    except zlib.error:
        raise _broken(encoding) from None


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    total, rest = 0, body
    for _ in range(_MEMBERS):
        stream = zlib.decompressobj(window)
        while not stream.eof:
            piece = stream.decompress(rest, _STEP)
            rest = stream.unconsumed_tail
            if not piece and not rest and not stream.eof:
                raise _broken("compressed")
            total += len(piece)
            if total > limit:
                raise _too_large(limit)
            pieces.append(piece)
        rest = stream.unused_data
        if not rest:
            return b"".join(pieces)
    raise _broken("compressed")


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> TooLarge:
    remedy = "Send fewer events in one batch."
    return TooLarge(f"The body unpacks to more than {limit} bytes.", [Fault("", "is too large", remedy)])


def _broken(encoding: str) -> Malformed:
    remedy = "Send the whole stream, or send the body without a content encoding."
    return Malformed(
        f"The {encoding} stream is broken or cut off.", [Fault("", "cannot be unpacked", remedy)]
    )
