"""Markup that is put together in Python and in templates: what Django does, with fewer steps on the way.

A page escapes some two thousand texts. Django asks of each whether it is one that is translated only when it
is shown, whether it has a way of its own to be markup, and only then what nearly all of them are: a plain
text, or markup. Here that is asked first; whatever is neither goes Django's own way. The names are Django's.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Final

from django.template import base
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_DJANGO: Final = base.render_value_in_context


def escaped(value: Any) -> SafeString:
    """A text as markup; markup as it is."""
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[no-any-return]  # its type was just asked
    if kind is str:
        return SafeString(escape(value))
    return conditional_escape(value)


def format_html(pattern: str, /, *values: object, **named: object) -> SafeString:
    """The markup ``pattern`` with the values in their places, each escaped."""
    if not named:
        return SafeString(pattern.format(*map(escaped, values)))
    return SafeString(
        pattern.format(*map(escaped, values), **{name: escaped(value) for name, value in named.items()})
    )


def format_html_join(separator: str, pattern: str, rows: Iterable[Iterable[object]]) -> SafeString:
    """The markup ``pattern`` with each of the rows of values in its places, one after the other."""
    return SafeString(escaped(separator).join([format_html(pattern, *row) for row in rows]))


def joined(parts: Iterable[object]) -> SafeString:
    """The parts as one, each escaped."""
    return SafeString("".join(map(escaped, parts)))


def shown(value: Any, context: Any) -> str:
    """What a template writes for a value, as `render_value_in_context` of Django does."""
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[no-any-return]  # its type was just asked
    if kind is str:
        return SafeString(escape(value)) if context.autoescape else value
    return _DJANGO(value, context)


def install() -> None:
    """Let templates write their values so."""
    base.render_value_in_context = shown
