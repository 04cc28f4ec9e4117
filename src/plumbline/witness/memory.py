"""What a witness remembers: its key, the logs it knows, and the newest checkpoint it cosigned of each."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from plumbline.kernel.cosignature import WitnessKey
from plumbline.kernel.note import Note, NoteError, TreeHead, VerifierKey
from plumbline.kernel.problems import Conflict, NotFound, Unavailable
from plumbline.trail.private_files import private_folder, write_private

MOST_CONFLICTS = 100
"""Contradicting checkpoints that a witness keeps."""


@dataclass(frozen=True)
class Memory:
    """A witness's folder: ``witness.key``, ``name``, ``logs`` (one vkey a line) and ``checkpoints/``."""

    folder: Path

    @property
    def _key_file(self) -> Path:
        return self.folder / "witness.key"

    def create(self, name: str) -> WitnessKey:
        """Make a new witness called ``name``. Raises `Conflict` if there is one."""
        if self._key_file.exists():
            raise Conflict(f"There is a witness in {self.folder} already; its key is never replaced.")
        private = Ed25519PrivateKey.generate()
        key = WitnessKey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        # Read back before anything is written: a name that no reader of vkeys takes is refused here.
        WitnessKey.parse(str(key))
        private_folder(self.folder / "checkpoints")
        write_private(self.folder / "name", name.encode())
        write_private(self.folder / "logs", b"")
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_private(self._key_file, pem)
        return key

    def private_key(self) -> Ed25519PrivateKey:
        """The secret half. Raises `NotFound` without a witness here, `Unavailable` if it cannot be read."""
        if not self._key_file.exists():
            raise NotFound(f"There is no witness in {self.folder}. Make one with: plumbline witness init")
        try:
            private = load_pem_private_key(self._key_file.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise Unavailable("The key of the witness cannot be read.") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise Unavailable("The key of the witness is of another kind.")
        return private

    def key(self) -> WitnessKey:
        """The public half."""
        public = self.private_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return WitnessKey((self.folder / "name").read_text(encoding="utf-8"), public)

    def logs(self) -> dict[str, list[VerifierKey]]:
        """Origin → the keys of a log that this witness accepts (two while a key is being replaced)."""
        logs: dict[str, list[VerifierKey]] = {}
        for line in (self.folder / "logs").read_text(encoding="utf-8").splitlines():
            key = VerifierKey.parse(line)
            logs.setdefault(key.name, []).append(key)
        return logs

    def add_log(self, key: VerifierKey) -> None:
        """Witness the log of ``key`` from now on. Raises `NotFound` without a witness here."""
        self.private_key()
        lines = [str(known) for keys in self.logs().values() for known in keys]
        if str(key) not in lines:
            write_private(self.folder / "logs", "".join(f"{line}\n" for line in [*lines, str(key)]).encode())

    def _file(self, origin: str) -> Path:
        # An origin may hold slashes and dots; its digest is always the name of a file.
        return self.folder / "checkpoints" / hashlib.sha256(origin.encode()).hexdigest()

    def last(self, origin: str) -> TreeHead | None:
        """The newest checkpoint cosigned for ``origin``.

        Raises `Unavailable` if it cannot be read: a witness that has forgotten must not begin anew.
        """
        file = self._file(origin)
        if not file.exists():
            return None
        try:
            return TreeHead.parse(Note.parse(file.read_text(encoding="utf-8")).text)
        except (OSError, UnicodeDecodeError, NoteError) as error:
            raise Unavailable("The memory of the witness is damaged; nothing is cosigned.") from error

    def remember(self, origin: str, checkpoint: Note) -> None:
        """Keep ``checkpoint`` as the newest one, durably."""
        write_private(self._file(origin), str(checkpoint).encode())

    def keep_conflict(self, origin: str, checkpoint: Note) -> None:
        """Keep a signed checkpoint to which no proof led, behind the one that was cosigned last.

        Two of one size with different roots prove to anybody that the log shows two histories. Of two sizes
        they do so unless the log can give the proof: whoever sends a checkpoint may have sent a wrong one.
        """
        content = self._file(origin).read_bytes() + b"\n" + str(checkpoint).encode()
        folder = private_folder(self.folder / "conflicts")
        # The first ones say all there is to say; a log in error must not fill the disk of its witness.
        if sum(1 for _ in folder.iterdir()) < MOST_CONFLICTS:
            write_private(folder / hashlib.sha256(content).hexdigest(), content)

    def conflicts(self) -> list[str]:
        """The pairs of checkpoints kept by `keep_conflict`."""
        folder = self.folder / "conflicts"
        return (
            [file.read_text(encoding="utf-8") for file in sorted(folder.iterdir())] if folder.exists() else []
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else compares or remembers meanwhile: not another thread, not another process."""
        # A new descriptor each time: locks of flock belong to the open file, so threads exclude each other.
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
