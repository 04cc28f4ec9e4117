"""How much may be written and read without a name in an hour, on every door."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from plumbline.identity import passing_limits

FROM_ALL: Final = 20
"""What all addresses together may do, as a multiple of what one may."""
READINGS: Final = 60
"""Readings with a receipt an hour from one address."""


def count_writing(address: str) -> None:
    """Count one concern or addition from ``address``, which is kept nowhere. Raises `TooMany`."""
    most = settings.PLUMBLINE.concern_rate
    passing_limits.count("concern", address, from_one=most, from_all=most * FROM_ALL)


def count_reading(address: str) -> None:
    """Count one reading with a receipt from ``address``. Raises `TooMany`."""
    passing_limits.count("concern-read", address, from_one=READINGS, from_all=READINGS * FROM_ALL)
