"""Days in sentences: ISO 8601 in the records and the API, ``20 Nov 2026`` on a page."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(
    r"(?<![\w/.:-])([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z| UTC))?(?![\w/-])"
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
