"""German: ``20. Nov. 2026``, ``1.234,5``."""

from __future__ import annotations

from datetime import date, datetime

from plumbline.kernel import clock, number_format

# The abbreviations of the Duden; May, June and July are written out there.
MONTHS = ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
_SWAP = str.maketrans(",.", ".,")


def number(value: int) -> str:
    """``1.234``"""
    return f"{value:,}".translate(_SWAP)


def figure(value: float, unit: str) -> str:
    """``31,0 %`` for a share, ``1.234 ms`` otherwise, with four significant digits."""
    if unit == "ratio":
        return f"{100 * value:.1f} %".translate(_SWAP)
    return f"{number_format.format_number(value).translate(_SWAP)} {unit}".rstrip()


def day(value: date) -> str:
    """``20. Nov. 2026``"""
    return f"{value.day}. {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """``20. Nov.``"""
    return f"{value.day}. {MONTHS[value.month - 1]}"


def month(value: date) -> str:
    """``Nov. 2026``"""
    return f"{MONTHS[value.month - 1]} {value.year}"


def instant(value: datetime) -> str:
    """``20. Nov. 2026, 14:05 UTC``"""
    value = clock.for_reader(value)
    return f"{day(value)}, {value:%H:%M} {clock.zone_label(value)}"
