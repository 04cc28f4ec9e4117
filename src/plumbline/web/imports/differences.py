"""What stands here other than in the file of an import, by whose decision: for the whole, and row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from plumbline.identity.actors import Actor
from plumbline.imports import matching, queries
from plumbline.imports.differences import files
from plumbline.imports.differences import queries as differences
from plumbline.imports.differences.queries import Compared, ComparedRow, Difference
from plumbline.imports.mapping import FieldMap
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import page
from plumbline.web.records.lists import Pager
from plumbline.web.view import parse_int

SHOWN = 50
SORTS: dict[str, Promise] = {
    "read": gettext_lazy("Read as something else"),
    "left out": gettext_lazy("Left out"),
    "here": gettext_lazy("Changed here"),
}
_ORDERS = {
    "dmy": gettext_lazy("days come first"),
    "mdy": gettext_lazy("months come first"),
    "ymd": gettext_lazy("years come first"),
}


@dataclass(frozen=True)
class Decision:
    """What was decided for the whole register about one field: from which column, and how it is read."""

    label: str
    column: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class ShownDifference:
    """A difference with the words of the page."""

    one: Difference
    what: str


@dataclass(frozen=True)
class ShownRow:
    """One row of the file with what is not as it says."""

    row: ComparedRow
    href: str
    differences: tuple[ShownDifference, ...]


@dataclass(frozen=True)
class DifferencesPage:
    """The context of the page."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    compared: Compared
    by: str
    at: datetime | None
    decisions: tuple[Decision, ...]
    unused: tuple[str, ...]
    left: tuple[tuple[str, int, str], ...]
    """What became of rows without a record, how many they are, and where they are listed."""
    rows: tuple[ShownRow, ...]
    as_in_file: int
    """Fields of these rows that stand here as in the file."""
    entries: int
    pager: Pager


@page(
    "imports/<slug:handle>/differences/",
    name="import-differences",
    title="What is not as in the file",
    samples=("/imports/{written}/differences/",),
)
def differing(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """What differs from the file, and which person decided it."""
    found = differences.compared(actor, handle)
    number = max(1, parse_int(request.GET.get("page"), 1))
    rows = differences.rows(actor, handle, page=number, size=SHOWN)
    base = reverse("import", args=[handle])
    labels = {"repeat": gettext("Repeat an earlier row"), "skip": gettext("Left out by the map")}
    context = DifferencesPage(
        title=gettext("What is not as in the file"),
        here=gettext("What is not as in the file"),
        crumbs=(Crumb("Imports", reverse("imports")), Crumb(found.file_name, base)),
        compared=found,
        by=found.by,
        at=found.at,
        decisions=tuple(_decisions(found)),
        unused=queries.job(actor, handle).summary.unused,
        left=tuple(
            (labels.get(outcome, gettext("Cannot be imported")), count, f"{base}?outcome={outcome}")
            for outcome, count in found.left.items()
        ),
        rows=tuple(_shown(row) for row in rows if row.differences),
        as_in_file=sum(row.compared for row in rows) - sum(len(row.differences) for row in rows),
        entries=len(rows),
        pager=_pager(handle, number, found.rows),
    )
    return render(request, "web/imports/differences.html", {"page": context})


@page(
    "imports/<slug:handle>/differences.csv",
    name="import-differences-file",
    title="What is not as in the file, as CSV",
    method="file",
    samples=("/imports/{written}/differences.csv",),
)
def differences_file(request: HttpRequest, actor: Actor, handle: str) -> HttpResponseBase:
    """Each field that is not as in the file, with what stands in both, why, by whom and when."""
    response = StreamingHttpResponse(files.as_csv(actor, handle), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="differences.csv"'
    return response


def _decisions(found: Compared) -> Iterator[Decision]:
    for item in found.register.fields:
        said = tuple(_said(found, item))
        column = ", ".join(item.columns)
        yield Decision(cells.label(found.kind, item.name), column, said)


def _said(found: Compared, item: FieldMap) -> Iterator[str]:
    """How the texts of a column become values, as far as it is not word for word."""
    labels = dict(matching.chosen_among(found.kind, item.name))
    if item.constant is not None:
        yield gettext("the same for every row: {value}").format(
            value=labels.get(item.constant, item.constant)
        )
    for word, value in item.values.items():
        yield gettext("“{word}” is {value}").format(word=word, value=labels.get(value, value))
    if item.date_order:
        yield str(_ORDERS[item.date_order])
    if item.default:
        yield gettext("an empty cell is {value}").format(value=labels.get(item.default, item.default))
    if item.slug:
        yield gettext("made into a short name")
    if item.split:
        yield gettext("several values, separated by {sign}").format(sign=item.split)


def _shown(row: ComparedRow) -> ShownRow:
    found = tuple(ShownDifference(one, str(SORTS[one.sort])) for one in row.differences)
    return ShownRow(row, cells.record_href(row.reference), found)


def _pager(handle: str, number: int, total: int) -> Pager:
    pages = max(1, -(-total // SHOWN))
    base = reverse("import-differences", args=[handle]) + "?page="
    return Pager(
        number, pages, total, False, min(total, (number - 1) * SHOWN + 1), min(total, number * SHOWN),
        f"{base}{number - 1}" if number > 1 else "", f"{base}{number + 1}" if number < pages else "",
    )  # fmt: skip
