"""Names where the records hold references: titles of records and checks, and days as people write them.

Sentences of checks and reports say ``SYS-0002 was assessed on 2026-06-13``, which is what the API and the
evidence keep. A page says the same with the record's title, its reference small beside it, and the day
as ``13 Jun 2026``. A title that the reader may not see is not said; its reference stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from plumbline.controls import limits, registry
from plumbline.identity.actors import Actor
from plumbline.records import names as record_names
from plumbline.web import cells
from plumbline.web.converters import Reference
from plumbline.web.dates import with_days
from plumbline.web.frame import Cell

Names = Mapping[str, str]
"""Titles of records by reference, those only that the reader may see."""

_IN_TEXT = re.compile(rf"(?<![\w/=#&-]){Reference.regex}(?![\w/-])")


def in_texts(texts: Iterable[str]) -> set[str]:
    """The references that stand in ``texts``."""
    return {found for text in texts for found in _IN_TEXT.findall(text)}


def names(actor: Actor, texts: Iterable[str]) -> Names:
    """The titles of all records that ``texts`` name, in one query; none when they name none."""
    return record_names.titles(actor, in_texts(texts))


def plainly(text: str, known: Names) -> str:
    """A sentence with titles before references, ``Chat Assist (SYS-0002)``, and days as people write them."""

    def told(found: re.Match[str]) -> str:
        title = known.get(found[0])
        return f"{title} ({found[0]})" if title else found[0]

    return with_days(_IN_TEXT.sub(told, text))


def named(reference: str, title: str) -> SafeString:
    """A link to a record by its title, the reference small beside it."""
    return format_html(
        '<a class="lnk" href="{}">{}</a> <span class="ref">{}</span>',
        cells.record_href(reference),
        title,
        reference,
    )


def said(text: str, known: Names) -> SafeString:
    """A sentence with a link for every record it names and days as people write them."""
    parts: list[str] = []
    end = 0
    for found in _IN_TEXT.finditer(text):
        title = known.get(found[0])
        parts += [with_days(text[end : found.start()]), named(found[0], title) if title else found[0]]
        end = found.end()
    parts.append(with_days(text[end:]))
    return format_html_join("", "{}", ((conditional_escape(part),) for part in parts))


_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def in_markdown(text: str, known: Names) -> str:
    """Markdown with a link for every record it names; days and code stay as they were written."""
    if "`" in text or "](" in text:
        return text

    def told(found: re.Match[str]) -> str:
        title = known.get(found[0])
        if not title:
            return found[0]
        plain = _MARKS.sub(r"\\\1", title)
        return f"[{plain}]({cells.record_href(found[0])}) ({found[0]})"

    return _IN_TEXT.sub(told, text)


def titled(cell: Cell, known: Names) -> Cell:
    """``cell`` with the titles of the records it names; one the reader may not see keeps its reference."""
    if cell.shape == "markdown":
        return replace(cell, text=in_markdown(cell.text, known))
    if cell.shape != "links":
        return cell

    def one(item: tuple[str, str, str]) -> tuple[str, str, str]:
        if not cells.REFERENCE.fullmatch(item[0]):
            return item
        title = known.get(item[0], "")
        return item[0], title, cells.record_href(item[0]) if title else ""

    return replace(cell, items=tuple(map(one, cell.items)))


def references(of: Iterable[Cell]) -> set[str]:
    """The references of the records that cells name."""
    listed = list(of)
    found = {item[0] for cell in listed for item in cell.items if cells.REFERENCE.fullmatch(item[0])}
    return found | in_texts(cell.text for cell in listed if cell.shape == "markdown")


def check_choices(kind_slug: str) -> list[tuple[str, str]]:
    """Name and title of what a field of ``kind_slug`` that names a check may hold, by title."""
    wanted = limits.defaults() if kind_slug == "limit" else [made.slug for made in registry.load()]
    return sorted(((name, cells.check_title(name)) for name in wanted), key=lambda one: one[1])
