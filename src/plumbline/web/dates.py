"""Days, instants, windows and numbers in the reader's language; the data keeps ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from plumbline.kernel import clock
from plumbline.web.markup import format_html
from plumbline.wording import languages
from plumbline.wording.languages import Language

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def _language() -> Language:
    return languages.get(get_language() or "en")


def number(value: int) -> str:
    """A whole number, grouped."""
    return _language().number(value)


def _day_in_zone(value: date | str) -> date:
    """A day as it is; that of an instant in the organization's time zone."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == len("2026-11-20") else clock.parse_rfc3339(value)
    return clock.day_of(value) if isinstance(value, datetime) else value


def day(value: date | str | None) -> str:
    """A date or instant as ``20 Nov 2026``; empty for nothing."""
    if not value:
        return ""
    return _language().day(_day_in_zone(value))


def short_day(value: date | None) -> str:
    """A date as ``20 Nov``, with the year when it is not this one."""
    if not value:
        return ""
    value = _day_in_zone(value)
    return _language().short_day(value) if value.year == clock.today().year else day(value)


def relative(instant: datetime) -> str:
    """The age of ``instant``: relative under a day, a date beyond; the future likewise."""
    passed = clock.now() - instant
    size = abs(passed)
    if size < timedelta(minutes=1):
        length = gettext("{count} s").format(count=int(size.total_seconds()))
    elif size < timedelta(hours=1):
        length = gettext("{count} min").format(count=int(size.total_seconds() // 60))
    elif size < timedelta(days=1):
        length = gettext("{count} h").format(count=int(size.total_seconds() // 3600))
    else:
        shown = clock.for_reader(instant)
        same_year = shown.year == clock.for_reader(clock.now()).year
        return _language().short_day(shown) if same_year else _language().day(shown)
    return (gettext("in {time}") if passed < timedelta(0) else gettext("{time} ago")).format(time=length)


def day_of_reader(instant: datetime) -> str:
    """The day on which ``instant`` lies where the reader is, as ``20 Nov 2026``; with the time beside it."""
    return _language().day(clock.for_reader(instant))


def time(instant: datetime) -> str:
    """The time of day of ``instant`` where the reader is, as ``14:05``."""
    return f"{clock.for_reader(instant):%H:%M}"


def full(instant: datetime | None) -> str:
    """An instant in full, to the second: ``20 Nov 2026, 10:41:07 UTC``."""
    if not instant:
        return ""
    shown = clock.for_reader(instant)
    return f"{day_of_reader(instant)}, {shown:%H:%M:%S} {clock.zone_label(shown)}"


def age(instant: datetime | str | None) -> SafeString:
    """A ``<time>`` with the age of ``instant`` and the full instant, zone included, in its title."""
    if not instant:
        return SafeString("")
    if isinstance(instant, str):
        instant = clock.parse_rfc3339(instant)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', clock.rfc3339(instant), full(instant), relative(instant)
    )


def moment(instant: datetime | None) -> SafeString:
    """A ``<time>`` with the date and minute of ``instant`` and the reader's time zone."""
    if not instant:
        return SafeString("")
    shown = clock.for_reader(instant)
    return format_html(
        '<time datetime="{}" title="{}">{} {} <span class="muted">{}</span></time>',
        clock.rfc3339(instant),
        full(instant),
        day_of_reader(instant),
        f"{shown:%H:%M}",
        clock.zone_label(shown),
    )


def period(text: str) -> str:
    """The window of a result as triage writes it (``2026-11``, ``2026-W46``, a day, an hour) in words."""
    try:
        if _MONTH.fullmatch(text):
            return _language().month(date.fromisoformat(f"{text}-01"))
        if week := _WEEK.fullmatch(text):
            return _week(date.fromisocalendar(int(week[1]), int(week[2]), 1))
        if len(text) == len("2026-11-20"):
            return day(date.fromisoformat(text))
        return _language().instant(clock.in_utc(datetime.fromisoformat(text.replace(" UTC", "+00:00"))))
    except (ValueError, OverflowError):
        # People may have written the field; what is not a window stays as it is.
        return text


def window(start: datetime, end: datetime) -> str:
    """A calendar window in words: an hour, a day, a week by its Monday, or a month."""
    # Rounded: where the clocks change, a day has an hour more or less.
    days, first = round((end - start) / timedelta(days=1)), clock.day_of(start)
    if days > 7:
        return _language().month(first)
    if days == 7:
        return _week(first)
    return day(first) if days == 1 else _language().instant(start)


def _week(monday: date) -> str:
    return gettext("Week of {day}").format(day=day(monday))
