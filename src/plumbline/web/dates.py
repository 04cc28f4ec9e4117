"""Days in sentences: ISO 8601 in the records and the API, ``20 Nov 2026`` on a page."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_DAY = re.compile(
    r"(?<![\w/.:=#&-])([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z| UTC))?(?![\w/-]|\.[0-9])"
)


def _day(found: re.Match[str]) -> str:
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return found[0]
    return f"{day.day} {day:%b %Y}" + (f", {found[4]} UTC" if found[4] else "")


def with_days(text: str) -> str:
    """``text`` with every ISO date and UTC instant as ``13 Jun 2026`` and ``13 Jun 2026, 23:00 UTC``."""
    return _DAY.sub(_day, text)


_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def period(text: str) -> str:
    """The window of a result as triage writes it (``2026-11``, ``2026-W46``, a day, an hour) in words."""
    if _MONTH.fullmatch(text):
        return f"{date.fromisoformat(text + '-01'):%b %Y}"
    if week := _WEEK.fullmatch(text):
        try:
            return f"Week of {with_days(date.fromisocalendar(int(week[1]), int(week[2]), 1).isoformat())}"
        except ValueError:
            return text
    return with_days(text)


def window(start: datetime, end: datetime) -> str:
    """A calendar window in words: an hour, a day, a week by its Monday, or a month."""
    length = end - start
    if length > timedelta(days=7):
        return f"{start:%b %Y}"
    day = f"{start.day} {start:%b %Y}"
    if length == timedelta(days=7):
        return f"Week of {day}"
    return day if length == timedelta(days=1) else f"{day}, {start:%H:%M} UTC"
