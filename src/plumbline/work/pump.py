"""Work without a queue: each stage pulls what the stage before has committed, from a cursor it owns.

The pump holds a lease for each stage, advances the stages in order until none finds work, then waits until
something has changed in the database or time alone may have made work. A stage that fails is retried after
growing pauses while the others go on.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import secrets
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from django.db import DatabaseError, close_old_connections

from plumbline.kernel.problems import Problem
from plumbline.trail import storage, write_priority
from plumbline.work import commands
from plumbline.work.changes import ChangeDetector

_log = logging.getLogger(__name__)
_ADVANCES_PER_TURN = 50
"""Pieces of work before the next stage has its turn: one stage with a long backlog must not starve others."""
_MAX_BACKOFF = 60.0
_RENEW_INTERVAL = 20.0
_EAGER_TURNS = 4
"""Quiet turns after the last change before pauses grow. Work may ripen without another commit: records are
judged only when they have rested for a second."""
_LONGEST_PAUSE = 10.0
"""Seconds between turns when nothing changes. What only the clock brings about (a new day, a lapsed lease, a
retry) is noticed this late at worst; a commit is noticed within ``interval``."""


class Stage(Protocol):
    """One step of the flow. ``advance`` does a bounded piece of work; ``True`` says there may be more."""

    name: str

    def advance(self) -> bool:
        """Do the next piece of work; ``False`` when there is none."""
        ...


def _return_memory() -> None:
    """Return freed memory to the system after a burst of work; the GNU C library would keep it."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Pump:
    """Advances ``stages`` in their order until told to stop; looks for changes every ``interval`` seconds."""

    def __init__(self, stages: Sequence[Stage], interval: float = 0.5) -> None:
        self.stages = tuple(stages)
        self.interval = interval
        self.holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._poke = threading.Event()
        self._stop = threading.Event()
        self._changes = ChangeDetector()
        self._quiet_turns = 0
        self._retry_at: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._refusals: dict[str, str] = {}
        self._leased: frozenset[str] = frozenset()
        self._others: frozenset[str] = frozenset()
        self._no_lease = ""
        self._renewed_at = -_RENEW_INTERVAL

    def poke(self) -> None:
        """Take a turn at once."""
        self._poke.set()

    def stop(self) -> None:
        """End after the piece of work in progress."""
        self._stop.set()
        self._poke.set()

    def once(self) -> bool:
        """One turn of every stage; whether any of them did work."""
        self._renew_leases()
        return self._advance_all()

    def _advance_all(self) -> bool:
        worked = False
        for stage in self.stages:
            if self._stop.is_set():
                break
            if stage.name in self._leased and self._retry_at.get(stage.name, 0.0) <= time.monotonic():
                worked = self._take_turn(stage) or worked
        return worked

    def until_quiet(self) -> None:
        """Turn until no stage finds work, then release the leases.

        Raises ``RuntimeError`` naming the stages that failed.
        """
        try:
            while self.once():
                if self._failures:
                    break
        finally:
            self._release()
        if self._failures:
            raise RuntimeError(f"stages failed: {', '.join(sorted(self._failures))}")

    def run(self) -> None:
        """Turn until `stop` is called, then release the leases."""
        busy = False
        try:
            while not self._stop.is_set():
                self._poke.clear()
                close_old_connections()
                self._renew_leases()
                # After the pump's own renewal, which is no news, and before the turn: whatever others commit
                # during the turn must count as a change.
                self._changes.changed()
                if self._advance_all():
                    busy, self._quiet_turns = True, 0
                    continue
                if busy:
                    _return_memory()
                    busy = False
                self._wait()
        finally:
            self._release()

    def _wait(self) -> None:
        """Wait for a poke, for a change in the database, or until the next turn is due anyway."""
        self._quiet_turns += 1
        growth = 2 ** min(max(0, self._quiet_turns - _EAGER_TURNS), 16)
        pause = min(self.interval * growth, max(_LONGEST_PAUSE, self.interval))
        # Only stages that it may advance are due again: one without a lease would be due at every moment, and
        # this process would turn without a pause for as long as the database is gone.
        due = (self._retry_at[name] for name in self._failures if name in self._leased)
        until = min([time.monotonic() + pause, *due])
        while not self._poke.wait(min(self.interval, max(0.0, until - time.monotonic()))):
            if self._changes.changed():
                self._quiet_turns = 0
                return
            if time.monotonic() >= until:
                return
        self._quiet_turns = 0

    def _renew_leases(self) -> None:
        """Keep the leases; try at every turn for those that somebody else holds, since they may be free."""
        names = [stage.name for stage in self.stages]
        if time.monotonic() - self._renewed_at < _RENEW_INTERVAL and self._leased.issuperset(names):
            return
        try:
            self._leased = commands.acquire(names, self.holder, failing=self._failures)
        except DatabaseError as error:
            # Without a lease nothing may be advanced. The database may be back at the next turn.
            self._leased = frozenset()
            if self._no_lease != str(error):  # the same trouble at every turn would only fill the log
                _log.error("the leases of the stages could not be renewed", exc_info=error)
            self._no_lease = str(error)
            return
        self._no_lease = ""
        self._renewed_at = time.monotonic()
        self._say_who_has_the_others(names)

    def _say_who_has_the_others(self, names: Sequence[str]) -> None:
        """Say once, and again when it changes, which stages another process advances."""
        others = frozenset(names) - self._leased
        if others != self._others:
            self._others = others
            if others:
                _log.warning("another process advances: %s; this one waits for it", ", ".join(sorted(others)))

    def _release(self) -> None:
        try:
            commands.release(self.holder)
        except DatabaseError as error:
            # The leases lapse by themselves; whoever leads next takes them before that.
            _log.warning("the leases of the stages could not be released: %s", error)
        self._leased = frozenset()

    def _take_turn(self, stage: Stage) -> bool:
        worked = False
        try:
            for _ in range(_ADVANCES_PER_TURN):
                if self._stop.is_set() or not stage.advance():
                    break
                worked = True
                write_priority.yield_to_foreground()
        except Exception as error:  # noqa: BLE001 - one broken stage must not stop the others; logged and retried
            self._record_failure(stage, storage.problem_of(error) or error)
            return False
        self._failures.pop(stage.name, None)
        self._refusals.pop(stage.name, None)
        return worked

    def _record_failure(self, stage: Stage, error: Exception) -> None:
        count = self._failures[stage.name] = self._failures.get(stage.name, 0) + 1
        wait = min(_MAX_BACKOFF, self.interval * 2**count)
        if isinstance(error, Problem):
            # The program is in order and says what is not. Somebody will mend that, and should not have to
            # wait long for the flow to notice; the same words again would only fill the log.
            wait, text = min(wait, _LONGEST_PAUSE), f"{error.detail} {error.remedy}".strip()
            if self._refusals.get(stage.name) != text:
                _log.warning("stage %s waits: %s", stage.name, text)
            self._refusals[stage.name] = text
        else:
            text = f"{type(error).__name__}: {error}"
            _log.error(
                "stage %s failed (%d in a row), next try in %.0f s", stage.name, count, wait, exc_info=error
            )
        self._retry_at[stage.name] = time.monotonic() + wait
        try:
            commands.record_failure(stage.name, self.holder, text)
        except Exception:  # noqa: BLE001 - the database may be what is broken; the line above is in the log
            _log.exception("the failure of stage %s could not be recorded", stage.name)
