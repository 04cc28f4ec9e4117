"""The entries of the trail about backups: which it was and how large, and nothing of its content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from plumbline.identity.actors import Actor
from plumbline.portability.manifest import Manifest
from plumbline.portability.restore import Restored
from plumbline.portability.stored_backup import Backup, facts_of
from plumbline.trail import log

BACKUP: Final = "backup.written"
RESTORED: Final = "backup.restored"
EXPORTED: Final = "organization.exported"


def note_backup(actor: Actor, backup: Backup) -> log.Appended:
    """Append that a backup was written. Raises `ReadOnly` while the log takes no entries."""
    with transaction.atomic():
        return log.append(
            BACKUP, actor=actor.id, subject={"ref": backup.id}, facts=facts_of(backup), source="trail"
        )


def note_restored(actor: Actor, restored: Restored) -> log.Appended:
    """Append that the installation goes on from a backup. Raises `ReadOnly` as `note_backup` does."""
    with transaction.atomic():
        return log.append(
            RESTORED,
            actor=actor.id,
            subject={"ref": restored.backup.id},
            facts=facts_of(restored.backup),
            source="trail",
            retention="permanent",
        )


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that the trail knows of: when, how many entries it holds, and its own entry."""

    id: str
    at: datetime
    size: int
    bytes: int
    signing_keys: bool
    entry: int


def last_backup() -> LastBackup | None:
    """The newest backup that was written; ``None`` when there was none."""
    for leaf in log.search(entry_type=BACKUP, limit=1):
        facts = leaf.entry.facts
        return LastBackup(
            leaf.subject_ref,
            leaf.time,
            int(facts["size"]),
            int(facts["bytes"]),
            bool(facts["signing-keys"]),
            leaf.index,
        )
    return None


def note_export(made: Manifest) -> log.Appended:
    """Append that the organization was exported. Raises `ReadOnly` while the log takes no entries."""
    said = made.facts["log"]
    with transaction.atomic():
        return log.append(
            EXPORTED,
            actor=Actor.installation().id,
            subject={"ref": str(said["origin"])},
            facts={"size": said["size"], "root": said["root"], "bytes": made.total_bytes},
            source="trail",
        )
