"""Numbers that a workbook shows as dates → ISO 8601 (ECMA-376 part 1, 18.8.30 and 18.17.4.1)."""

from __future__ import annotations

import re
from datetime import date, timedelta

DAY, CLOCK, BOTH, ELAPSED = "day", "clock", "both", "elapsed"
_DAY = 86_400
_LEAP_DAY = 60
"""29 February 1900, which the system of 1900 has and the calendar has not."""
_LAST = 2_958_465  # 31 December 9999
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), DAY),
    **dict.fromkeys((18, 19, 20, 21, *range(32, 36), 45, 47, 55, 56), CLOCK),
    22: BOTH,
    46: ELAPSED,
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)


def shown_as(number: int, code: str) -> str:
    """What a format shows: `DAY`, `CLOCK`, `BOTH`, `ELAPSED`; ``0000`` for so many digits; or nothing."""
    if not code:
        return _BUILT_IN.get(number, "")
    bare = _LITERAL.sub("", code.partition(";")[0]).lower()
    if re.fullmatch(r"0{2,15}", bare):
        return bare
    if "general" in bare:
        return ""
    if re.search(r"\[[hms]+\]", bare):
        return ELAPSED
    clock = bool(re.search(r"[hs]", bare)) or "am/pm" in bare
    day = bool(re.search(r"[yd]", bare)) or ("m" in bare and not clock)
    return BOTH if day and clock else DAY if day else CLOCK if clock else ""


def date_text(value: float, shown: str, *, from_1904: bool) -> tuple[str, str] | None:
    """The ISO text of a serial number and its type; nothing for a number that is no date.

    Day 60 of the system of 1900 is no day, and day 0 neither: they stay numbers, since no date is invented.
    """
    if not -1 < value < _LAST + 1:
        return None
    days, seconds = divmod(round(value * _DAY), _DAY)
    if shown == ELAPSED:
        minutes = (days * _DAY + seconds) // 60
        return f"{minutes // 60}:{minutes % 60:02}", "t"
    if shown == CLOCK and days == 0:
        return _clock(seconds), "t"
    if from_1904:
        if days < 0:
            return None
        day = date(1904, 1, 1) + timedelta(days=days) if days <= _LAST - 1462 else None
    elif days < 1 or days == _LEAP_DAY or days > _LAST:
        day = None
    else:
        day = date(1899, 12, 31 if days < _LEAP_DAY else 30) + timedelta(days=days)
    if day is None:
        return None
    if shown == DAY or not seconds:
        return day.isoformat(), "d"
    return f"{day.isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}", "i"


def _clock(seconds: int) -> str:
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
