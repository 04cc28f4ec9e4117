"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal


def plain(value: float, digits: int = 4) -> str:
    """``value`` to ``digits`` significant digits and its whole part, with commas, without exponent."""
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return format(Decimal(f"{value:.{digits}g}"), ",f")
