"""The stage that compares everything with the trail: once a day, and whenever somebody asks for it."""

from __future__ import annotations

import time
from datetime import timedelta

from plumbline.kernel import clock
from plumbline.trail import proof_scrub
from plumbline.trail.findings import queries
from plumbline.trail.findings.queries import ScrubView

EVERY = timedelta(hours=24)
"""How long after a whole scrub the next one begins."""
ABANDONED = timedelta(seconds=60)
"""A scrub that another process has begun and that has not moved for so long is gone on with here."""
_REST, _LONGEST_REST = 2.0, 0.1
"""After each range it rests so many times as long as that took, and at most so many seconds, since the other
stages wait for it: a scrub must not be felt by whoever works meanwhile."""
_WANTED = 0.1
"""Seconds of work in one turn, without a rest, while somebody waits for the answer."""


class CompareStage:
    """Walks over all tables, day after day, and goes on where it stopped; at once when somebody asks."""

    name = "compare"

    def __init__(self) -> None:
        self._walk: proof_scrub.Walk | None = None
        self._had_its_turn = False

    def advance(self) -> bool:
        """Compare the next range; ``False`` after each, and while nothing is to be compared.

        A turn of the pump has one range, or a tenth of a second of them when somebody waits.
        """
        self._had_its_turn = not self._had_its_turn and self._compare()
        return self._had_its_turn

    def _compare(self) -> bool:
        began = time.monotonic()
        state = queries.scrub_state()
        if self._walk is None:
            if not _is_due(state):
                return False
            self._walk = proof_scrub.Walk(resume=not state.is_wanted)
        until = began + (_WANTED if state.is_wanted else 0.0)
        while goes_on := self._walk.advance():
            if time.monotonic() >= until:
                break
        if not goes_on:
            # Whoever asked while it ran waits for another one, which begins in this very turn.
            self._walk = None
            return _is_due(queries.scrub_state())
        if not state.is_wanted:
            time.sleep(min(_LONGEST_REST, _REST * (time.monotonic() - began)))
        return True


def _is_due(state: ScrubView) -> bool:
    now = clock.now()
    if state.started_at is not None and state.moved_at is not None and now < state.moved_at + ABANDONED:
        return False  # another process is at it
    return state.is_wanted or state.finished_at is None or now >= state.finished_at + EVERY
