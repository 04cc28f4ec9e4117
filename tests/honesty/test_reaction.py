"""From an event to the state it changes: one turn of the flow, without a rest (`bench/reaction.py`)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.world import World

from plumbline.work import pump

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 5.0
"""Seconds from an event to the state, at most (median)."""


@attempt("D6")
def test_an_event_changes_the_state_in_one_turn(blank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stage finds what the one before it has committed, in the order of the path of one datum, and none
    waits for another round or a clock."""
    blank.traffic("chat", blank.day(), 40)
    blank.flow()
    assert blank.verdicts("error-rate", "chat")[0] == "Within"
    blank.traffic("chat", blank.day(), 40, lambda number: {"error": "timeout"})

    def rests(*_: Any) -> None:
        raise AssertionError("the flow rests on the way of an event")

    monkeypatch.setattr(time, "sleep", rests)
    pump.Pump(blank._stages).once()
    assert blank.verdicts("error-rate", "chat")[0] == "Over limit"


def test_the_flow_looks_for_what_has_come_well_within_the_promise() -> None:
    """What is committed while it rests is noticed after an interval (`tests/work/test_changes.py`)."""
    assert pump.Pump(()).interval <= WITHIN / 5
