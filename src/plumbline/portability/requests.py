"""Backups that somebody asks for on the page or by the API; the worker makes them (`portability.stage`).

The trail is all there is of a request: an entry that asks, and one that says what became of it. There is one
at a time. Restoring is no request: it makes a data folder that no server has open, so it is a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict
from plumbline.portability import backup, entries
from plumbline.portability.entries import LastBackup
from plumbline.trail import log

REQUESTED: Final = "backup.requested"
FAILED: Final = "backup.failed"
STALE: Final = timedelta(days=2)
"""A daily backup that is older was missed at least once."""
RESTORE: Final = "plumbline restore DIR --to NEW_FOLDER"


@dataclass(frozen=True)
class Request:
    """A backup that was asked for: its id, by whom and when; why it could not be made, once that is known."""

    id: str
    actor: str
    at: datetime
    entry: int
    failure: str = ""
    made: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made."""
        return not self.failure and self.made is None


@dataclass(frozen=True)
class State:
    """What there is to say of backups: the last one, how much the trail has beyond it, the last request."""

    last: LastBackup | None
    is_stale: bool
    since: int
    folder: str
    request: Request | None

    @property
    def may_be_asked_for(self) -> bool:
        """Whether a folder is set up and none is being made."""
        return bool(self.folder) and not (self.request and self.request.is_open)


def last_request() -> Request | None:
    """The newest request with what became of it; ``None`` when nobody ever asked."""
    for leaf in log.search(entry_type=REQUESTED, limit=1):
        request = Request(leaf.subject_ref, leaf.actor, leaf.time, leaf.index)
        for ended in log.search(subject_ref=request.id, limit=2):
            if ended.entry_type == entries.BACKUP:
                return Request(request.id, leaf.actor, leaf.time, leaf.index, made=ended.index)
            if ended.entry_type == FAILED:
                why = log.opening(ended.index, "reason")
                text = why.decode() if why else str(ended.facts["problem"])
                return Request(request.id, leaf.actor, leaf.time, leaf.index, failure=text)
        return request
    return None


def state() -> State:
    """The state of backups."""
    last = entries.last_backup()
    return State(
        last=last,
        is_stale=last is None or clock.now() - last.at > STALE,
        since=log.size() - (last.size if last else 0),
        folder=settings.PLUMBLINE.backup_folder,
        request=last_request(),
    )


def require(actor: Actor) -> None:
    """Raise `NotAllowed` unless ``actor`` may hand out evidence of the whole record, and so keep a copy."""
    policy.require(actor, "pack")


def ask(actor: Actor) -> Request:
    """Ask for a backup in the folder of the settings.

    Raises `NotAllowed`, `Conflict` when no folder is set up or one is being made, and `ReadOnly` while the
    trail takes no entries: then the command line still makes one.
    """
    require(actor)
    if not settings.PLUMBLINE.backup_folder:
        raise Conflict(
            "No folder for backups is set up. Set PLUMBLINE_BACKUP_FOLDER to one on another disk, or run "
            "plumbline backup DIR on the server."
        )
    with transaction.atomic():
        before = last_request()
        if before is not None and before.is_open:
            raise Conflict(
                say("backups.waits", "The backup {backup} was asked for and is being made.", backup=before.id)
            )
        answer = log.append(
            REQUESTED, actor=actor.id, subject={"ref": backup.new_name()}, facts={}, source="trail"
        )
    leaf = log.leaf(answer.index)
    return Request(leaf.subject_ref, leaf.actor, leaf.time, leaf.index)


def note_failure(request: Request, problem: str, reason: str) -> None:
    """Append that a backup could not be made: ``problem`` is a word, ``reason`` what people read."""
    with transaction.atomic():
        log.append(
            FAILED,
            actor=Actor.stage("backup").id,
            subject={"ref": request.id},
            facts={"problem": problem, "request": request.entry},
            openings={"reason": reason.encode()},
            source="trail",
        )


def folder_of(request: Request) -> Path:
    """Where the backup of a request is made: the day and the id, below the folder of the settings."""
    return Path(settings.PLUMBLINE.backup_folder).absolute() / f"{request.at:%Y-%m-%d}-{request.id}"


def as_dict(found: State) -> dict[str, JSON]:
    """The state of backups as JSON."""
    last, request = found.last, found.request
    return {
        "last": None if last is None else {
            "id": last.id, "at": clock.rfc3339(last.at), "entries": last.size, "bytes": last.bytes,
            "signing_keys": last.signing_keys, "entry": last.entry,
        },
        "stale": found.is_stale,
        "entries_since": found.since,
        "folder": bool(found.folder),
        "request": None if request is None else {
            "id": request.id, "by": request.actor, "at": clock.rfc3339(request.at),
            "state": "waiting" if request.is_open else "failed" if request.failure else "made",
            "failure": request.failure or None,
        },
        "restore": RESTORE,
    }  # fmt: skip
