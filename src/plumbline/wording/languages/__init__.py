"""The languages there are: one module each, with how it writes days, figures and ages.

Sentences are translated by the gettext catalogues in ``wording/locale``. To add a language, write its module,
name it in `KNOWN`, and run ``./run messages`` to get its catalogue.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

CATALOGUES = Path(__file__).parent.parent / "locale"
"""Where the gettext catalogues are."""
KNOWN = {"en": "English", "de": "Deutsch"}
"""Codes of the languages, with what each calls itself."""


class Language(Protocol):
    """What a module of a language offers."""

    def number(self, value: int) -> str:
        """A whole number."""

    def figure(self, value: float, unit: str) -> str:
        """A measured number with its unit; the unit ``ratio`` is written as a percentage."""

    def day(self, value: date) -> str:
        """A day."""

    def short_day(self, value: date) -> str:
        """A day of this year, without the year."""

    def month(self, value: date) -> str:
        """A month of a year."""

    def instant(self, value: datetime) -> str:
        """A day and a time, with its zone."""


@lru_cache
def get(code: str) -> Language:
    """The language called ``code``; ``de`` for a regional one such as ``de-AT``, else English."""
    name = code.partition("-")[0]
    return cast(Language, import_module(f"{__name__}.{name if name in KNOWN else 'en'}"))
