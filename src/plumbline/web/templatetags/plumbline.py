"""Template tags: icons, state badges, dates, ages, links of cells, Markdown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import nh3
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from plumbline.kernel import clock
from plumbline.web import charts, dates
from plumbline.web.components.states import state
from plumbline.web.icons import icon
from plumbline.web.words import look, lower_first

register = template.Library()
register.filter(lower_first)

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {
    "p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "del",
}  # fmt: skip


register.simple_tag(icon)
register.simple_tag(state, name="badge")


@register.filter
def role(word: object) -> str:
    """The colour role of a state word."""
    return look(str(word)).role


@register.filter
def state_icon(word: object) -> SafeString:
    """The small icon of a state word."""
    return icon(look(str(word)).icon, "sm")


@register.filter
def small_icon(word: object) -> SafeString:
    """The icon of a state word as it stands in a map cell."""
    return icon(look(str(word)).icon, "xs")


@register.filter
def upper_first(text: object) -> str:
    """``text`` with a capital first letter."""
    words = str(text)
    return words[:1].upper() + words[1:]


@register.simple_tag
def field_label(name: object, labels: Any = None) -> str:
    """What the field called ``name`` is called on the page, by ``labels``; else its name in words."""
    known = labels.get(str(name)) if hasattr(labels, "get") else None
    return upper_first(known or str(name).replace("_", " "))


@register.filter
def day(value: Any) -> str:
    """A date or instant as ``20 Nov 2026``; empty for nothing."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return f"{value.day} {value:%b %Y}"


@register.filter
def short_day(value: Any) -> str:
    """A date as ``20 Nov``, with the year when it is not this one."""
    if not value:
        return ""
    return f"{value.day} {value:%b}" if value.year == clock.now().year else day(value)


def relative(instant: datetime) -> str:
    """The age of ``instant``: relative under a day, a date beyond; the future likewise."""
    now = clock.now()
    passed = now - instant
    ahead = passed < timedelta(0)
    size = abs(passed)
    if size < timedelta(minutes=1):
        text = f"{int(size.total_seconds())} s"
    elif size < timedelta(hours=1):
        text = f"{int(size.total_seconds() // 60)} min"
    elif size < timedelta(days=1):
        text = f"{int(size.total_seconds() // 3600)} h"
    else:
        return short_day(instant)
    return f"in {text}" if ahead else f"{text} ago"


@register.filter
def age(instant: Any) -> SafeString:
    """A ``<time>`` with the age of ``instant`` and the full instant, zone included, in its title."""
    if not instant:
        return SafeString("")
    if isinstance(instant, str):
        instant = clock.parse_rfc3339(instant)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', clock.rfc3339(instant), full(instant), relative(instant)
    )


@register.filter
def span(held: Any) -> SafeString:
    """When a state was read: ``2 min ago``, or ``between 15 Nov and 2 min ago`` for readings far apart."""
    oldest, newest = held.measured_at, held.newest_at or held.measured_at
    if relative(oldest) == relative(newest) or newest - oldest < timedelta(hours=2):
        return age(oldest)
    return format_html("between {} and {}", age(oldest), age(newest))


@register.filter
def said(text: object) -> str:
    """A sentence with the days in it as people write them."""
    return dates.with_days(str(text))


@register.filter
def window(result: Any) -> str:
    """The calendar window of a result: ``20 Nov 2026``, ``Week of 16 Nov 2026``, ``Nov 2026``."""
    return dates.window(result.window_start, result.window_end)


@register.filter
def full(instant: Any) -> str:
    """An instant in full: ``20 Nov 2026, 10:41:07 UTC``."""
    return f"{instant.day} {instant:%b %Y, %H:%M:%S} UTC" if instant else ""


@register.filter
def moment(instant: Any) -> SafeString:
    """A ``<time>`` with the date and minute of ``instant`` and its zone in the title."""
    if not instant:
        return SafeString("")
    return format_html(
        '<time datetime="{}" title="{}">{} {}</time>',
        clock.rfc3339(instant),
        full(instant),
        day(instant),
        f"{instant:%H:%M}",
    )


@register.filter
def thousands(value: Any) -> str:
    """A whole number with commas: ``48,112``."""
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.filter
def initials(name: object) -> str:
    """The initials of a name, two at the most."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """A person's initials in a circle; the name stands beside it or is said to screen readers."""
    return format_html('<span class="av {}" aria-hidden="true">{}</span>', size, initials(name))


@register.filter
def short_hash(text: object) -> str:
    """A hash by its first six and last four signs: ``4be1c0…77a0``."""
    words = text.hex() if isinstance(text, bytes) else str(text)
    return f"{words[:6]}…{words[-4:]}" if len(words) > 12 else words


@register.filter
def markdown(text: object) -> SafeString:
    """Markdown as sanitised HTML: no raw HTML, no images, links without referrer."""
    raw = _markdown.render(str(text or ""))
    raw = (
        raw.replace("<h1>", "<h3>")
        .replace("</h1>", "</h3>")
        .replace("<h2>", "<h4>")
        .replace("</h2>", "</h4>")
    )
    clean = nh3.clean(
        raw,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(clean)


@register.simple_tag
def hatch() -> SafeString:
    """The pattern of missing data, once per page."""
    return charts.HATCH


@register.simple_tag
def validity(share: float) -> SafeString:
    """A validity bar; its end date stands under it as text."""
    return charts.validity_bar(share)


@register.filter
def validity_class(share: float) -> str:
    """The text classes of an end date, by the share of the validity that has passed: late, soon, or quiet."""
    if share >= 1:
        return "tx-stale b"
    return "tx-warn b" if share >= 0.85 else "muted"


@register.filter
def get(mapping: Any, name: object) -> Any:
    """The item of a mapping by a name held in a variable."""
    return mapping.get(name) if hasattr(mapping, "get") else None
