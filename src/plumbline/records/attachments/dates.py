"""The two dates of a file beside the day on which it was added, and which of them can be true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from plumbline.kernel import clock
from plumbline.kernel.intervals import FILE_VALIDITY, add_months
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault

SUBJECT = "attachment.valid_until"
"""What the longest interval is called that bounds how far ahead the end of a file may lie."""
Longest = Callable[[str, int], int]


def _delivered(subject: str, delivered: int) -> int:
    return delivered


_longest: Longest = _delivered


def use(longest: Longest) -> None:
    """From now on ``longest`` answers how many months a day of some subject may lie ahead."""
    global _longest
    _longest = longest


@dataclass(frozen=True)
class Dates:
    """Of when a document is, and the last day on which it is valid; either may not be known."""

    document_date: date | None = None
    valid_until: date | None = None

    def as_json(self) -> dict[str, str | None]:
        """As entries, approvals and answers hold them."""
        return {
            "document_date": self.document_date.isoformat() if self.document_date else None,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }


NONE = Dates()


def from_texts(document_date: str, valid_until: str) -> tuple[Dates, list[Fault]]:
    """The dates that were written, and what is wrong with how they are written."""
    found: dict[str, date | None] = {}
    faults = []
    for name, text in (("document_date", document_date), ("valid_until", valid_until)):
        try:
            found[name] = date.fromisoformat(text.strip()) if text.strip() else None
        except ValueError:
            faults.append(
                Fault(name, say("fault.no-day", "is no day"), "write it as YYYY-MM-DD, or leave it empty")
            )
    return Dates(**found) if not faults else NONE, faults


def faults_of(dates: Dates) -> Iterator[Fault]:
    """Why no document can have these dates."""
    today, dated, until = clock.today(), dates.document_date, dates.valid_until
    if dated is not None and dated > today:
        yield Fault(
            "document_date",
            say("file.dated-ahead", "lies in the future"),
            "give the day that stands on the document",
        )
    if until is None:
        return
    if dated is not None and until < dated:
        yield Fault(
            "valid_until",
            say("file.ends-early", "is before the date of the document, {day}", day=dated),
            "give the last day on which it is valid",
        )
    months = _longest(SUBJECT, FILE_VALIDITY)
    if until > add_months(today, months):
        yield Fault(
            "valid_until",
            say(
                "file.ends-late",
                "lies more than {months} months ahead, the longest interval",
                months=months,
            ),
            "choose an earlier day, on which somebody looks at it again",
        )


def strictest(bound: Dates, present: Dates) -> Dates:
    """What counts of the dates that were approved and those that are written now.

    An earlier end, or an earlier date of the document, is believed of anybody; a later one is approved first.
    """
    return Dates(
        _earliest((bound.document_date, present.document_date)),
        _earliest((bound.valid_until, present.valid_until)),
    )


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
