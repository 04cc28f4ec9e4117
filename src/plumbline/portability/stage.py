"""The stage that makes backups which were asked for, in a thread of its own."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import connection

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Problem
from plumbline.portability import backup, entries, requests, stored_backup
from plumbline.portability.requests import Request
from plumbline.portability.stored_backup import Backup
from plumbline.trail import log_state


class BackupStage:
    """Makes one backup at a time; the other stages go on meanwhile, and sign what it will not have."""

    name = "backup"

    def __init__(self) -> None:
        """Nothing is being made."""
        self._thread = ThreadPoolExecutor(1, "backup")
        self._pending: tuple[Request, Future[Backup]] | None = None

    def advance(self) -> bool:
        """Note what was made, or begin with what was asked for; whether there was anything to note."""
        if not log_state.current().is_writable:
            return False
        if self._pending is None:
            request = requests.last_request()
            if request is not None and request.is_open:
                self._pending = request, self._thread.submit(_make, request)
            return False
        request, future = self._pending
        if not future.done():
            return False
        self._pending = None
        _note(request, future)
        return True

    def close(self) -> None:
        """Wait for the one that is being made."""
        self._thread.shutdown(wait=True, cancel_futures=True)


def _make(request: Request) -> Backup:
    """Make a backup and check it; one that a stopped process had finished is only checked."""
    folder = requests.folder_of(request)
    try:
        if not folder.exists():
            backup.make(settings.PLUMBLINE, folder, name=request.id)
        return stored_backup.verify(folder)
    finally:
        connection.close()


def _note(request: Request, future: Future[Backup]) -> None:
    try:
        made = future.result()
    except Problem as problem:
        requests.note_failure(request, problem.code, f"{problem.detail} {problem.remedy}".strip())
    except OSError as error:
        requests.note_failure(request, "unavailable", f"The folder cannot be written: {error.strerror}.")
    else:
        entries.note_backup(Actor.stage("backup"), made)
