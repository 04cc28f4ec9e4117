"""Long work lets short work write first, and is not stopped for good by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.waiting import PATIENCE

from plumbline.trail import write_priority


class Time:
    """Stands still but for sleeping; ``wakes`` is called at each sleep."""

    def __init__(self, wakes: Callable[[], object] = lambda: None) -> None:
        self.passed, self.wakes = 0.0, wakes

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.wakes()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, database="")


def test_long_work_waits_for_short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    held, free = threading.Event(), threading.Event()
    order = []

    def short() -> None:
        with write_priority.foreground():
            held.set()
            free.wait(PATIENCE)
            order.append("short")

    thread = threading.Thread(target=short)
    thread.start()
    assert held.wait(PATIENCE)

    def ended() -> None:
        free.set()
        thread.join(PATIENCE)

    monkeypatch.setattr(write_priority, "time", Time(wakes=ended))
    write_priority.yield_to_foreground()
    order.append("long")
    assert order == ["short", "long"]


def test_a_steady_stream_does_not_stop_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    monkeypatch.setattr(write_priority, "time", time)
    with write_priority.foreground():
        write_priority.yield_to_foreground()
    assert write_priority.LONGEST_WAIT <= time.passed < write_priority.LONGEST_WAIT + 0.1


def test_several_short_writers_wait_for_nobody() -> None:
    with write_priority.foreground(), write_priority.foreground():
        pass


def test_postgresql_queues_its_writers_itself(tmp_path: Path, settings: Any) -> None:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path / "other", database="postgresql:///x")
    with write_priority.foreground():
        write_priority.yield_to_foreground()
    assert not (tmp_path / "other").exists()


def test_long_work_learns_that_short_work_waits(tmp_path: Path, settings: Any) -> None:
    assert not write_priority.foreground_waiting()
    with write_priority.foreground():
        assert write_priority.foreground_waiting()
    assert not write_priority.foreground_waiting()
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path / "other", database="postgresql:///x")
    assert not write_priority.foreground_waiting()
