"""Names that a person writes into one field, whatever stands between them."""

from __future__ import annotations


def names_in(text: str) -> list[str]:
    """The names in ``text``, in their order: what blanks, commas or ends of lines divide."""
    return text.replace(",", " ").split()
