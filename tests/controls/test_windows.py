"""Calendar windows in the organization's time zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plumbline.controls.windows import Window, iso_window, window_message, window_of
from plumbline.kernel import clock


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "window", "instant", "start", "end", "iso"),
    [
        ("UTC", "day", "2026-03-31T22:30", "2026-03-31T00:00", "2026-04-01T00:00", "2026-03-31"),
        # In Berlin it is half past midnight on the first of April.
        ("Europe/Berlin", "day", "2026-03-31T22:30", "2026-03-31T22:00", "2026-04-01T22:00", "2026-04-01"),
        ("Europe/Berlin", "month", "2026-03-31T22:30", "2026-03-31T22:00", "2026-04-30T22:00", "2026-04"),
        ("Europe/Berlin", "month", "2026-03-31T21:30", "2026-02-28T23:00", "2026-03-31T22:00", "2026-03"),
        # The week in which the clocks go forward has 167 hours.
        ("Europe/Berlin", "week", "2026-03-25T12:00", "2026-03-22T23:00", "2026-03-29T22:00", "2026-W13"),
        ("Europe/Berlin", "day", "2026-10-25T12:00", "2026-10-24T22:00", "2026-10-25T23:00", "2026-10-25"),
        # Half past six in the evening of UTC is midnight in India; the day begins with the next full hour.
        ("Asia/Kolkata", "day", "2026-01-01T19:00", "2026-01-01T19:00", "2026-01-02T19:00", "2026-01-02"),
        ("Asia/Kolkata", "day", "2026-01-01T18:00", "2025-12-31T19:00", "2026-01-01T19:00", "2026-01-01"),
        ("Europe/Berlin", "hour", "2026-03-31T22:30", "2026-03-31T22:00", "2026-03-31T23:00", ""),
    ],
)
def test_windows_are_those_of_the_calendar_in_the_zone(
    zone: str, window: Window, instant: str, start: str, end: str, iso: str
) -> None:
    with clock.in_time_zone(zone):
        assert window_of(at(instant), window) == (at(start), at(end))
        assert window_of(at(start), window) == (at(start), at(end))
        if iso:
            assert iso_window(at(start), window) == iso


def test_a_window_is_named_by_its_day_in_the_zone() -> None:
    with clock.in_time_zone("Europe/Berlin"):
        assert str(window_message(at("2026-03-31T22:00"), "day")) == "on 1 Apr 2026"
