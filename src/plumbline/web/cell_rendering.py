"""Cells as HTML: what a field's value looks like on a page, with titles for the records that it names.

Written in Python and not as a template: a list page has some two hundred cells, and including a template for
each took a third of the time of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.web import cells, dates, markdown, references
from plumbline.web.components.states import record_link, state
from plumbline.web.frame import Cell
from plumbline.web.markup import format_html, format_html_join
from plumbline.web.messages import VisibleNames

SHORT = 12
"""A text up to this length is not broken over two lines."""


def render(cell: Cell, names: VisibleNames) -> SafeString:
    """The cell as HTML."""
    return _SHAPES.get(cell.shape, _text)(cell, names)


def _text(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html("{}", cell.text)


def _empty(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html('<span class="muted">{}</span>', gettext("None"))


def _state(cell: Cell, names: VisibleNames) -> SafeString:
    return state(cell.text)


def _date(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html('<span class="nw">{}</span>', dates.day(cell.text))


def _moment(cell: Cell, names: VisibleNames) -> SafeString:
    return dates.age(cell.text)


def _link(cell: Cell, names: VisibleNames) -> SafeString:
    return _short_link(cell.text, cell.href)


def _url(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html(
        '<a class="lnk" rel="noopener noreferrer nofollow" href="{}">{}</a>', cell.href, cell.text
    )


def _links(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html(
        "<span>{}</span>", format_html_join(", ", "{}", ((_item(i, names),) for i in cell.items))
    )


def _item(item: tuple[str, str, str], names: VisibleNames) -> SafeString:
    text, title, href = item
    if cells.REFERENCE.fullmatch(text):
        title = title or names.title(text)
        return record_link(title, text, cells.record_href(text) if title else "")
    if title:
        return record_link(title, text, href)
    return _short_link(text, href) if href else format_html("{}", text)


def _short_link(text: str, href: str) -> SafeString:
    return format_html('<a class="lnk{}" href="{}">{}</a>', " nw" if len(text) < SHORT else "", href, text)


def _markdown(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html(
        '<div class="prose">{}</div>', markdown.to_html(references.linkify_markdown(cell.text, names))
    )


def _whys(cell: Cell, names: VisibleNames) -> SafeString:
    rows = (
        (
            question or gettext("No question"),
            references.linkify_html(answer, names) if answer else gettext("Not answered yet"),
        )
        for question, answer, _ in cell.items
    )
    items = format_html_join("", '<li><span class="q">{}</span><span class="an">{}</span></li>', rows)
    return format_html('<ol class="why5">{}</ol>', items)


def _checklist(cell: Cell, names: VisibleNames) -> SafeString:
    rows = (
        (asked, result, references.linkify_html(f": {seen}", names) if seen else "")
        for asked, result, seen in cell.items
    )
    items = format_html_join("", '<li><span class="q">{}</span><span class="an">{}{}</span></li>', rows)
    return format_html('<ol class="why5">{}</ol>', items)


def _json(cell: Cell, names: VisibleNames) -> SafeString:
    return format_html(
        '<details><summary class="lnk sm">{}</summary>'
        '<div class="prose"><pre tabindex="0">{}</pre></div></details>',
        gettext("Show"),
        cell.text,
    )


_SHAPES: Mapping[str, Callable[[Cell, VisibleNames], SafeString]] = {
    "checklist": _checklist,
    "date": _date,
    "empty": _empty,
    "json": _json,
    "link": _link,
    "links": _links,
    "markdown": _markdown,
    "moment": _moment,
    "state": _state,
    "url": _url,
    "whys": _whys,
}
