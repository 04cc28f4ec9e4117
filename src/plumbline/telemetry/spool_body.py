"""The body of a segment while it waits in the spool, encrypted as a whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from plumbline.kernel import clock
from plumbline.kernel.commitment import SALT_LENGTH
from plumbline.kernel.problems import Unavailable
from plumbline.trail import sealed_opening
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.key_store.store import Key

SPOOL_SCOPE: Final = "class:spool"
SELECT: Final = (
    "SELECT segment.id, salts, digests, openings, key_id FROM body JOIN segment USING (seq) WHERE seq = ?"
)


@dataclass(frozen=True, slots=True)
class Body:
    """The events of a segment: exact opening bytes in order, their salts and commitment digests.

    An event that was erased while it waited here has an empty opening.
    """

    openings: list[bytes]
    salts: bytes
    digests: bytes


def key_now() -> Key:
    """The key under which segments wait here: one for a month, since each waits for seconds only."""
    scope = SPOOL_SCOPE, clock.now().strftime("%Y-%m")
    return key_store().current({scope})[scope]


def encrypted(key: Key, name: UUID, salts: bytes, openings: Sequence[bytes]) -> bytes:
    """Salts and openings of a segment, encrypted as a whole: one call for each batch, not for each event."""
    packed = msgspec.msgpack.encode((salts, openings))
    nonce = os.urandom(sealed_opening.NONCE)
    return nonce + sealed_opening.cipher(key.secret).encrypt(nonce, packed, name.bytes)


def of_columns(name: bytes, salts: bytes, digests: bytes, openings: bytes, key_id: str) -> Body:
    """The body of a segment from its columns. Raises `Unavailable` when its key is not here."""
    if not key_id:  # of an earlier version
        return Body(msgspec.msgpack.decode(openings, type=list[bytes]), salts, digests)
    secret = key_store().find({key_id}).get(key_id)
    if secret is None:
        raise Unavailable("The key under which the spool is encrypted is not in the key store. Put it back.")
    nonce, sealed = openings[: sealed_opening.NONCE], openings[sealed_opening.NONCE :]
    try:
        packed = sealed_opening.cipher(secret).decrypt(nonce, sealed, name)
    except InvalidTag as error:
        raise Unavailable("A segment in the spool has been altered and cannot be read.") from error
    salts, bodies = msgspec.msgpack.decode(packed, type=tuple[bytes, list[bytes]])
    return Body(bodies, salts, digests)


def without(body: Body, positions: Collection[int]) -> Body:
    """A body of which the events at these places are gone; their digests stay."""
    salts = bytearray(body.salts)
    for position in positions:
        salts[position * SALT_LENGTH : (position + 1) * SALT_LENGTH] = bytes(SALT_LENGTH)
    openings = [b"" if at in positions else opening for at, opening in enumerate(body.openings)]
    return Body(openings, bytes(salts), body.digests)


def erase(connection: sqlite3.Connection, seq: int, name: UUID, positions: Collection[int]) -> None:
    """Write a body again without the events at these places; nothing when it was moved meanwhile."""
    row = connection.execute(SELECT, (seq,)).fetchone()
    if row is None:
        return
    key, kept = key_now(), without(of_columns(*row), positions)
    content = encrypted(key, name, kept.salts, kept.openings)
    connection.execute(
        "UPDATE body SET salts = x'', openings = ?, key_id = ? WHERE seq = ?", (content, key.id, seq)
    )
