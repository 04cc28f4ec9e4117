"""States, links to records, and the panel of a step."""

from __future__ import annotations

from typing import Annotated

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.kernel.messages import Message
from plumbline.kernel.workflow import Move
from plumbline.web.components.declaration import Context, component
from plumbline.web.icons import icon
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


def _steps() -> Context:
    approve = Move("approve-example", "Approve", ("in review",), "approved", approves=True)
    retire = Move("retire-example", "Retire", ("approved",), "retired")
    return {"approve": approve, "retire": retire, "refusal": "Your roles may not retire a policy."}


@component('{% step_panel approve "#" "" 3 2 %}{% step_panel retire "#" "" 3 0 refusal %}', _steps)
def step_panel(
    move: Annotated[Move, "The step of the workflow; its name is unique on the page."],
    action: Annotated[str, "The address it is sent to."],
    token: Annotated[str, "The secret of the session against forged forms: csrf_token."],
    revision: Annotated[int, "The revision that the reader sees and that the step is about."],
    additions: Annotated[int, "How many files and links the reader sees, which an approval binds too."] = 0,
    refusal: Annotated[Message | str, "Why the reader may not take it; then it cannot be pressed."] = "",
    is_open: Annotated[bool, "Whether it stands open, as the only step does."] = False,
) -> Context:
    """One step that a record may take: its form, or why this reader may not take it."""
    return {
        "move": move,
        "action": action,
        "token": token,
        "revision": revision,
        "additions": additions,
        "refusal": refusal,
        "is_open": is_open,
    }
