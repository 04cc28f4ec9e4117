"""The weeks before the demonstration is shown: whole days, in order, and counted without a gap."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from plumbline.demo import decisions, past
from plumbline.demo.first_day import AGO

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def events() -> list[past.Event]:
    """The decisions of the six weeks before a day."""
    return decisions.events(TODAY, datetime(2026, 11, 19, 23, 59, 59, tzinfo=UTC))


def test_each_day_is_sent_when_it_has_ended_and_nothing_is_sent_twice(events: list[past.Event]) -> None:
    portions = past.by_day(events, TODAY)
    assert len(portions) == AGO + 1
    sent = [event["id"] for _, portion in portions for event in portion]
    assert sent == [event["id"] for event in events]
    for instant, portion in portions[1:]:
        times = [datetime.fromisoformat(event["time"]) for event in portion]
        assert max(times) < instant, "what has not happened is not sent"
        # An hour after its end a day is closed, and what comes later is marked late.
        assert (instant - max(times)).total_seconds() < 3_600


def test_batches_go_on_counting_where_the_day_before_ended(events: list[past.Event]) -> None:
    counted, sent = [], 0
    for _, portion in past.by_day(events, TODAY):
        for batch in decisions.batches(portion, sent):
            counted += range(batch["counter"], batch["counter"] + len(batch["events"]))
        sent += len(portion)
    assert counted == list(range(1, len(events) + 1))


def test_customers_waited_before_the_action_and_not_after_it(events: list[past.Event]) -> None:
    slow = {
        (TODAY - datetime.fromisoformat(event["time"]).date()).days
        for event in events
        if event["system"] == "chat-assist" and event["latency_ms"] > 20_000
    }
    assert slow
    assert min(slow) > AGO, "the days that failed lie before the first day of the demonstration"
