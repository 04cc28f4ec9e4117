"""The keys of an installation: created once, kept in files only their owner may read, never in the database.

Three Ed25519 keys: the *log key* signs checkpoints, the *pack key* signs evidence packs, the *recovery
key* is shown once at the start, kept on paper, and announces a new log key should the old one be lost.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction

from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, VerifierKey
from plumbline.kernel.problems import Conflict
from plumbline.trail import commands, key_history, queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.guard import Guard, read
from plumbline.trail.key_history import KeyHistory
from plumbline.trail.paths import DEFAULT_ORIGIN, keys_folder
from plumbline.trail.paths import origin as origin_of
from plumbline.trail.private_files import write_private


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key and the name it signs for."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, message: bytes) -> bytes:
        """The signature of ``message``; the same message always has the same one (RFC 8032)."""
        return self.private.sign(message)


@dataclass(frozen=True)
class Signers:
    """The keys a running installation holds.

    ``overlapping`` signs beside ``log`` while it is being replaced; ``history`` says which keys count when.
    """

    log: SigningKey
    pack: SigningKey
    folder: Path
    overlapping: SigningKey | None = None
    history: KeyHistory = field(default_factory=KeyHistory)

    def signed(self, note: Note, size: int) -> bool:
        """Whether the keys that count at ``size`` entries have signed ``note``."""
        # A log whose first entry has been tampered with names no keys; then the file says which one is ours.
        if not self.history.log:
            return note.signed_by(self.log.verifier)
        return self.history.signed(note, size)


@dataclass(frozen=True)
class InitReport:
    """What `init` has created.

    ``recovery`` is the secret half of the recovery key as base64: show it once, keep it nowhere.
    """

    vkey: str
    pack_vkey: str
    recovery: str
    recovery_vkey: str


def initialised(data: Path) -> bool:
    """Whether `init` has been run for this data folder."""
    return (keys_folder(data) / "log.key").exists()


def make(name: str) -> SigningKey:
    """A new key."""
    return SigningKey(name, Ed25519PrivateKey.generate())


def pem(key: SigningKey) -> bytes:
    """The secret half as it stands in its file."""
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def init(data: Path, guard_file: Path, origin: str = DEFAULT_ORIGIN) -> InitReport:
    """Create the keys, the guard and the log's first entry.

    The first entry (``key.created``) names the verifier keys, so that a pack can be checked with the log's
    key alone. Raises `Conflict` if there are keys, a guard or entries already: nothing is ever created anew.
    A start that broke off before the first entry was committed can be repeated.
    """
    guard = read(guard_file)
    if queries.size() or (guard is not None and guard.size) or (guard is None and initialised(data)):
        raise Conflict("This installation has keys, a guard or entries already; they are never replaced.")
    log, pack, recovery = make(origin), make(f"{origin}/pack"), make(f"{origin}/recovery")
    vkeys = {"log": str(log.verifier), "pack": str(pack.verifier), "recovery": str(recovery.verifier)}
    with transaction.atomic():
        write_private(keys_folder(data) / "origin", origin.encode())
        commands.append(
            "key.created",
            actor="stage:init",
            subject={"ref": log.verifier.key_id.hex()},
            facts={"keys": vkeys},
            source="trail",
            retention="permanent",
        )
        write_private(keys_folder(data) / "pack.key", pem(pack))
        write_private(keys_folder(data) / "recovery.vkey", vkeys["recovery"].encode())
        Guard.create(guard_file, origin=origin, time=clock.now())
        # The log key comes last: it marks the start as complete (`initialised`). If anything above fails, the
        # entry is rolled back and the start can be repeated; a guard of size 0 does not stand in its way.
        write_private(keys_folder(data) / "log.key", pem(log))
    return InitReport(vkeys["log"], vkeys["pack"], on_paper(recovery), vkeys["recovery"])


def on_paper(key: SigningKey) -> str:
    """The secret half as base64, to be shown once."""
    secret = key.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return base64.b64encode(secret).decode()


def _read(file: Path, name: str) -> SigningKey:
    try:
        private = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        message = say("trail.key-unreadable", "The key file {name} cannot be read.", name=file.name)
        raise ReadOnly("not-initialised", message) from error
    if not isinstance(private, Ed25519PrivateKey):
        message = say(
            "trail.key-of-another-kind", "The key file {name} holds another kind of key.", name=file.name
        )
        raise ReadOnly("not-initialised", message)
    return SigningKey(name, private)


def _files(data: Path, role: str, key: VerifierKey) -> Iterable[Path]:
    """Where the secret half of ``key`` may lie: under its own id, or as the one key of its role."""
    return keys_folder(data) / f"{role}-{key.key_id.hex()}.key", keys_folder(data) / f"{role}.key"


def signing_key(data: Path, role: str, key: VerifierKey) -> SigningKey:
    """The secret half of ``key``. Raises `ReadOnly` (``not-initialised``) if it is not there."""
    for file in _files(data, role, key):
        if file.exists() and (found := _read(file, key.name)).verifier == key:
            return found
    message = say(
        "trail.key-lost",
        "The {role} key {key} is not in the folder of keys. Bring it back from a backup, or announce a new "
        "one with the recovery key: plumbline trail announce-key.",
        role=role,
        key=key.key_id.hex(),
    )
    raise ReadOnly("not-initialised", message)


def store(data: Path, role: str, key: SigningKey) -> None:
    """Write the secret half of a new key, for its owner only."""
    file, _ = _files(data, role, key.verifier)
    write_private(file, pem(key))


def forget(data: Path, role: str, old: VerifierKey, current: VerifierKey) -> None:
    """Remove the secret half of ``old``; that of ``current`` becomes the one key of its role."""
    own, common = _files(data, role, current)
    # Renaming replaces the file of the old key in one step, so there is always one under the common name.
    if own.exists():
        own.replace(common)
    former, _ = _files(data, role, old)
    former.unlink(missing_ok=True)


def load(data: Path, size: int | None = None) -> Signers:
    """The keys of this installation, as they sign at ``size`` entries (default: now).

    Raises `ReadOnly` (``not-initialised``) if they are not there.
    """
    name = origin_of(data)
    folder, history = keys_folder(data), key_history.history()
    present = queries.size() if size is None else size
    log, pack = history.at(key_history.LOG, present), history.at(key_history.PACK, present)
    if not log or not pack:
        return Signers(_read(folder / "log.key", name), _read(folder / "pack.key", f"{name}/pack"), folder)
    return Signers(
        signing_key(data, key_history.LOG, log[0]),
        signing_key(data, key_history.PACK, pack[0]),
        folder,
        signing_key(data, key_history.LOG, log[1]) if len(log) > 1 else None,
        history,
    )


def vkey() -> str:
    """The log's verifier key as text, to be published where auditors find it without us."""
    return str(load(settings.PLUMBLINE.data).log.verifier)
