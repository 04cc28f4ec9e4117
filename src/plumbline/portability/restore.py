"""From a backup to a data folder that can serve again; without Django, as there is no installation yet.

The guard is never set back. Where one is left that has seen more than the backup has, it stays, and the
restored log is read-only until somebody has said what became of the entries in between.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from plumbline.config import Config
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Conflict, NotFound, Unavailable
from plumbline.portability import postgresql
from plumbline.portability import stored_backup as backups
from plumbline.portability.stored_backup import Backup
from plumbline.portability.whole_folder import refuse_taken, whole_folder
from plumbline.trail import copies, guard
from plumbline.trail.guard import GuardRecord
from plumbline.trail.private_files import write_private


@dataclass(frozen=True)
class Restored:
    """A data folder that was restored, and how many entries the guard has seen beyond its backup."""

    data: Path
    backup: Backup
    beyond: int = 0

    @property
    def remedy(self) -> Text:
        """What to do about entries that only the guard has seen; empty when there are none."""
        if not self.beyond:
            return ""
        return say(
            "portability.guard-ahead",
            "The guard has seen {beyond} entries that the backup does not have. The trail is read-only until "
            "you bring them back or declare them lost: plumbline trail recover",
            beyond=self.beyond,
        )


def restore(
    folder: Path,
    target: Path,
    config: Config,
    *,
    previous: Path | None = None,
    opening_keys: Path | None = None,
) -> Restored:
    """Make the data folder ``target`` from the backup in ``folder``; ``config`` are its settings to be.

    ``previous`` is the data folder that the new one takes the place of, if it is still there: its guard and
    its signer's memory are taken over where they have seen more. ``opening_keys`` is the copy of the key
    store, which lies beside the backups unless it was moved. Raises `Conflict` for a target that is not
    empty or a guard of another log, and whatever `backup.verify` refuses. Nothing half-written stays.
    """
    found = backups.verify(folder)
    refuse_taken(target)
    _check_database(found, config)
    remembered = _remembered(found, config, previous)
    if not (folder / backups.DATA / "keys" / "log.key").exists() and previous is None:
        raise Conflict("The backup has no signing keys. Name the data folder that has them with --previous.")
    keys = _opening_keys(found, config, opening_keys, previous)
    with whole_folder(target) as partial:
        for file in found.manifest.files:
            if file.place.startswith(f"{backups.DATA}/") and not file.place.endswith(postgresql.DUMP):
                place = partial / file.place.removeprefix(f"{backups.DATA}/")
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copyfile(folder / file.place, place)
                place.chmod(0o600)
        if previous is not None:
            _take_over_keys(previous / "keys", partial / "keys")
        kept = backups.key_store_file(config)
        if keys is not None and kept is not None and not kept.exists():
            place = partial / kept.relative_to(target) if kept.is_relative_to(target) else kept
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(keys, place)
            place.chmod(0o600)
        inside = config.guard_file.is_relative_to(target)
        guard_file = partial / config.guard_file.relative_to(target) if inside else config.guard_file
        if config.database:
            postgresql.restore(config.database, folder / backups.DATA / postgresql.DUMP)
        if remembered is not None:
            write_private(guard_file, remembered.content())
    beyond = max(0, remembered.size - found.size) if remembered is not None else 0
    return Restored(target, found, beyond)


def _check_database(found: Backup, config: Config) -> None:
    kept = str(found.manifest.facts.get("database"))
    wanted = "postgresql" if config.database else "sqlite"
    if kept != wanted:
        raise Conflict(
            say(
                "portability.other-database",
                "The backup is of an installation on {kept}; the settings name {wanted}. Set "
                "PLUMBLINE_DATABASE accordingly; to change the database, export the organization and import "
                "it there.",
                kept=kept,
                wanted=wanted,
            )
        )
    if config.database:
        postgresql.program("pg_restore")


def _remembered(found: Backup, config: Config, previous: Path | None) -> GuardRecord | None:
    """The guard that has seen most: the one in place, the previous folder's, or the backup's.

    Raises `Conflict` when one of them is of another log.
    """
    places = [config.guard_file, found.folder / backups.GUARD]
    if previous is not None:
        places.append(previous / "guard" / "guard.json")
    records = [record for place in places if (record := guard.read(place)) is not None]
    origin = str(found.manifest.facts["log"]["origin"])
    for record in records:
        if record.origin != origin:
            raise Conflict(
                say(
                    "portability.other-guard",
                    "There is a guard of another log ({other}); the backup is of {origin}. Refused.",
                    other=record.origin,
                    origin=origin,
                )
            )
    return max(records, key=lambda record: (record.epoch, record.size), default=None)


def _opening_keys(found: Backup, config: Config, named: Path | None, previous: Path | None) -> Path | None:
    """The key store to go on with: the one in place or the previous folder's, which are newer, or the copy.

    Raises `NotFound` when there was one and neither is here: nothing that was recorded could be read.
    """
    name = str(found.manifest.facts.get("opening_keys") or "")
    beside = backups.opening_keys_file(found.folder.parent, str(found.manifest.facts["log"]["origin"]))
    own = backups.key_store_file(config)
    places = [named] if named is not None else [beside]
    if own is not None:
        places.insert(0, own)
    if previous is not None:
        places.insert(0, previous / backups.KEY_STORE)
    for place in places:
        if place.is_file():
            copies.integrity(place)
            return place
    if not name:
        return None
    raise NotFound(
        say(
            "portability.no-opening-keys",
            "The keys of openings are missing: {name} lies beside the backups; or name --opening-keys.",
            name=name,
        )
    )


def _take_over_keys(source: Path, target: Path) -> None:
    """What the folder before knows better: keys that the backup leaves out, and what was signed since."""
    if not source.is_dir():
        raise Unavailable(
            say("portability.no-keys", "{folder} has no folder of keys.", folder=str(source.parent))
        )
    for entry in sorted(source.iterdir()):
        if entry.is_file() and not entry.is_symlink() and entry.name != "session.secret":
            shutil.copyfile(entry, target / entry.name)
            (target / entry.name).chmod(0o600)
