"""Long work lets short work write first, and is not stopped for good by it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plumbline.trail import write_priority


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, database="")


def test_long_work_waits_for_short_work() -> None:
    held, free = threading.Event(), threading.Event()
    order = []

    def short() -> None:
        with write_priority.foreground():
            held.set()
            free.wait(5)
            order.append("short")

    thread = threading.Thread(target=short)
    thread.start()
    assert held.wait(5)
    threading.Timer(0.1, free.set).start()
    write_priority.yield_to_foreground()
    order.append("long")
    thread.join()
    assert order == ["short", "long"]


def test_a_steady_stream_does_not_stop_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_priority, "LONGEST_WAIT", 0.1)
    with write_priority.foreground():
        began = time.monotonic()
        write_priority.yield_to_foreground()
        assert 0.1 <= time.monotonic() - began < 2


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
