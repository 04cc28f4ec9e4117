"""A backup as it lies in its folder: what it holds, and whether it is whole. Read without Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from plumbline.config import Config
from plumbline.portability import manifest
from plumbline.portability.manifest import Manifest
from plumbline.portability.snapshot import DATABASE
from plumbline.trail import copies
from plumbline.trail.paths import installation_id

FORMAT: Final = "plumbline-backup/1"
KIND: Final = {FORMAT: "a backup"}
DATA: Final = "data"
KEY_STORE: Final = "key-store/keys.db"
"""Where the key store lies in a data folder, unless the settings name another place."""
GUARD: Final = "guard.json"
KEYS: Final = {
    "log.key": "signs checkpoints: without it the restored log could not go on under its name",
    "pack.key": "signs evidence packs",
    "factors.secret": "decrypts second factors, without which nobody who has one could sign in, and webhooks",
    "recovery.vkey": "the public half of the recovery key, whose secret half is on paper",
    "origin": "the name of the log",
    "signer.json": "the last checkpoint that was signed",
    "continues": "says that the log continues another one",
}
"""What files of the folder ``keys`` are for; a backup has all that `LEFT_OUT` does not name."""
LEFT_OUT: Final = {
    "keys/session.secret": "signs sessions; made anew, so that everybody signs in again",
    "key-store": "decrypts openings; one copy beside all backups, replaced by each, lest it undo erasures",
    "guard": "beside the data, as guard.json: what it remembered at the moment of the backup",
}
"""What a backup has not, each with its reason."""
STORES: Final = {"plumbline.db", "spool.db", "openings.db", "evidence.duckdb"}


@dataclass(frozen=True)
class Backup:
    """A backup that is there: where, its manifest, and files of records whose bytes were damaged already."""

    folder: Path
    manifest: Manifest
    damaged: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The opaque id of the backup."""
        return str(self.manifest.facts["id"])

    @property
    def size(self) -> int:
        """How many entries of the trail it holds."""
        return int(self.manifest.facts["log"]["size"])


def verify(folder: Path) -> Backup:
    """The backup in ``folder``, if every file is as it was written and the log in it holds together.

    Raises `NotFound`, `Conflict` or `Invalid`, naming what is wrong.
    """
    found = manifest.read(folder, KIND)
    manifest.check(folder, found)
    try:
        log = found.facts["log"]
        said = (str(log["origin"]), int(log["size"]), bytes.fromhex(log["root"]))
        backup = Backup(folder, found, tuple(map(str, found.facts["damaged"])))
        str(found.facts["id"]), str(found.facts["made_at"])
    except (KeyError, TypeError, ValueError):
        raise manifest.refused(
            manifest.NAME, "says nothing of the log", "take a copy that is whole"
        ) from None
    for name in sorted(STORES):
        if name.endswith(".db") and (folder / DATA / name).exists():
            copies.integrity(folder / DATA / name)
    if (folder / DATA / DATABASE).exists():
        copied = copies.log_of(folder / DATA / DATABASE)
        if (copied.origin, copied.size, copied.root) != said:
            raise manifest.refused(
                manifest.NAME, "names another log than the backup holds", "take another backup"
            )
    return backup


def key_store_file(config: Config) -> Path | None:
    """The file of the key store; ``None`` where it is a database of its own, which has its own backup."""
    if config.key_store.startswith(("postgresql:", "postgres:")):
        return None
    return Path(config.key_store) if config.key_store else config.data / KEY_STORE


def opening_keys_file(folder: Path, origin: str) -> Path:
    """Where the one copy of the key store lies that belongs to all backups in ``folder`` of a log."""
    return folder / f"opening-keys-{installation_id(origin)}.db"


def facts_of(backup: Backup) -> Mapping[str, Any]:
    """What an entry of the trail says of a backup: ids and numbers."""
    return {
        "backup": backup.id,
        "size": backup.size,
        "root": str(backup.manifest.facts["log"]["root"]),
        "files": len(backup.manifest.files),
        "bytes": backup.manifest.total_bytes,
        "signing-keys": "log.key" in backup.manifest.facts["keys"],
    }
