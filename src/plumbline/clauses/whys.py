"""Whys: an ordered table of questions and answers that leads from what was seen to its cause (10.2).

Kept as one text with a line for each row, ``question | answer``, so that it stands in a revision, a register,
a spreadsheet and over the API as people write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from plumbline.clauses.columns import ProseField
from plumbline.clauses.validation import refusal

if TYPE_CHECKING:
    _WhysField = models.TextField[str, str]
else:
    _WhysField = ProseField

MOST = 12
"""Rows of one table. Whoever needs more has more than one chain of causes."""
LONGEST = 1_000
"""Characters of a question or of an answer."""
_PARTED = re.compile(r"(?<!\\)\|")
_COUNTED = re.compile(r"^(?:\d{1,2}[.)]|[-*•])\s+")
"""How people number lines; the place of a line says the same."""


@dataclass(frozen=True)
class Why:
    """One row; ``question`` may be empty where a register has the answers alone, ``answer`` in a draft."""

    question: str
    answer: str


def parse(text: str) -> tuple[Why, ...]:
    """The rows of a text: a line each, parted by ``|``, else by a tab, else after the first question mark."""
    return tuple(_row(line) for line in map(str.strip, text.splitlines()) if line.strip("| \t"))


def _row(line: str) -> Why:
    line = _COUNTED.sub("", line)
    parts = _PARTED.split(line, maxsplit=1)
    if len(parts) == 1:
        parts = line.split("\t", 1)
    if len(parts) == 1 and "?" in line:
        question, _, answer = line.partition("?")
        parts = [f"{question}?", answer]
    question, answer = parts if len(parts) == 2 else ("", line)
    return Why(*(" ".join(part.replace("\\|", "|").split()) for part in (question, answer)))


def write(rows: Iterable[Why]) -> str:
    """The text that `parse` reads as these rows; those that say nothing are left out."""
    kept = [(" ".join(row.question.split()), " ".join(row.answer.split())) for row in rows]
    return "\n".join(
        f"{question.replace('|', chr(92) + '|')} | {answer.replace('|', chr(92) + '|')}"
        for question, answer in kept
        if question or answer
    )


def root_cause(text: str) -> str:
    """The last answer, which is what removing the cause begins with; empty without rows."""
    answers = [row.answer for row in parse(text) if row.answer]
    return answers[-1] if answers else ""


class WhysField(_WhysField):
    """A table of whys. As a column, and in migrations, an ordinary text."""

    def to_python(self, value: Any) -> Any:
        """The text in the one form in which it is kept, however it was numbered and parted."""
        text = super().to_python(value)
        return write(parse(text)) if isinstance(text, str) else text

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse more rows, and longer ones, than anybody reads."""
        super().validate(value, model_instance)
        rows = parse(value or "")
        if len(rows) > MOST:
            raise refusal("whys.too-many", "These are more than {most} rows. Keep to one chain.", most=MOST)
        for number, row in enumerate(rows, 1):
            if max(len(row.question), len(row.answer)) > LONGEST:
                text = "Row {row} has more than {most} characters on one side. Shorten it."
                raise refusal("whys.too-long", text, row=number, most=LONGEST)
