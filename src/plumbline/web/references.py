"""References that people typed: in Markdown and in free text they become links with the record's title.

Sentences of the product do not come through here: they hold their references as data and are rendered by
`plumbline.web.messages`. A title that the reader may not see is not shown; the reference stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.safestring import SafeString

from plumbline.controls import registry
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Text
from plumbline.web import cells
from plumbline.web.components.states import record_link
from plumbline.web.converters import Reference
from plumbline.web.frame import Cell
from plumbline.web.markup import joined
from plumbline.web.messages import VisibleNames, to_html

_IN_TEXT = re.compile(rf"(?<![\w/=#&-]){Reference.regex}(?![\w/-])")
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def in_texts(texts: Iterable[Text]) -> set[str]:
    """The references that people typed in ``texts``."""
    return {found for text in texts if isinstance(text, str) for found in _IN_TEXT.findall(text)}


def visible_names(actor: Actor, texts: Iterable[Text]) -> VisibleNames:
    """The names that ``actor`` may see, those in ``texts`` looked up at once."""
    listed = list(texts)
    names = VisibleNames(actor)
    names.learn(listed)
    names.learn_references(in_texts(listed))
    return names


def linkify_html(text: Text, names: VisibleNames) -> SafeString:
    """A typed text with a link for every record it names; a message with its own links."""
    if isinstance(text, Message):
        return to_html(text, names)
    names.learn_references(in_texts([text]))
    parts: list[str] = []
    end = 0
    for found in _IN_TEXT.finditer(text):
        title = names.title(found[0])
        parts.append(text[end : found.start()])
        parts.append(record_link(title, found[0], cells.record_href(found[0]) if title else ""))
        end = found.end()
    parts.append(text[end:])
    return joined(parts)


def linkify_markdown(text: str, names: VisibleNames) -> str:
    """Markdown with a link for every record it names; text with code or links in it stays as it was typed."""
    # Finding out which references stand inside code or a link would take a parser of its own.
    if "`" in text or "](" in text:
        return text
    names.learn_references(in_texts([text]))

    def with_link(found: re.Match[str]) -> str:
        title = names.title(found[0])
        if not title:
            return found[0]
        plain = _MARKS.sub(r"\\\1", title)
        return f"[{plain}]({cells.record_href(found[0])}) ({found[0]})"

    return _IN_TEXT.sub(with_link, text)


def of_cells(shown: Iterable[Cell]) -> set[str]:
    """The references of the records that cells name."""
    listed = list(shown)
    found = {item[0] for cell in listed for item in cell.items if cells.REFERENCE.fullmatch(item[0])}
    return found | in_texts(cell.text for cell in listed if cell.shape == "markdown")


def check_choices(kind_slug: str) -> list[tuple[str, str]]:
    """Name and title of what a field of ``kind_slug`` that names a check may hold, by title."""
    wanted = registry.governed_values() if kind_slug == "limit" else registry.by_slug()
    return sorted(((name, cells.check_title(name)) for name in wanted), key=lambda pair: pair[1])
