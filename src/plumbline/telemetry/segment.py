"""A sealed segment: the RFC 6962 tree over the salted commitments of a batch of events.

Each event's commitment is SHA-256(0x02 ‖ 32-byte salt ‖ exact opening bytes); the leaf of the segment's
tree is the RFC 6962 leaf hash of that digest. The functions here are the tight loops of what
`plumbline.kernel.commitment` and `plumbline.kernel.merkle` define for one event at a time; a test holds the
two to the same results.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from plumbline.kernel import merkle

HASH = 32


@dataclass(frozen=True, slots=True)
class Seal:
    """Salts and commitment digests (32 bytes each, joined, in order) and the root over them."""

    salts: bytes
    digests: bytes
    root: bytes


def seal(openings: Sequence[bytes], salts: bytes | None = None) -> Seal:
    """Commit to each of ``openings`` under a fresh random salt (or the given ones) and hash the tree."""
    # Salted, because events are guessable: without a salt, whoever sees a digest could try outcomes until
    # one fits, also after the event was erased.
    salts = os.urandom(HASH * len(openings)) if salts is None else salts
    digests = []
    start = 0
    for opening in openings:
        digests.append(sha256(b"\x02" + salts[start : start + HASH] + opening).digest())
        start += HASH
    return Seal(salts, b"".join(digests), root_of(digests))


def root_of(digests: Sequence[bytes]) -> bytes:
    """The RFC 6962 root of the tree whose leaves are the commitment digests."""
    level = [sha256(b"\x00" + digest).digest() for digest in digests]
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        paired = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def split(digests: bytes) -> list[bytes]:
    """The single 32-byte digests of a joined run of them."""
    return [digests[start : start + HASH] for start in range(0, len(digests), HASH)]


def path(digests: Sequence[bytes], position: int) -> list[bytes]:
    """The inclusion path (RFC 6962 section 2.1.1) of the event at ``position``."""
    return merkle.Tree(merkle.leaf_hash(digest) for digest in digests).path(position)
