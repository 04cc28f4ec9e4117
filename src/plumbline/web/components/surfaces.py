"""Surfaces: the head of a page, cards, what stands in an empty one, notes, parts that open."""

from __future__ import annotations

from typing import Annotated

from django.utils.safestring import SafeString

from plumbline.web.components.declaration import Context, component
from plumbline.web.icons import icon
from plumbline.web.markup import escaped, format_html


@component('{% fragment as aside %}<span class="sp">3 shown</span>{% endfragment %}{{ aside }}')
def fragment(content: Annotated[SafeString, "Markup to keep."]) -> SafeString:
    """Markup kept in a variable, for a parameter of another component that takes more than a text."""
    return content


@component(
    '{% page_head "AI systems" total=14 level=2 %}'
    '{% button "New AI system" icon="plus" href="#" %}{% endpage_head %}'
)
def page_head(
    content: Annotated[
        SafeString, "The actions at the right, usually buttons; one of them is primary at most."
    ],
    title: Annotated[str, "The heading."],
    total: Annotated[str | int, "A count or a subject in small type behind the title."] = "",
    level: Annotated[int, "The level of the heading; every page has one of the first."] = 1,
) -> Context:
    """The head of a page: its title and what can be done here."""
    return {"content": content, "title": title, "total": total, "level": level}


@component(
    '{% card "Approvals" slug="appr-example" %}<p class="clean">Nobody has approved it.</p>{% endcard %}'
)
def card(
    content: Annotated[SafeString, "What stands on it."],
    title: Annotated[str, "The heading, of the second level."],
    slug: Annotated[str, "The anchor of the card, unique on its page."],
    aside: Annotated[str, "A count or a link at the right of the heading; markup through fragment."] = "",
    css: Annotated[str, "Further classes, such as form or first-m (first on a phone)."] = "",
) -> Context:
    """A section of a page with a heading on a surface of its own."""
    return {"content": content, "title": title, "slug": slug, "aside": aside, "css": css}


@component('{% empty "No suppliers yet" %}<p>Who supplies a part of an AI system.</p>{% endempty %}')
def empty(
    content: Annotated[SafeString, "Why it matters, and the one action that fills it."],
    title: Annotated[str, "What is missing, in a few words; empty where the content says so."] = "",
) -> Context:
    """What stands where there is nothing yet, or nothing that matches: one sentence and one way on."""
    return {"content": content, "title": title}


@component('{% note icon="lock" %}This record is final and cannot be changed.{% endnote %}')
def note(
    content: Annotated[SafeString, "One or two sentences."],
    icon: Annotated[str, "An icon of the sprite before it."] = "",
    role: Annotated[str, "Its colour: acc, warn, bad or stale; empty is grey."] = "",
) -> SafeString:
    """A remark that stands between cards."""
    mark = _icon(icon, "sm") if icon else ""
    return format_html('<p class="note {}">{}<span>{}</span></p>', role, mark, content)


_icon = icon


@component('{% disclosure "Add a file" %}<p>A form.</p>{% enddisclosure %}')
def disclosure(
    content: Annotated[SafeString, "What is shown once it is opened."],
    summary: Annotated[str, "The line that opens it: a verb and its object."],
    is_open: Annotated[bool, "Whether it stands open to begin with."] = False,
) -> SafeString:
    """Something folded away that works without scripts."""
    return format_html(
        '<details class="pad"{}><summary class="lnk sm">{}</summary>{}</details>',
        SafeString(" open") if is_open else "",
        summary,
        content,
    )


@component('{% button "Edit" icon="pencil" href="#" primary=True %}{% button "Comment" %}')
def button(
    label: Annotated[str, "A verb: Attest, Add evidence."],
    icon: Annotated[str, "An icon of the sprite before it."] = "",
    href: Annotated[str, "Where it leads; without one it sends the form that it stands in."] = "",
    primary: Annotated[bool, "Whether it is the one accented action of the page."] = False,
    css: Annotated[str, "Further classes: sm for a small one, bare for one without an edge."] = "",
    key: Annotated[str, "The key that presses it, on pages that have keys."] = "",
    action: Annotated[str, "What the command palette calls it."] = "",
    context: Annotated[str, "Words for screen readers behind the label, such as the name of the row."] = "",
) -> SafeString:
    """A button, or a link that looks like one."""
    classes = " ".join(part for part in ("btn", "pri" if primary else "", css) if part)
    inner = format_html("{}{}", _icon(icon, "sm") if icon else "", label)
    if context:
        inner += format_html('<span class="vh"> {}</span>', context)
    keys = format_html(' data-key="{}"', key) if key else SafeString("")
    if action:
        keys += format_html(' data-action="{}"', action)
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', classes, href, keys, inner)
    return format_html('<button class="{}" type="submit"{}>{}</button>', classes, keys, escaped(inner))
