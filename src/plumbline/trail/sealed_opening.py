"""Openings as they are stored: salt and bytes together under AES-256-GCM, bound to their place.

The salt is encrypted too. In the clear beside a commitment, it would let anybody with an old backup find a
short text by guessing, after the text itself was erased.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plumbline.kernel.commitment import SALT_LENGTH

NONCE = 12
"""Bytes of a random nonce. A key encrypts far fewer than 2^32 openings (NIST SP 800-38D, section 8.3)."""


def place(index: int, slot: str) -> bytes:
    """The associated data of an opening: ciphertext that is moved elsewhere does not open."""
    return f"{index}/{slot}".encode()


def cipher(secret: bytes) -> AESGCM:
    """The cipher of a key."""
    return AESGCM(secret)


def seal(key: AESGCM, salt: bytes, body: bytes, where: bytes) -> bytes:
    """Nonce, ciphertext and tag of ``salt`` and ``body``."""
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, salt + body, where)


def unseal(key: AESGCM, sealed: bytes, where: bytes) -> tuple[bytes, bytes] | None:
    """Salt and body; ``None`` where the bytes are not what was sealed under this key for this place."""
    if len(sealed) < NONCE + SALT_LENGTH:
        return None
    try:
        plain = key.decrypt(sealed[:NONCE], sealed[NONCE:], where)
    except InvalidTag:
        return None
    return plain[:SALT_LENGTH], plain[SALT_LENGTH:]
