"""English: ``20 Nov 2026``, ``1,234.5``."""

from __future__ import annotations

from datetime import date, datetime

from plumbline.kernel import clock, number_format

# Not strftime: its names of months follow the locale of the process.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: int) -> str:
    """``1,234``"""
    return f"{value:,}"


def figure(value: float, unit: str) -> str:
    """``31.0%`` for a share, ``1,234 ms`` otherwise, with four significant digits."""
    return f"{value:.1%}" if unit == "ratio" else f"{number_format.format_number(value)} {unit}".rstrip()


def day(value: date) -> str:
    """``20 Nov 2026``"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """``20 Nov``"""
    return f"{value.day} {MONTHS[value.month - 1]}"


def month(value: date) -> str:
    """``Nov 2026``"""
    return f"{MONTHS[value.month - 1]} {value.year}"


def instant(value: datetime) -> str:
    """``20 Nov 2026, 14:05 UTC``"""
    value = clock.for_reader(value)
    return f"{day(value)}, {value:%H:%M} {clock.zone_label(value)}"
