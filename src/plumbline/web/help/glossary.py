"""The words of the product, read from where they are explained: ``docs/explanation/glossary.md``."""

from __future__ import annotations

from functools import cache
from typing import Final

from plumbline.web.help import documents

NAME: Final = "explanation/glossary"


@cache
def terms(section: str) -> tuple[tuple[str, str], ...]:
    """Each word of a section with its meaning, in the order of the document; nothing for an unknown one."""
    found: list[tuple[str, str]] = []
    here = False
    for block in documents.source(NAME).split("\n\n"):
        text = block.strip()
        if text.startswith("## "):
            here = text == f"## {section}"
        elif here and text.startswith("### "):
            found.append((text.removeprefix("### "), ""))
        elif here and found and not found[-1][1]:
            found[-1] = (found[-1][0], " ".join(text.split()))
    return tuple(found)
