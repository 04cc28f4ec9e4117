"""Template tags: icons, state badges, dates, ages, links of cells, Markdown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.kernel import clock
from plumbline.kernel.messages import Text
from plumbline.web import cell_rendering, charts, dates, markdown, messages, references
from plumbline.web.components.states import state
from plumbline.web.frame import Cell
from plumbline.web.icons import icon
from plumbline.web.markup import format_html
from plumbline.web.words import ended, look, lower_first

register = template.Library()
register.filter(lower_first)
register.filter("ended", lambda text: ended(str(text)))

for _filter in (dates.day, dates.short_day, dates.age, dates.full, dates.moment):
    register.filter(_filter)
register.filter("markdown", markdown.to_html)
register.simple_tag(icon)
register.simple_tag(state, name="badge")


@register.simple_tag(takes_context=True)
def say(
    context: template.Context,
    message: Text,
    shown: int | None = None,
    begins: bool = False,
    ends: bool = False,
) -> SafeString:
    """A message with links on what it names, in the reader's language; pages show reasons no other way.

    ``shown`` shortens its listings to so many items, where there is little room; ``begins`` a sentence: then
    it has a capital first letter; ``ends`` one: then it has one full stop at its end. What a person typed as
    a reason gets links for the references in it.
    """
    if isinstance(message, str):
        html = references.linkify_html(message, context["names"])
    else:
        html = messages.to_html(message, context["names"], shown=shown)
    if ends and ended(plain := strip_tags(html)) != plain.rstrip():
        html = SafeString(f"{html.rstrip()}.")
    return SafeString(html[:1].upper() + html[1:]) if begins else html


@register.simple_tag(takes_context=True)
def value(context: template.Context, cell: Cell) -> SafeString:
    """A cell with its links, as the reader may see them."""
    return cell_rendering.render(cell, context["names"])


@register.simple_tag
def this_moment() -> SafeString:
    """The present instant, as `moment` shows one."""
    return dates.moment(clock.now())


@register.simple_tag(takes_context=True)
def typed(context: template.Context, text: str) -> SafeString:
    """Markdown that somebody typed, with links for the records it names that the reader may see."""
    return markdown.to_html(references.linkify_markdown(text, context["names"]))


@register.filter
def author(entry: Any) -> str:
    """Who wrote a comment or attached a file: a person, or a part of the installation."""
    if entry.person:
        return str(entry.person.full_name)
    return str(entry.actor).removeprefix("stage:").capitalize()


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
def span(held: Any) -> SafeString:
    """When a state was read: ``2 min ago``, or ``between 15 Nov and 2 min ago`` for readings far apart."""
    oldest, newest = held.measured_at, held.newest_at or held.measured_at
    if dates.relative(oldest) == dates.relative(newest) or newest - oldest < timedelta(hours=2):
        return dates.age(oldest)
    return format_html(gettext("between {} and {}"), dates.age(oldest), dates.age(newest))


@register.filter
def window(result: Any) -> str:
    """The calendar window of a result: ``20 Nov 2026``, ``Week of 16 Nov 2026``, ``Nov 2026``."""
    return dates.window(result.window_start, result.window_end)


@register.filter
def thousands(value: Any) -> str:
    """A whole number as the reader's language groups it: ``48,112``."""
    return dates.number(value) if isinstance(value, int) else str(value)


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
