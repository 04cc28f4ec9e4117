"""Signed notes, checkpoints, verifier keys and log proofs as C2SP writes them.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof. Signature lines of keys
that the reader does not know are kept and ignored, so cosignatures of other kinds may stand there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from plumbline.kernel.merkle import HASH_LENGTH, LARGEST_SIZE

ED25519 = 1
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
LONGEST = 1_000_000
"""Characters of a note or proof: parsing a hostile one stays cheap."""
_NAME = re.compile(r"[^\s+\x00-\x1f]{1,250}")
_SIGNATURE = re.compile("— ([^\\s+]{1,250}) ([A-Za-z0-9+/=]{1,20000})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """A text is not of the format it should have."""


def decode64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling. Raises `NoteError` for any other."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base64") from error
    # Python ignores stray bits after the last character, so several texts would stand for the same bytes.
    if base64.b64encode(content).decode() != text:
        raise NoteError("base64 not in canonical form")
    return content


def encode64(content: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(content).decode()


@dataclass(frozen=True)
class VerifierKey:
    """The public half of an Ed25519 key together with the name that it signs for."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ algorithm ‖ public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The key as text (vkey): ``name+8 hex digits+base64``."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(bytes([ED25519]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a vkey. Raises `NoteError` if it is malformed, not Ed25519 or its id does not fit."""
        parts = text.split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
            raise NoteError("a verifier key has the form name+id+key")
        content = decode64(parts[2])
        if len(content) != 33 or content[0] != ED25519:
            raise NoteError("the verifier key is not an Ed25519 key")
        key = cls(parts[0], content[1:])
        if key.key_id.hex() != parts[1]:
            raise NoteError("the id in the verifier key does not fit the key")
        return key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's Ed25519 signature (RFC 8032) of ``message``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signature:
    """One signature line: the signer's name, the first four bytes and what follows them."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in the note."""
        return f"— {self.name} {encode64(self.key_id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    """A text (ending in a newline) and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """The note with its signature lines."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    @classmethod
    def parse(cls, content: str) -> Note:
        """Split a note. Raises `NoteError` for control characters, no signature or a malformed line."""
        if len(content) > LONGEST or _CONTROL.search(content):
            raise NoteError("a note is at most a megabyte of text without control characters")
        # The last blank line separates text and signatures, since a text may contain blank lines itself.
        text, blank, lines = content.rpartition("\n\n")
        if not blank or not text or not lines.endswith("\n"):
            raise NoteError("a note ends in a blank line and signature lines")
        signatures: list[Signature] = []
        for line in lines[:-1].split("\n"):
            match = _SIGNATURE.fullmatch(line)
            if match is None or len(signatures) >= 100:
                raise NoteError("a signature line is malformed")
            content_bytes = decode64(match[2])
            if len(content_bytes) < 5:
                raise NoteError("a signature is too short")
            signatures.append(Signature(match[1], content_bytes[:4], content_bytes[4:]))
        return cls(text + "\n", tuple(signatures))

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether a line of ``key`` stands below the text and every such line is its valid signature."""
        # Two lines of one key, one of them wrong, would let two readers reach two verdicts on one note.
        lines = [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
        return bool(lines) and all(key.verifies(self.text.encode(), line.value) for line in lines)


def sign(text: str, key: VerifierKey, signer: Callable[[bytes], bytes]) -> Note:
    """Sign ``text`` (must end in a newline) in the name of ``key`` with ``signer``."""
    if not text.endswith("\n") or not _NAME.fullmatch(key.name):
        raise NoteError("a note's text ends in a newline and its signer's name has no space or plus")
    return Note(text, (Signature(key.name, key.key_id, signer(text.encode())),))


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: this log had this root at this size."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The checkpoint's text, ready to be signed."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> TreeHead:
        """Read the three lines. Raises `NoteError` for anything else, extension lines included."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not _NAME.fullmatch(lines[0]) or not _NUMBER.fullmatch(lines[1]):
            raise NoteError("a checkpoint is origin, size and root, one line each")
        size, root = int(lines[1]), decode64(lines[2])
        if len(root) != HASH_LENGTH or size > LARGEST_SIZE:
            raise NoteError("the size or the root of the checkpoint is not possible")
        return cls(lines[0], size, root)


@dataclass(frozen=True)
class LogProof:
    """A ``.tlog-proof``: entry ``index`` is in the log at ``checkpoint`` (a signed note).

    ``extra`` is whatever the application puts there; nothing signs it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        """The proof as text."""
        lines = [PROOF_HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(encode64, self.path))
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, content: str) -> LogProof:
        """Read a proof. Raises `NoteError` if it is malformed; signatures are not checked here."""
        head, blank, checkpoint = content.partition("\n\n")
        lines = head.split("\n")
        if not blank or len(content) > LONGEST or lines.pop(0) != PROOF_HEADER or not lines:
            raise NoteError("not a log proof of version 1")
        extra = decode64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index ") or not _NUMBER.fullmatch(lines[0][6:]):
            raise NoteError("the log proof has no index")
        index, path = int(lines[0][6:]), tuple(map(decode64, lines[1:]))
        if len(path) > 63 or any(len(hashed) != HASH_LENGTH for hashed in path):
            raise NoteError("a hash in the log proof is not possible")
        Note.parse(checkpoint)
        return cls(index, path, checkpoint, extra)


def proofs_text(hashes: Sequence[bytes]) -> str:
    """Hashes as base64, one a line (the form of ``consistency.txt``)."""
    return "".join(encode64(hashed) + "\n" for hashed in hashes)
