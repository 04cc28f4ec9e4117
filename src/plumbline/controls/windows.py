"""Calendar windows: the hour, day, week or month that a check judges at a time, in the organization's zone.

Points are kept by the hour of UTC. Where the zone is off by half an hour, a day therefore begins with the
first full hour after its midnight.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from plumbline.kernel import clock
from plumbline.kernel.messages import Message, say

Window = Literal["hour", "day", "week", "month"]

CADENCE: dict[Window, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}
"""How often a check with this window is expected to report."""

_ISO = {"month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d", "hour": "%Y-%m-%d %H:00"}


def floor(instant: datetime, window: Window) -> datetime:
    """The start of the window that ``instant`` lies in; a week starts on Monday (ISO 8601)."""
    if window == "hour":
        return instant.replace(minute=0, second=0, microsecond=0)
    return _first_hour(_first_day(clock.day_of(instant), window))


def window_of(instant: datetime, window: Window) -> tuple[datetime, datetime]:
    """The window that ``instant`` lies in: its start and, exclusive, its end."""
    start = floor(instant, window)
    if window == "hour":
        return start, start + CADENCE[window]
    # In days and not in hours: a day has 23 or 25 where the clocks change. Any day of the next month will do,
    # since its first day is taken; 32 days reach it from the first of any.
    step = timedelta(days=32) if window == "month" else CADENCE[window]
    return start, _first_hour(_first_day(clock.day_of(start) + step, window))


def _first_day(day: date, window: Window) -> date:
    if window == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if window == "month" else day


def _first_hour(day: date) -> datetime:
    start = clock.day_start(day)
    full = start.replace(minute=0, second=0, microsecond=0)
    return full if full == start else full + timedelta(hours=1)


def iso_window(start: datetime, window: Window) -> str:
    """The window that begins at ``start`` as a field of a record holds it: ``2026-03``, ``2026-W09``."""
    return (start if window == "hour" else clock.in_zone(start)).strftime(_ISO[window])


def window_message(start: datetime, window: Window) -> Message:
    """The window that begins at ``start``, to be read after a verb: *in the week from 23 Feb 2026*."""
    if window == "hour":
        return say("window.hour", "in the hour from {start}", start=start)
    if window == "day":
        return say("window.day", "on {day}", day=clock.day_of(start))
    if window == "week":
        return say("window.week", "in the week from {day}", day=clock.day_of(start))
    return say("window.month", "in the month from {day}", day=clock.day_of(start))
