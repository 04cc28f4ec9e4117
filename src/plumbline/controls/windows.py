"""Calendar windows (UTC): the hour, day, week or month that a check judges at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

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
    start = instant.replace(minute=0, second=0, microsecond=0)
    if window != "hour":
        start = start.replace(hour=0)
    if window == "week":
        return start - timedelta(days=start.weekday())
    return start.replace(day=1) if window == "month" else start


def window_of(instant: datetime, window: Window) -> tuple[datetime, datetime]:
    """The window that ``instant`` lies in: its start and, exclusive, its end."""
    start = floor(instant, window)
    # Any day of the next month will do, since it is floored again; 32 days reach it from the first of any.
    step = timedelta(days=32) if window == "month" else CADENCE[window]
    return start, floor(start + step, window)


def iso_window(start: datetime, window: Window) -> str:
    """The window that begins at ``start`` as a field of a record holds it: ``2026-03``, ``2026-W09``."""
    return start.strftime(_ISO[window])


def window_message(start: datetime, window: Window) -> Message:
    """The window that begins at ``start``, to be read after a verb: *in the week from 23 Feb 2026*."""
    if window == "hour":
        return say("window.hour", "in the hour from {start}", start=start)
    if window == "day":
        return say("window.day", "on {day}", day=start.date())
    if window == "week":
        return say("window.week", "in the week from {day}", day=start.date())
    return say("window.month", "in the month from {day}", day=start.date())
