"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal


def format_number(value: float, digits: int = 4) -> str:
    """``value`` to ``digits`` significant digits, its whole part in full, with commas and without exponent.

    Trailing zeros show that it was rounded: 1.004 to three digits is 1.00, while 1 is 1.
    """
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    rounded = f"{value:.{digits}g}"
    return format(Decimal(rounded if float(rounded) == value else f"{value:#.{digits}g}"), ",f")
