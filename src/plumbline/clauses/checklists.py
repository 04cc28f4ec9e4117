"""The checklist of an audit: a line for each statement and control of its criteria, kept as one text.

A line reads ``9.1/1: met: what was looked at``, so that it stands in a revision, a register, a spreadsheet
and over the API as people write it. The lines follow from the criteria; nobody has to write one anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models

from plumbline import catalogs
from plumbline.clauses.columns import ProseField
from plumbline.clauses.validation import refusal

if TYPE_CHECKING:
    _ChecklistField = models.TextField[str, str]
else:
    _ChecklistField = ProseField

PREFIX = "iso42001:"
RESULTS = {
    "": "Open",
    "met": "Met",
    "partly": "Partly met",
    "not met": "Not met",
    "not looked at": "Not looked at",
}
"""What can come of a line, with its words; empty while nobody has looked."""
LONGEST = 2_000
"""Characters of what was looked at for one line."""


@dataclass(frozen=True)
class Line:
    """A line: the number of a statement (``9.1/1``) or a control (``A.2.2``), what came of it, and what was
    looked at."""

    number: str
    result: str = ""
    seen: str = ""

    @property
    def requirement(self) -> str:
        """The id of the sub-clause or control that it belongs to."""
        return PREFIX + self.number.partition("/")[0]

    @property
    def gist(self) -> str:
        """What is asked, in our words; empty for a line that the catalog does not know."""
        return known().get(self.number, "")


@cache
def known() -> dict[str, str]:
    """Every line there can be, in the order of the standard, with what it asks."""
    asked = {row.number: row.gist for row in catalogs.statements()}
    return asked | {row.number: row.gist for row in catalogs.controls()}


def parse(text: str) -> tuple[Line, ...]:
    """The lines of a text, in the order in which they stand there."""
    return tuple(_line(row) for row in text.splitlines() if row.strip(": \t"))


def _line(row: str) -> Line:
    number, result, seen = ([part.strip() for part in row.removeprefix(PREFIX).split(":", 2)] + ["", ""])[:3]
    return Line(number, result.casefold(), " ".join(seen.split()))


def write(lines: Iterable[Line]) -> str:
    """The text that `parse` reads as these lines."""
    rows = ((line.number, line.result, line.seen) for line in lines)
    return "\n".join(": ".join(parts[: 3 if parts[2] else 2]).rstrip() for parts in rows)


def completed(text: str, criteria: Iterable[str]) -> str:
    """The checklist for ``criteria`` (requirement ids): what was written stays, what is missing is added, and
    a line that nobody has touched goes when its criterion does."""
    wanted, written = set(criteria), {line.number: line for line in parse(text)}
    lines = [written.get(number, Line(number)) for number in known()]
    return write(
        line for line in lines if line.requirement in wanted or (line.number in written and _touched(line))
    )


def _touched(line: Line) -> bool:
    return replace(line, number="") != Line("")


class ChecklistField(_ChecklistField):
    """The lines of a checklist. As a column, and in migrations, an ordinary text."""

    def to_python(self, value: Any) -> Any:
        """The text in the one form in which it is kept."""
        text = super().to_python(value)
        return write(parse(text)) if isinstance(text, str) else text

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse lines of nothing in the catalog, other words as results, and lines that come twice."""
        super().validate(value, model_instance)
        seen = set[str]()
        for line in parse(value or ""):
            if line.number not in known():
                text = "{number} is no statement or control of ISO/IEC 42001."
                raise refusal("checklist.unknown", text, number=line.number[:40])
            if line.result not in RESULTS:
                text = "{number} has a result that is none of: met, partly, not met, not looked at."
                raise refusal("checklist.result", text, number=line.number)
            if line.number in seen or len(line.seen) > LONGEST:
                text = "{number} stands there twice, or says more than {most} characters."
                raise refusal("checklist.line", text, number=line.number, most=LONGEST)
            seen.add(line.number)
