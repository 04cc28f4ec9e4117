"""The zip file of a pack: its bytes follow from names and contents alone, and it may be larger than 4 GiB.

Members are compressed once, as they come, into a temporary file, and copied behind each other in the order of
their names at the end: the manifest, which names the digest of every other member, stands in the middle.
"""

from __future__ import annotations

import hashlib
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from plumbline.kernel.canonical import JSON
from plumbline.kernel.problems import Fault, Invalid

LARGEST_MEMBER = 64 << 20
RATIO = 20
"""How many times its packed length a member may have; the verifier refuses more, as it could be a bomb."""
_IN_MEMORY = 32 << 20
"""Bytes of packed members that are kept in memory before they go into a file."""
_LEVEL = 3
"""Level of compression: half the time of zlib's default for entries, a twentieth more bytes."""
_STORED, _DEFLATED = 0, 8
_FAR = 2**32 - 1
"""From here on a place in the file needs the long form (zip64)."""
_MANY = 65535
_COPIED = 1 << 20


@dataclass(frozen=True)
class _Member:
    """A member in the temporary file: where it is, how it is packed, its sizes, its checksums."""

    at: int
    method: int
    packed: int
    size: int
    crc: int
    sha256: str


class PackWriter:
    """Takes members in any order and writes them as one file."""

    def __init__(self, folder: Path | None = None) -> None:
        """Start without members; a large pack is put together in a temporary file in ``folder``."""
        place = str(folder) if folder else None
        self._spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=place)  # noqa: SIM115 - see close
        self._members: dict[str, _Member] = {}

    def close(self) -> None:
        """Remove the temporary file."""
        self._spool.close()

    def add(self, name: str, content: bytes) -> None:
        """Add a member. Raises `Invalid` for a name that is there already or content over 64 MiB."""
        if name in self._members or len(content) > LARGEST_MEMBER:
            fault = Fault(
                "members", "A member is there twice or is too large.", "A member has at most 64 MiB."
            )
            raise Invalid("The pack cannot take this member.", [fault])
        deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
        packed, method = deflater.compress(content) + deflater.flush(), _DEFLATED
        if not len(packed) < len(content) <= RATIO * len(packed):
            packed, method = content, _STORED
        digest = hashlib.sha256(content).hexdigest()
        self._members[name] = _Member(
            self._spool.tell(), method, len(packed), len(content), zlib.crc32(content), digest
        )
        self._spool.write(packed)

    def subjects(self) -> list[JSON]:
        """All members so far, as subjects of an in-toto statement."""
        return [
            {"digest": {"sha256": self._members[name].sha256}, "name": name} for name in sorted(self._members)
        ]

    def write(self, out: IO[bytes]) -> int:
        """Write the file to ``out``; the number of members."""
        offset, listing = 0, []
        for name, member in sorted(self._members.items()):
            local, central = _headers(name, member, offset)
            out.write(local)
            self._copy(member, out)
            listing.append(central)
            offset += len(local) + member.packed
        directory = b"".join(listing)
        out.write(directory + _ending(len(listing), len(directory), offset))
        return len(listing)

    def _copy(self, member: _Member, out: IO[bytes]) -> None:
        self._spool.seek(member.at)
        left = member.packed
        while left:
            part = self._spool.read(min(left, _COPIED))
            out.write(part)
            left -= len(part)


def _headers(name: str, member: _Member, offset: int) -> tuple[bytes, bytes]:
    """The header before a member and its line in the directory.

    No time, system or permission of this machine stands in them: the same pack has the same bytes anywhere.
    """
    fixed = (20, 0, member.method, 0, 33, member.crc, member.packed, member.size, len(name))
    far = struct.pack("<2HQ", 1, 8, offset) if offset >= _FAR else b""
    place = (len(far), 0, 0, 0, 0o600 << 16, min(offset, _FAR))
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *fixed, 0) + name.encode()
    return local, struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, *fixed, *place) + name.encode() + far


def _ending(count: int, length: int, start: int) -> bytes:
    """The end of the file: number of members, length and start of the directory."""
    if count < _MANY and start < _FAR:
        return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length, start, 0)
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 788, 45, 0, 0, count, count, length, start)
    record += struct.pack("<4sIQI", b"PK\6\7", 0, start + length, 1)
    return record + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, _MANY, _MANY, _FAR, _FAR, 0)
