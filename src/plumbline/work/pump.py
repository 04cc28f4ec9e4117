"""Work without a queue: each stage pulls what the stage before has committed, from a cursor it owns.

The pump takes a lease for each stage, advances it until there is no more, then waits for a poke or
the next look. A stage that fails is tried again later and later, and the others go on.
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

from django.db import close_old_connections

from plumbline.trail import write_priority
from plumbline.work import commands

_log = logging.getLogger(__name__)
_ADVANCES_PER_TURN = 50
_MAX_BACKOFF = 60.0
_RENEW_INTERVAL = 20.0


class Stage(Protocol):
    """One step of the flow. ``advance`` does a bounded piece of work; ``True`` says there may be more."""

    name: str

    def advance(self) -> bool:
        """Do the next piece of work; ``False`` when there is none."""
        ...


def _return_memory() -> None:
    """After a burst of work: return to the system what was freed; the GNU C library keeps it otherwise."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Pump:
    """Advances ``stages`` in their order until told to stop; waits ``interval`` seconds between looks."""

    def __init__(self, stages: Sequence[Stage], interval: float = 0.5) -> None:
        self.stages = tuple(stages)
        self.interval = interval
        self.holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._poke = threading.Event()
        self._stop = threading.Event()
        self._retry_at: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._renewed_at: dict[str, float] = {}

    def poke(self) -> None:
        """Look again at once."""
        self._poke.set()

    def stop(self) -> None:
        """End after the piece of work under way."""
        self._stop.set()
        self._poke.set()

    def once(self) -> bool:
        """One turn of every stage; whether any of them did work."""
        worked = False
        for stage in self.stages:
            if self._stop.is_set():
                break
            if self._retry_at.get(stage.name, 0.0) <= time.monotonic():
                worked = self._take_turn(stage) or worked
        return worked

    def until_quiet(self) -> None:
        """Turn until no stage finds work, then give the leases back.

        Raises ``RuntimeError`` naming the stages that failed.
        """
        try:
            while self.once():
                if self._failures:
                    break
        finally:
            commands.release(self.holder)
        if self._failures:
            raise RuntimeError(f"stages failed: {', '.join(sorted(self._failures))}")

    def run(self) -> None:
        """Turn until `stop` is called, then give the leases back."""
        busy = False
        try:
            while not self._stop.is_set():
                self._poke.clear()
                close_old_connections()
                if self.once():
                    busy = True
                    continue
                if busy:
                    _return_memory()
                    busy = False
                self._poke.wait(self.interval)
        finally:
            commands.release(self.holder)

    def _take_turn(self, stage: Stage) -> bool:
        now = time.monotonic()
        try:
            if now - self._renewed_at.get(stage.name, -_RENEW_INTERVAL) >= _RENEW_INTERVAL:
                if not commands.acquire(stage.name, self.holder):
                    return False
                commands.record_turn(stage.name, self.holder)
                self._renewed_at[stage.name] = now
            worked = False
            for _ in range(_ADVANCES_PER_TURN):
                if self._stop.is_set() or not stage.advance():
                    break
                worked = True
                write_priority.yield_to_foreground()
        except Exception as error:  # noqa: BLE001 - one broken stage must not stop the others; it is told and retried
            self._record_failure(stage, error)
            return False
        self._failures.pop(stage.name, None)
        return worked

    def _record_failure(self, stage: Stage, error: Exception) -> None:
        count = self._failures[stage.name] = self._failures.get(stage.name, 0) + 1
        wait = min(_MAX_BACKOFF, self.interval * 2**count)
        self._retry_at[stage.name] = time.monotonic() + wait
        _log.error(
            "stage %s failed (%d in a row), next try in %.0f s", stage.name, count, wait, exc_info=error
        )
        try:
            commands.record_turn(stage.name, self.holder, f"{type(error).__name__}: {error}")
        except Exception:  # noqa: BLE001 - the database may be what is broken; the log line above has said it
            _log.exception("could not write down the failure of stage %s", stage.name)
