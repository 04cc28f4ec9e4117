"""How a private note is sealed: a key from the auditor's passphrase, and encryption that shows changes.

``base64(version 01 ‖ salt 16 ‖ nonce 12 ‖ ciphertext ‖ tag 16)``. The key is scrypt (RFC 7914) of the
passphrase, Unicode NFC in UTF-8, with N = 2^15, r = 8, p = 3: 32 bytes. The cipher is AES-256-GCM; what it
binds besides is the person and the note, so that nobody moves a note to another place unseen. The text is
JSON, filled with blanks to a multiple of `STEP` bytes, since a length tells something too.
"""

from __future__ import annotations

import base64
import json
import secrets
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

VERSION = b"\x01"
SALT, NONCE, TAG = 16, 12, 16
"""Lengths in bytes."""
STEP = 512
"""Bytes in a multiple of which the text is filled up."""
COST, BLOCK, LANES = 2**15, 8, 3
"""N, r and p of scrypt: 32 MiB, and some tenths of a second."""


class NotOpened(Exception):
    """The passphrase is another one, or the note was changed."""


def key_of(passphrase: str, salt: bytes) -> bytes:
    """The 32 bytes that seal the notes of somebody."""
    text = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(text)


def salt_of(sealed: str) -> bytes:
    """The salt that stands in a sealed note."""
    return base64.b64decode(sealed)[1 : 1 + SALT]


def new_salt() -> bytes:
    """A salt for somebody's first note; the later ones keep it, so that one key opens all."""
    return secrets.token_bytes(SALT)


@dataclass
class Keys:
    """The keys of one passphrase, each derived once, for as long as this object is there: one request."""

    passphrase: str = field(repr=False)
    _known: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def key(self, salt: bytes) -> bytes:
        """The key for a salt."""
        if salt not in self._known:
            self._known[salt] = key_of(self.passphrase, salt)
        return self._known[salt]


def _bound(person: str, note: str) -> bytes:
    return f"plumbline private note 1\n{person}\n{note}".encode()


def seal(keys: Keys, salt: bytes, text: str, about: str, *, person: str, note: str) -> str:
    """A note, encrypted. ``person`` and ``note`` are opaque ids, ``about`` a reference or nothing."""
    body = json.dumps({"about": about, "text": text}, ensure_ascii=False).encode()
    body += b" " * (-len(body) % STEP)
    nonce = secrets.token_bytes(NONCE)
    made = AESGCM(keys.key(salt)).encrypt(nonce, body, _bound(person, note))
    return base64.b64encode(VERSION + salt + nonce + made).decode()


def unseal(keys: Keys, sealed: str, *, person: str, note: str) -> tuple[str, str]:
    """What a note is about, and its text. Raises `NotOpened`."""
    raw = base64.b64decode(sealed)
    salt, rest = raw[1 : 1 + SALT], raw[1 + SALT :]
    if raw[:1] != VERSION:
        raise NotOpened
    try:
        body = AESGCM(keys.key(salt)).decrypt(rest[:NONCE], rest[NONCE:], _bound(person, note))
    except InvalidTag as error:
        raise NotOpened from error
    said = json.loads(body)
    return str(said["about"]), str(said["text"])
