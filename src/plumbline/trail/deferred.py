"""Entries about signing in and reading, kept in a file while the log takes none and appended once it does.

Whoever has to find out what is wrong must be able to sign in and read, and both leave entries. Nothing that
changes a record goes this way: such a change is refused until its entry can be committed with it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, CanonicalError, canonical, parse
from plumbline.kernel.ids import uuid7
from plumbline.trail import commands, log_state
from plumbline.trail.entry import NewEntry, check
from plumbline.trail.errors import ReadOnly

LARGEST = 8_388_608
"""Bytes of the file. With that much waiting nobody has looked for weeks, and nobody else is let in unseen."""


def append_or_defer(
    entry_type: str,
    *,
    actor: str,
    subject: Mapping[str, JSON] | None = None,
    facts: Mapping[str, JSON] | None = None,
    client_id: UUID | None = None,
) -> None:
    """Append an entry without openings; while the log takes none, keep it for later.

    Raises `ReadOnly` when it cannot be kept either.
    """
    new = NewEntry(
        entry_type, actor, subject=subject or {}, facts=facts or {}, client_id=client_id or uuid7()
    )
    try:
        commands.append_many([new])
    except ReadOnly as refusal:
        check(new)
        _keep(new, refusal)


def _file() -> Path:
    folder: Path = settings.PLUMBLINE.data
    return folder / "deferred.jsonl"


@contextmanager
def _locked() -> Iterator[int]:
    """The file, for one process at a time."""
    handle = os.open(_file(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _keep(new: NewEntry, refusal: ReadOnly) -> None:
    line: dict[str, JSON] = {
        "type": new.entry_type,
        "actor": new.actor,
        "subject": dict(new.subject),
        "facts": {**new.facts, "deferred": {"at": clock.rfc3339(clock.now()), "reason": refusal.reason}},
        "id": str(new.client_id),
    }
    try:
        with _locked() as handle:
            if os.fstat(handle).st_size > LARGEST:
                raise refusal
            os.write(handle, canonical(line) + b"\n")
            os.fsync(handle)
    except OSError:
        raise refusal from None


def flush() -> int:
    """Append what waits, now that the log takes entries again; how many entries that were.

    Entries are known by their ids, so a stop between the commit and the clearing of the file repeats nothing.
    """
    if not _file().exists() or _file().stat().st_size == 0 or not log_state.current().is_writable:
        return 0
    with _locked() as handle:
        waiting = [entry for line in _file().read_bytes().splitlines() if (entry := _read(line)) is not None]
        with transaction.atomic():
            commands.append_many(waiting)
        os.ftruncate(handle, 0)
    return len(waiting)


def _read(line: bytes) -> NewEntry | None:
    """The entry of a line; ``None`` for one that a power cut has left unfinished."""
    try:
        value: dict[str, Any] = parse(line)
        return NewEntry(
            value["type"],
            value["actor"],
            subject=value["subject"],
            facts=value["facts"],
            client_id=UUID(value["id"]),
        )
    except (CanonicalError, KeyError, TypeError, ValueError):
        return None
