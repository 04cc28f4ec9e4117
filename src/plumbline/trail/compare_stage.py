"""The stage that compares everything with the trail once a day: entries in one go, tables by ranges."""

from __future__ import annotations

import time
from datetime import timedelta

from plumbline.kernel import clock
from plumbline.trail import proof_scrub
from plumbline.trail.findings import queries

EVERY = timedelta(hours=24)
"""How long after a whole scrub the next one begins."""
_REST, _LONGEST_REST = 2.0, 0.1
"""After each range it rests so many times as long as that took, and at most so many seconds, since the other
stages wait for it: a scrub must not be felt by whoever works meanwhile."""


class CompareStage:
    """Walks over all tables, day after day, and goes on where it stopped."""

    name = "compare"

    def __init__(self) -> None:
        self._walk: proof_scrub.Walk | None = None
        self._had_its_turn = False

    def advance(self) -> bool:
        """Compare the next range; ``False`` after each, and while the last scrub is younger than `EVERY`.

        A turn of the pump has one range, whatever it asks for.
        """
        self._had_its_turn = not self._had_its_turn and self._compare()
        return self._had_its_turn

    def _compare(self) -> bool:
        began = time.monotonic()
        if self._walk is None:
            state = queries.scrub_state()
            if state.finished_at is not None and clock.now() < state.finished_at + EVERY:
                return False
            self._walk = proof_scrub.Walk(resume=True)
        if not self._walk.advance():
            self._walk = None
            return False
        time.sleep(min(_LONGEST_REST, _REST * (time.monotonic() - began)))
        return True
