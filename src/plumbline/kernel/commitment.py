"""Salted commitments: a digest that binds to bytes and reveals nothing of them.

A commitment is SHA-256(0x02 ‖ 32-byte random salt ‖ opening). Without the salt, the digest of a short text
could be found by guessing the text. The salt has a fixed length, so that salt and opening cannot be divided
in another way, and the first byte keeps commitments apart from the leaves (0x00) and nodes (0x01) of
RFC 6962. Whoever holds salt and opening can check it; once both are erased, nothing ties the digest to them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NamedTuple

SALT_LENGTH = 32


class Commitment(NamedTuple):
    """``digest`` goes into the log, ``salt`` stays beside the opening. Both are 32 bytes."""

    salt: bytes
    digest: bytes


def commit(opening: bytes, salt: bytes | None = None) -> Commitment:
    """Commit to ``opening`` with ``salt``, or with a new random one.

    Raises ``ValueError`` for a salt of another length.
    """
    salt = secrets.token_bytes(SALT_LENGTH) if salt is None else salt
    if len(salt) != SALT_LENGTH:
        raise ValueError(f"a salt has {SALT_LENGTH} bytes")
    return Commitment(salt, hashlib.sha256(b"\x02" + salt + opening).digest())


def opens(digest: bytes, salt: bytes, opening: bytes) -> bool:
    """Whether ``salt`` and ``opening`` are what ``digest`` was made of."""
    # In constant time: an erased opening must not become guessable by how long a comparison takes.
    return len(salt) == SALT_LENGTH and hmac.compare_digest(commit(opening, salt).digest, digest)
