"""The pump turns every stage in order, holds leases, and lets no broken stage stop the others."""

from __future__ import annotations

import threading
from datetime import timedelta
from math import inf

import pytest
from django.db import OperationalError
from tests.waiting import PATIENCE, until

from plumbline.kernel import clock
from plumbline.work import commands, queries
from plumbline.work.models import Lease
from plumbline.work.pump import Pump

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


class Stage:
    """Does ``pieces`` pieces of work and tells ``told`` of each."""

    def __init__(self, name: str, pieces: int, told: list[str], broken: int = 0) -> None:
        self.name, self.pieces, self.told, self.broken = name, pieces, told, broken

    def advance(self) -> bool:
        if self.broken:
            self.broken -= 1
            raise ValueError("the disk is full")
        if not self.pieces:
            return False
        self.pieces -= 1
        self.told.append(self.name)
        return True


def test_stages_take_their_turns_in_order_until_there_is_no_work() -> None:
    told: list[str] = []
    pump = Pump([Stage("move", 2, told), Stage("rollup", 1, told)])
    pump.until_quiet()
    assert told == ["move", "move", "rollup"]
    assert not pump.once()


def test_a_broken_stage_is_told_and_the_others_go_on() -> None:
    told: list[str] = []
    pump = Pump([Stage("move", 1, told, broken=1), Stage("rollup", 1, told)], interval=0.0)
    with pytest.raises(RuntimeError, match="move"):
        pump.until_quiet()
    assert told == ["rollup"]
    (health,) = [row for row in queries.health() if row.stage == "move"]
    assert (health.failures, health.last_error) == (1, "ValueError: the disk is full")
    pump.until_quiet()
    assert told == ["rollup", "move"]


def test_one_holder_at_a_time() -> None:
    assert commands.acquire(["move"], "first") == {"move"}
    assert commands.acquire(["move"], "first") == {"move"}
    assert commands.acquire(["move"], "second") == set()
    Lease.objects.filter(stage="move").update(until=clock.now() - timedelta(seconds=1))
    assert commands.acquire(["move"], "second") == {"move"}
    assert commands.acquire(["move"], "first") == set()


def test_a_second_pump_does_nothing_while_the_first_holds_the_leases() -> None:
    told: list[str] = []
    first, second = Pump([Stage("move", 0, told)]), Pump([Stage("move", 1, told)])
    first.once()
    assert not second.once()
    assert told == []
    commands.release(first.holder)
    assert second.once()
    assert told == ["move"]


def test_stopping_gives_the_leases_back() -> None:
    pump = Pump([Stage("move", 1, [])], interval=0.01)
    pump.stop()
    pump.run()
    assert commands.acquire(["move"], "next") == {"move"}


def test_a_poke_ends_the_wait() -> None:
    told: list[str] = []
    stage = Stage("move", 0, told)
    pump = Pump([stage], interval=10 * PATIENCE)
    pump.once()

    def wake() -> None:
        stage.pieces = 1
        pump.poke()
        try:
            until(lambda: told, "the pump slept on")
        finally:
            pump.stop()

    threading.Timer(0.2, wake).start()
    pump.run()
    assert told == ["move"]


def test_it_rests_between_turns_while_the_database_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Stages failed before the leases went: none of them is due, and the log says once what is wrong."""
    rests: list[float] = []
    pump = Pump([Stage("move", 1, [], broken=1)], interval=0.0)
    pump.once()
    pump.interval = 0.5

    def gone(*_: object, **__: object) -> frozenset[str]:
        raise OperationalError("unable to open database file")

    def rest(seconds: float) -> bool:
        rests.append(seconds)
        if len(rests) == 5:
            pump.stop()
        return True

    monkeypatch.setattr(commands, "acquire", gone)
    monkeypatch.setattr(pump._poke, "wait", rest)
    monkeypatch.setattr(pump, "_renewed_at", -inf)
    pump.run()
    assert len(rests) == 5
    assert min(rests) > 0.4
    assert caplog.text.count("the leases of the stages could not be renewed") == 1
