"""How tests wait, and what they say of the cost of work: neither depends on how busy the machine is.

No other test reads a clock that measures how long something takes
(`tests.architecture.test_tests`): on a busy machine such a figure says nothing of the product.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PATIENCE = 600.0
"""Seconds until a wait is given up. It guards against a hang and says nothing of speed."""


def until(happened: Callable[[], object], what: str | Callable[[], str], pause: float = 0.02) -> None:
    """Wait until ``happened`` is true. The test fails with ``what`` when it is not after `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            pytest.fail(f"waited {PATIENCE:g} s in vain: {what if isinstance(what, str) else what()}")
        time.sleep(pause)


def cpu_of_this_process() -> float:
    """Seconds of a processor that this process has used so far."""
    return time.process_time()


@contextmanager
def cpu_at_most(seconds: float, *, children: bool = False) -> Iterator[None]:
    """The block takes at most so many seconds of a processor, however long it waits for one.

    With ``children`` those of the processes count that ended in the block, and not one's own.
    """

    def used() -> float:
        times = os.times()
        return times.children_user + times.children_system if children else times.user + times.system

    before = used()
    yield
    took = used() - before
    assert took <= seconds, f"took {took:.1f} s of a processor, {seconds:g} s at most"


class _NoWaiting(selectors.DefaultSelector):
    """Finds what is ready now; instead of waiting for a timer it moves the time of the loop there."""

    ahead = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.ahead += timeout
        return ready


class _Leaping(asyncio.SelectorEventLoop):
    """An event loop in which time passes only while everybody waits for it, and then at once."""

    def __init__(self) -> None:
        self._selector_of_time = _NoWaiting()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        return self._selector_of_time.ahead


def run_without_waiting(main: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that uses no threads; its sleeps and deadlines are exact and take no time."""
    with asyncio.Runner(loop_factory=_Leaping) as runner:
        runner.run(main)
