"""Salted commitments: a digest that binds to bytes and says nothing of them.

A commitment is SHA-256(0x02 ‖ 32-byte random salt ‖ opening). The salt has a fixed length and the
first byte keeps commitments apart from the leaves (0x00) and nodes (0x01) of RFC 6962. Whoever holds
salt and opening can check it; when both are erased, the digest can no longer be tied to anything.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

SALT_LENGTH = 32


@dataclass(frozen=True)
class Commitment:
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
    return len(salt) == SALT_LENGTH and hmac.compare_digest(commit(opening, salt).digest, digest)
