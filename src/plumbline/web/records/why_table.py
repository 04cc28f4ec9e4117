"""The table of whys in a form: a question and its answer in each row, with empty rows to go on."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.clauses import whys
from plumbline.clauses.whys import Why

LEAST, MORE = 5, 2
"""Rows that a form has at least, and empty ones below those that are filled in."""

_ROW = (
    '<li><label class="vh" for="{0}-q{1}">{2}</label>'
    '<input id="{0}-q{1}" name="{3}-question" value="{4}" maxlength="{5}" placeholder="{6}"{7}>'
    '<label class="vh" for="{0}-a{1}">{8}</label>'
    '<textarea id="{0}-a{1}" name="{3}-answer" rows="2" maxlength="{5}">{9}</textarea></li>'
)


class WhysTable(forms.Widget):
    """Rows of a question and an answer, which are sent and kept as one text (`plumbline.clauses.whys`)."""

    use_fieldset = True

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """None: each input has a label of its own."""
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The rows that a page has sent as one text; the text itself from a program."""
        if not hasattr(data, "getlist") or f"{name}-question" not in data:
            return data.get(name)
        sent = (data.getlist(f"{name}-{part}") for part in ("question", "answer"))
        return whys.write(Why(question, answer) for question, answer in zip_longest(*sent, fillvalue=""))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether neither the rows nor the text was sent."""
        return name not in data and f"{name}-question" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The rows as inputs. What the script shows and hides stands on the first one."""
        rows = whys.parse(str(value or ""))
        count = min(whys.MOST, max(LEAST, len(rows) + MORE))
        shown = [*rows, *[Why("", "")] * (count - len(rows))]
        extra = {**self.attrs, **(attrs or {})}
        first = format_html_join(
            "", ' {}="{}"', ((key, text) for key, text in extra.items() if key.startswith("data-shown"))
        )
        base = str(extra.get("id") or f"id_{name}")
        lines = (
            (
                base, number, gettext("Question {number}").format(number=number), name, row.question,
                whys.LONGEST, gettext("Why …?"), first if number == 1 else "",
                gettext("Answer {number}").format(number=number), row.answer,
            )
            for number, row in enumerate(shown, 1)
        )  # fmt: skip
        return format_html('<ol class="why5 in">{}</ol>', format_html_join("", _ROW, lines))
