"""``{% load requirements %}``: how requirements, what checks found of them and why are put into words."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.controls.visibility import VisibleResult
from plumbline.kernel.messages import Message, Ref, Text, say
from plumbline.kernel.states import MeasuredState
from plumbline.web import cells
from plumbline.web.icons import icon
from plumbline.web.markup import format_html
from plumbline.web.requirements import figures, status
from plumbline.web.words import cell_class, look

register = template.Library()
register.filter("requirement_href", cells.requirement_href)
register.filter("requirement_label", cells.requirement_label)
register.filter("attested", status.attested_state)
register.filter("telling", status.telling_reasons)
register.filter("reason_href", status.reason_href)


@register.simple_tag
def map_cell(posture: RequirementPosture, only: str = "") -> SafeString:
    """One control on the map; dim when ``only`` another state is asked for.

    Written in Python and not as a template: the 38 cells took a fifth of the time of the home page.
    """
    state = posture.measured
    name = f"{posture.number} {posture.title}: {gettext(str(state))}"
    # What is good has a green foot and no icon, so that the eye goes to the others.
    mark = "" if state.good else icon(_map_icon(state), "xs")
    return format_html(
        '<li><a class="cc {}{}" href="{}" title="{}">{}<span aria-hidden="true">{}</span>'
        '<span class="vh">{}</span></a></li>',
        cell_class(state),
        " dim" if only and state != only else "",
        cells.requirement_href(posture.id),
        name,
        mark,
        posture.number.removeprefix("A."),
        name,
    )


def _map_icon(state: MeasuredState) -> str:
    return "circle-minus" if state is MeasuredState.NOT_APPLICABLE else look(str(state)).icon


@register.filter
def percent(share: float) -> str:
    """A share as a percentage: ``14.2%``."""
    return figures.amount(share, "ratio")


@register.filter
def measured_value(result: VisibleResult) -> Text:
    """The value of a result, or the words for none."""
    return figures.value_text(result.value, result.unit)


@register.filter
def measured_limit(result: VisibleResult) -> Text:
    """The limit that a result is compared with; empty for none."""
    return figures.limit_text(figures.bounds(result), result.unit)


@register.filter
def limit_record(result: VisibleResult) -> Message:
    """The record that sets the limit of a result."""
    return say("reading.limit-source", "{record}", record=Ref(result.limit_source))
