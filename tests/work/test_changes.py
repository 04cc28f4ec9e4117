"""An idle pump asks one cheap question, and still notices every commit."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from tests.waiting import until

from plumbline.work import pump as pump_module
from plumbline.work.changes import ChangeDetector
from plumbline.work.models import Lease
from plumbline.work.pump import Pump

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def in_another_connection(work: Callable[[], object]) -> None:
    """Do ``work`` as another process would: a thread has a database connection of its own."""

    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def commit() -> None:
    Lease.objects.update_or_create(stage="somebody-else", defaults={"holder": "x"})


def sometimes_no_change(changes: ChangeDetector, work: Callable[[], object], what: str) -> None:
    """Wait until ``work`` was no change once.

    On PostgreSQL a commit in any database of the cluster is one, those of other tests beside this one too.
    What is a change by itself is one every time, however quiet the cluster is.
    """

    def quiet() -> bool:
        changes.changed()
        work()
        return not changes.changed()

    until(quiet, f"{what} is a change every time")


def test_a_commit_of_another_connection_is_a_change_and_nothing_is_none() -> None:
    changes = ChangeDetector()
    assert changes.changed()
    sometimes_no_change(changes, lambda: None, "nothing")
    in_another_connection(commit)
    assert changes.changed()
    sometimes_no_change(changes, lambda: None, "nothing")


def test_reading_is_no_change() -> None:
    changes = ChangeDetector()

    def read() -> None:
        in_another_connection(lambda: list(Lease.objects.all()))

    sometimes_no_change(changes, read, "reading")


def test_after_a_reconnection_it_cannot_tell_and_says_so() -> None:
    changes = ChangeDetector()
    changes.changed()
    connection.close()
    assert changes.changed()


class Counting:
    """Finds no work, counts how often it was asked, and stops the pump at the ``last`` time."""

    name = "move"

    def __init__(self, last: int) -> None:
        self.asked, self.last = 0, last
        self.pump: Pump | None = None
        self.rested = threading.Event()

    def advance(self) -> bool:
        self.asked += 1
        if self.asked > self.last and self.pump is not None:
            self.pump.stop()
        if self.asked == self.last:
            self.rested.set()
        return False


def test_a_resting_pump_asks_no_stage_until_something_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump_module, "_EAGER_TURNS", 0)
    monkeypatch.setattr(pump_module, "_LONGEST_PAUSE", 3_600.0)
    stage = Counting(last=1)
    stage.pump = pump = Pump([stage], interval=0.01)
    pump._quiet_turns = 60  # the pause between turns has grown to its limit, an hour

    def disturb() -> None:
        stage.rested.wait(30)
        commit()
        connections.close_all()

    thread = threading.Thread(target=disturb)
    thread.start()
    pump.run()
    thread.join()
    assert stage.asked == 2
