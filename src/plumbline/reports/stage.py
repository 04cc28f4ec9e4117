"""The stage that builds packs, a piece at a time, so that the other stages keep running."""

from __future__ import annotations

import time

from plumbline.kernel import clock
from plumbline.reports import queries
from plumbline.reports.commands import LEFT_AFTER, Job

TURN = 0.25
"""Seconds of work in one turn at most, except for the last piece: writing and signing the file is one."""


class PackStage:
    """Builds requested packs, oldest first, one at a time."""

    name = "pack"

    def __init__(self) -> None:
        self._job: Job | None = None

    def advance(self) -> bool:
        """Continue with the present pack, or start on the next one; ``False`` when none waits."""
        if self._job is None:
            now = clock.now()
            pack = queries.next_pack(now, now - LEFT_AFTER)
            if pack is None:
                return False
            self._job = Job(pack)
        until = time.monotonic() + TURN
        while time.monotonic() < until:
            if not self._job.advance():
                self._job = None
                break
        return True
