"""Time-ordered identifiers (RFC 9562, version 7) and opaque ones.

Time-ordered, so that new rows go to the end of an index; opaque where an id stands in a leaf, which can never
be erased and so may hold nothing about a person.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from uuid import UUID

_RANDOM = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)
"""The bits of an identifier that are neither time, version nor variant."""
_VERSION = 0x7 << 76 | 0x2 << 62


def uuid7(milliseconds: int | None = None) -> UUID:
    """A version 7 UUID: 48 bits of Unix time in milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    return _version7(stamp, secrets.token_bytes(10))


def uuid7_of(milliseconds: int, text: str) -> UUID:
    """The version 7 UUID that this instant and this text always give: a key for doing something once."""
    return _version7(milliseconds, hashlib.sha256(text.encode()).digest()[:10])


def _version7(stamp: int, rest: bytes) -> UUID:
    value = (stamp & (1 << 48) - 1) << 80 | int.from_bytes(rest, "big") & _RANDOM | _VERSION
    return UUID(int=value)


def opaque(prefix: str) -> str:
    """An identifier that reveals nothing of what it names: ``per_`` and 20 random hexadecimal digits."""
    return f"{prefix}_{secrets.token_hex(10)}"
