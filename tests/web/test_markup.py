"""Markup is what Django would make of the same values, and a page makes most of it in fewer steps."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from django.template import Context, Template, base
from django.utils import html
from django.utils.functional import lazystr
from django.utils.safestring import SafeString, mark_safe

from plumbline.web import markup


class Word(StrEnum):
    """A word with signs of markup in it."""

    ODD = "a<b"


class Own:
    """Something with markup of its own."""

    def __html__(self) -> str:
        """Its markup."""
        return "<i>own</i>"


class Typed(str):
    """A text of another type."""

    __slots__ = ()


VALUES: tuple[Any, ...] = (
    "plain", "", "<b>&\"'</b>", "ä€ \u202e", SafeString("<b>&</b>"), mark_safe("<i>"), Word.ODD,
    Typed("<t>"), Own(), lazystr("<l>"), 0, 1234567, 1.5, None, True, b"<b>", ["<"],
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_escaped_as_django_escapes_it(value: Any) -> None:
    ours, theirs = markup.escaped(value), html.conditional_escape(value)
    assert str(ours) == str(theirs)
    assert isinstance(ours, SafeString) == isinstance(theirs, SafeString)
    named = '<a href="{}" title="{name}">{}</a>'
    assert markup.format_html(named, value, "<", name=value) == html.format_html(
        named, value, "<", name=value
    )
    rows = [(value, "&"), ("<", value)]
    assert markup.format_html_join("<", "<i>{}{}</i>", rows) == html.format_html_join(
        "<", "<i>{}{}</i>", rows
    )
    assert markup.joined([value, "<"]) == html.format_html_join("", "{}", [(value,), ("<",)])
    assert isinstance(markup.joined([value]), SafeString)


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_template_writes_a_value_as_django_writes_it(value: Any, autoescape: bool) -> None:
    context = Context({"value": value}, autoescape=autoescape)
    ours, theirs = markup.shown(value, context), markup._DJANGO(value, context)
    assert (ours, isinstance(ours, SafeString)) == (theirs, isinstance(theirs, SafeString))
    assert Template("{{ value }}").render(context) == theirs


def test_plain_texts_of_a_template_do_not_go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    long_way: list[object] = []
    monkeypatch.setattr(markup, "_DJANGO", lambda value, context: long_way.append(value) or "")
    Template("{{ text }}{{ mark }}{{ number }}").render(
        Context({"text": "<", "mark": SafeString("<b>"), "number": 3})
    )
    assert long_way == [3]
    assert base.render_value_in_context is markup.shown
