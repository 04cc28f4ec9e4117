"""Markdown that people write, as HTML that cannot harm who reads it."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

# A line that somebody ended stays a line: many fields ask for one line each, and a form shows them so.
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table")
_TAGS = {
    "p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "del",
}  # fmt: skip
# The page has its own first and second level: headings in a text begin below them.
_LOWERED = (("<h1>", "<h3>"), ("</h1>", "</h3>"), ("<h2>", "<h4>"), ("</h2>", "</h4>"))


def to_html(text: object) -> SafeString:
    """Markdown as sanitised HTML: no raw HTML, no images, links without referrer."""
    raw = _markdown.render(str(text or ""))
    for tag, lowered in _LOWERED:
        raw = raw.replace(tag, lowered)
    clean = nh3.clean(
        raw,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(clean)
