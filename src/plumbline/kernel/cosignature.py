"""Cosignatures: a witness says that, at a time, the largest tree it saw of a log had this root.

Format: c2sp.org/tlog-cosignature, the Ed25519 type (``cosignature/v1``). Lines of another type, the ML-DSA-44
one among them, belong to keys that the reader does not know and are ignored like every unknown line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from plumbline.kernel.note import Note, NoteError, Signature, VerifierKey, decode64, encode64

COSIGNATURE_V1 = 4
LATEST_TIME = 253_402_300_799
"""The last second of the year 9999: a later one has no date."""
_NAME = re.compile(r"[^\s+\x00-\x1f]{1,250}")


def cosigned_message(text: str, timestamp: int) -> bytes:
    """What a witness signs: a header line, the time in seconds, and the checkpoint without signatures."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


@dataclass(frozen=True)
class Cosignature:
    """One cosignature and when the witness gave it."""

    signature: Signature
    time: datetime


@dataclass(frozen=True)
class WitnessKey:
    """The public half of a witness's Ed25519 key and the name it cosigns under."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ 4 ‖ public key)."""
        content = self.name.encode() + b"\n" + bytes([COSIGNATURE_V1]) + self.public
        return hashlib.sha256(content).digest()[:4]

    def __str__(self) -> str:
        """The key as text (vkey)."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(bytes([COSIGNATURE_V1]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Read a vkey. Raises `NoteError` if it is malformed or not that of an Ed25519 cosigner."""
        parts = text.split("+", 2)
        content = decode64(parts[2]) if len(parts) == 3 else b""
        if len(content) != 33 or content[0] != COSIGNATURE_V1 or not _NAME.fullmatch(parts[0]):
            raise NoteError("this is not the verifier key of an Ed25519 witness")
        key = cls(parts[0], content[1:])
        if key.key_id.hex() != parts[1]:
            raise NoteError("the id in the verifier key does not fit the key")
        return key

    def cosignature(self, note: Note) -> Cosignature | None:
        """This witness's cosignature below ``note``; ``None`` if there is none or one that is not valid."""
        # As with the log's own key, one wrong line beside a right one would let two readers differ.
        lines = [line for line in note.signatures if (line.name, line.key_id) == (self.name, self.key_id)]
        cosignatures = [self._read(note.text, line) for line in lines]
        return None if None in cosignatures or not cosignatures else cosignatures[0]

    def _read(self, text: str, line: Signature) -> Cosignature | None:
        timestamp = int.from_bytes(line.value[:8], "big")
        if len(line.value) != 72 or timestamp > LATEST_TIME:
            return None
        message = cosigned_message(text, timestamp)
        if not VerifierKey(self.name, self.public).verifies(message, line.value[8:]):
            return None
        return Cosignature(line, datetime.fromtimestamp(timestamp, UTC))


def cosign(text: str, key: WitnessKey, time: datetime, signer: Callable[[bytes], bytes]) -> Signature:
    """The cosignature of a checkpoint's ``text`` at ``time`` by ``key``; ``signer`` has its secret half."""
    timestamp = int(time.timestamp())
    value = timestamp.to_bytes(8, "big") + signer(cosigned_message(text, timestamp))
    return Signature(key.name, key.key_id, value)
