"""How the documents of an organization look, and which colours can be read on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass

ACCENT, SECOND = "#1f3a5f", "#1f3a5f"
"""The colours of an organization that has chosen none: those of titles, and of lines."""
LEAST_TEXT, LEAST_LINE = 4.5, 3.0
"""Least contrast with white paper of words and of lines (WCAG 2.2, success criteria 1.4.3 and 1.4.11)."""
_COLOUR = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")


@dataclass(frozen=True)
class Look:
    """The look of documents. ``name`` stands at the head of each page, ``footer`` at its foot; or nothing.

    ``accent`` is the colour of titles and headings, ``second`` that of lines, both as ``#rrggbb``. ``logo``
    is a PNG image or empty.
    """

    name: str = ""
    footer: str = ""
    accent: str = ACCENT
    second: str = SECOND
    logo: bytes = b""


def is_colour(text: str) -> bool:
    """Whether a text is a colour as ``#rrggbb``, in small letters."""
    return _COLOUR.fullmatch(text) is not None


def contrast_with_white(colour: str) -> float:
    """The contrast of a colour (``#rrggbb``) with white, from 1 to 21, as WCAG 2.2 defines it."""
    found = _COLOUR.fullmatch(colour)
    if found is None:
        raise ValueError(colour)
    red, green, blue = (_linear(int(part, 16) / 255) for part in found.groups())
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
