"""What has become of a record: its revisions with what each of them changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity.actors import Actor
from plumbline.records import names, queries
from plumbline.records.kinds import Kind
from plumbline.web import cells, references
from plumbline.web.frame import Cell, Crumb
from plumbline.web.pages import page

VERB_WORDS = {
    "created": "recorded it",
    "amended": "changed it",
    "moved": "moved it",
    "imported": "imported it",
}
VERB_ICONS = {"created": "plus", "amended": "pencil", "moved": "arrow-right"}


@dataclass(frozen=True)
class ChangeRow:
    """One field of a revision, before and after."""

    label: str
    before: Cell
    after: Cell


@dataclass(frozen=True)
class HistoryRow:
    """One revision in the history."""

    number: int
    who: str
    what: str
    icon: str
    state: str
    note: str
    at: datetime
    leaf: int
    changes: tuple[ChangeRow, ...]


def history_row(kind: Kind, entry: queries.HistoryEntry) -> HistoryRow:
    """One revision as the page shows it."""
    changes = tuple(
        ChangeRow(
            change.label[:1].upper() + change.label[1:],
            cells.dated_cell(kind, change.field, change.before),
            cells.dated_cell(kind, change.field, change.after),
        )
        for change in entry.changes
    )
    what = VERB_WORDS.get(entry.verb, entry.verb)
    if entry.verb == "moved":
        what = f"moved it to {entry.state}"
    return HistoryRow(
        entry.number,
        entry.actor_name,
        what,
        VERB_ICONS.get(entry.verb, "history"),
        entry.state,
        entry.note,
        entry.at,
        entry.leaf,
        changes,
    )


def titled(rows: tuple[HistoryRow, ...], known: references.Names) -> tuple[HistoryRow, ...]:
    """The history with titles where its changes name records."""
    return tuple(
        replace(
            row,
            changes=tuple(
                replace(
                    one,
                    before=references.titled(one.before, known),
                    after=references.titled(one.after, known),
                )
                for one in row.changes
            ),
        )
        for row in rows
    )


def cells_of(rows: tuple[HistoryRow, ...]) -> list[Cell]:
    """Every cell of a history that may name a record."""
    return [cell for row in rows for one in row.changes for cell in (one.before, one.after)]


@page(
    "records/<reference:reference>/history/",
    name="record-history",
    title="History of a record",
    samples=("/records/{nonconformity}/history/",),
)
def record_history(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Every revision of a record with what it changed."""
    found, kind = queries.find(actor, reference)
    rows = tuple(history_row(kind, entry) for entry in queries.history(actor, reference, limit=500))
    rows = titled(rows, names.titles(actor, references.references(cells_of(rows))))
    crumbs = (
        Crumb(kind.names[:1].upper() + kind.names[1:], reverse("record-list", args=[kind.plural])),
        Crumb(found.reference, cells.record_href(found.reference)),
    )
    context = {
        "title": f"History of {found.reference}",
        "here": "History",
        "crumbs": crumbs,
        "rows": rows,
        "record": found,
    }
    return render(request, "web/records/history.html", {"page": context})
