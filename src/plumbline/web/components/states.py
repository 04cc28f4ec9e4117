"""States, and links to records."""

from __future__ import annotations

from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.web.components.declaration import component
from plumbline.web.icons import icon
from plumbline.web.markup import format_html
from plumbline.web.words import look


@component('{% state "Failing" %} {% state "Effective" %} {% state "in review" %}')
def state(
    name: Annotated[object, "The word of the vocabulary of states (DESIGN 2), such as Failing or in review."],
    css: Annotated[str, "Further classes."] = "",
) -> SafeString:
    """A state: icon and word, filled only where somebody is needed."""
    text = str(name)
    shown = look(text)
    style = {"plain": "plain", "dash": "dash"}.get(shown.style, "")
    words = gettext(text) if text else ""
    return format_html(
        '<span class="st {} {} {}">{}{}</span>',
        shown.role,
        style,
        css,
        icon(shown.icon, "sm"),
        words[:1].upper() + words[1:],
    )


@component('{% record_link "Photos differ" "RSK-0001" "#" %}')
def record_link(
    title: Annotated[str, "Its title; empty where the reader may not see it."],
    reference: Annotated[str, "Its reference, small beside the title."],
    href: Annotated[str, "Its address; empty where the reader may not see it."],
) -> SafeString:
    """A record by its title, the reference beside it."""
    if not (title and href):
        return format_html("{}", reference)
    return format_html('<a class="lnk" href="{}">{}</a> <span class="ref">{}</span>', href, title, reference)
