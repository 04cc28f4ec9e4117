"""Putting a new key in the place of one that is old, or that is lost.

The new key's file is on disk before the entry that names it is committed: after a stop in between there is a
file that no entry names, which signs nothing. The other way round the log would name a key that nobody has.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.note import VerifierKey, encode64
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.trail import commands, key_history, keys
from plumbline.trail.key_history import LOG, ROLES, KeyHistory, statement
from plumbline.trail.keys import SigningKey

OVERLAP = timedelta(days=30)
"""How long both keys sign unless told otherwise: time to give the new one to those who check."""


@dataclass(frozen=True)
class Rotation:
    """A key that took the place of another: by which entry, and until when both sign (log keys only)."""

    role: str
    old: str
    new: str
    entry: int
    overlap_ends: datetime | None


def _current(history: KeyHistory, role: str) -> VerifierKey:
    if role not in ROLES:
        fault = Fault("role", "is not a role of a key", "log or pack")
        raise Invalid("No key was replaced.", [fault])
    periods = history.periods(role)
    if not periods:
        raise Conflict("The trail names no keys. Bring it back from a backup first.")
    return periods[-1].key


def rotate(data: Path, role: str = LOG, overlap: timedelta = OVERLAP) -> Rotation:
    """Make a new key and let it take the place of the present one, with an entry that both sign.

    A log key goes on signing beside the new one until the overlap is over (`retire`); a pack key is replaced
    at once. Raises `Conflict` while an overlap is under way, `Invalid` for a wrong role or overlap, and
    `ReadOnly` when the present key is not there: then it is lost, and `announce` is the way.
    """
    history = key_history.history()
    old = _current(history, role)
    if role == LOG and history.overlapping():
        raise Conflict("The log key is being replaced already. Retire the old one first.")
    if overlap < timedelta(0) or overlap > timedelta(days=3660):
        raise Invalid("No key was replaced.", [Fault("overlap", "is out of range", "0 to 3660 days")])
    signer = keys.signing_key(data, role, old)
    new = keys.make(old.name)
    message = statement("rotate", role, old, new.verifier)
    ends = clock.now() + overlap if role == LOG else None
    signatures: JSON = [encode64(signer.sign(message)), encode64(new.sign(message))]
    facts: dict[str, JSON] = {"signatures": signatures}
    if ends is not None:
        facts["until"] = rfc3339(ends)
    index = _replace(data, "key.rotated", role, old, new, facts)
    return Rotation(role, str(old), str(new.verifier), index, ends)


def announce(data: Path, recovery: str, role: str = LOG) -> Rotation:
    """Let a new key take the place of a lost one, by a statement that the recovery key signs.

    ``recovery`` is what `init` showed once. Raises `Invalid` if it is not the recovery key of this log.
    """
    history = key_history.history()
    old = _current(history, role)
    signer = _recovery_key(recovery, history)
    new = keys.make(old.name)
    message = statement("announce", role, old, new.verifier)
    index = _replace(data, "key.announced", role, old, new, {"signature": encode64(signer.sign(message))})
    keys.forget(data, role, old, new.verifier)
    return Rotation(role, str(old), str(new.verifier), index, None)


def _recovery_key(text: str, history: KeyHistory) -> SigningKey:
    known = history.recovery
    try:
        secret = base64.b64decode("".join(text.split()), validate=True)
        signer = SigningKey(known.name if known else "", Ed25519PrivateKey.from_private_bytes(secret))
    except (binascii.Error, ValueError) as error:
        fault = Fault("recovery", "is not a recovery key", "the 44 characters that init showed")
        raise Invalid("No key was announced.", [fault]) from error
    if signer.verifier != known:
        fault = Fault("recovery", "is not the recovery key of this log", "the one written down at init")
        raise Invalid("No key was announced.", [fault])
    return signer


def _replace(
    data: Path, entry_type: str, role: str, old: VerifierKey, new: SigningKey, facts: dict[str, JSON]
) -> int:
    """Store the new key, then commit the entry that names it; the number of the entry."""
    keys.store(data, role, new)
    with transaction.atomic():
        return commands.append(
            entry_type,
            actor="stage:keys",
            subject={"ref": new.verifier.key_id.hex()},
            facts={"role": role, "old": str(old), "new": str(new.verifier), **facts},
            source="trail",
            retention="permanent",
        ).index


def retire(data: Path) -> int:
    """End the overlap now: the old log key counts for nothing from the entry on whose number this returns.

    Its file is removed. Raises `Conflict` when no key is being replaced.
    """
    history = key_history.history()
    period = history.overlapping()
    if period is None:
        raise Conflict("No log key is being replaced.")
    newest = history.log[-1].key
    with transaction.atomic():
        index = commands.append(
            "key.retired",
            actor="stage:keys",
            subject={"ref": period.key.key_id.hex()},
            facts={"role": LOG, "old": str(period.key), "new": str(newest)},
            source="trail",
            retention="permanent",
        ).index
    keys.forget(data, LOG, period.key, newest)
    return index


def retire_when_due(data: Path) -> bool:
    """Retire the old key if its overlap is over; whether it was."""
    period = key_history.history().overlapping()
    if period is None or period.overlap_ends is None or clock.now() < period.overlap_ends:
        return False
    retire(data)
    return True
