"""What a preview says of all rows together, for the page: counts by column, reasons, doubles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from plumbline.imports.notices import SORTS
from plumbline.imports.summary import DateOrder, Reason, Summary
from plumbline.web import cells

LABELS: dict[str, Promise] = {
    "refused": gettext_lazy("Refused"),
    "not understood": gettext_lazy("Not understood"),
    "partial": gettext_lazy("Less than a day"),
    "dropped": gettext_lazy("Dropped"),
    "guessed": gettext_lazy("Guessed"),
    "defaulted": gettext_lazy("Defaulted"),
    "shortened": gettext_lazy("Shortened"),
    "kept": gettext_lazy("Kept as changed here"),
    "taken": gettext_lazy("Replaces a change made here"),
    "held": gettext_lazy("Held back by a rule"),
    "awaited": gettext_lazy("Comes with another list"),
    "opened": gettext_lazy("Revision of an approved record"),
}
_ORDERS = {
    "dmy": gettext_lazy("day first"),
    "mdy": gettext_lazy("month first"),
    "ymd": gettext_lazy("year first"),
}
_KNOWN = {
    "confirmed": gettext_lazy("as confirmed"),
    "read": gettext_lazy("as the other dates of the column show"),
    "mixed": gettext_lazy("not clear: some dates of the column have the day first, others the month"),
    "ambiguous": gettext_lazy(
        "not clear: nothing in the column says whether the day or the month comes first"
    ),
}


@dataclass(frozen=True)
class ColumnLine:
    """One field with the column that fills it, and how many texts became what."""

    label: str
    column: str
    filled: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ReasonLine:
    """Rows of which the same is said."""

    label: str
    reason: Reason


@dataclass(frozen=True)
class DateLine:
    """How the days of one column are read."""

    column: str
    order: str
    known: str
    example: str
    clear: bool


@dataclass(frozen=True)
class DoubleLine:
    """A new row that is likely a double of a record."""

    line: int
    title: str
    reference: str
    href: str


@dataclass(frozen=True)
class Account:
    """The whole of it; ``sorts`` are the headings of the counts of ``columns``."""

    sorts: tuple[str, ...]
    columns: tuple[ColumnLine, ...]
    reasons: tuple[ReasonLine, ...]
    more_reasons: int
    unused: tuple[str, ...]
    doubles: tuple[DoubleLine, ...]
    doubles_in_all: int
    dates: tuple[DateLine, ...]
    gone: tuple[tuple[str, str], ...]
    """Reference and address of what is no longer in the file."""


def of(summary: Summary, kept: Collection[str] = ()) -> Account:
    """The account of a preview in the language of the page; ``kept`` is no longer asked of."""
    sorts = tuple(sort for sort in ("refused", *SORTS) if summary.counts().get(sort))
    return Account(
        sorts=tuple(str(LABELS[sort]) for sort in sorts),
        columns=tuple(
            ColumnLine(one.label, one.column, one.filled, tuple(one.counts.get(sort, 0) for sort in sorts))
            for one in summary.columns
            if one.filled or one.counts
        ),
        reasons=tuple(ReasonLine(str(LABELS[one.sort]), one) for one in summary.reasons),
        more_reasons=summary.reasons_in_all - len(summary.reasons),
        unused=summary.unused,
        doubles=tuple(
            DoubleLine(one["line"], one["title"], one["reference"], cells.record_href(one["reference"]))
            for one in summary.doubles
        ),
        doubles_in_all=summary.doubles_in_all,
        dates=tuple(map(_date, summary.dates)),
        gone=tuple(
            (reference, cells.record_href(reference)) for reference in summary.gone if reference not in kept
        ),
    )


def _date(one: DateOrder) -> DateLine:
    order = str(_ORDERS[one.order]) if one.order else ""
    return DateLine(one.column, order, str(_KNOWN[one.known]), one.example, bool(one.order))
