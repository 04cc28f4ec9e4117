"""The stage that builds packs, a piece at a time, so that the other stages go on."""

from __future__ import annotations

import time

from plumbline.kernel import clock
from plumbline.reports import queries
from plumbline.reports.commands import LEFT_AFTER, Job

TURN = 0.25
"""Seconds of work in one turn, at the most, but for the last piece: writing and signing the file."""


class PackStage:
    """Builds the packs that were asked for, oldest first, one at a time."""

    name = "pack"

    def __init__(self) -> None:
        self._job: Job | None = None

    def advance(self) -> bool:
        """Go on with the pack at hand, or take the next one up; ``False`` when none waits."""
        if self._job is None:
            now = clock.now()
            found = queries.next_pack(now, now - LEFT_AFTER)
            if found is None:
                return False
            self._job = Job(found)
        until = time.monotonic() + TURN
        while time.monotonic() < until:
            if not self._job.advance():
                self._job = None
                break
        return True
