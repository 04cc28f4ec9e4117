"""The history of a record: its revisions with what each of them changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from plumbline.identity.actors import Actor
from plumbline.records import queries
from plumbline.records.kinds import Kind
from plumbline.web import cells, references, shell
from plumbline.web.frame import Cell, Crumb
from plumbline.web.pages import page
from plumbline.web.records import naming, person_names

HISTORY_PAGE = 500
"""Revisions on the page of the history at the most."""
_VERBS = {
    "created": gettext_lazy("recorded it"),
    "amended": gettext_lazy("changed it"),
    "imported": gettext_lazy("imported it"),
    "followed": gettext_lazy("moved the system it is about to another unit"),
    "retracted": gettext_lazy("took the last act back"),
    "assigned": gettext_lazy("gave it to whoever answers for it now"),
}
_MOVED = gettext_noop("moved it to {state}")
_ICONS: Mapping[str, str] = {
    "created": "plus",
    "amended": "pencil",
    "moved": "arrow-right",
    "retracted": "undo-2",
}


@dataclass(frozen=True)
class ShownChange:
    """One field of a revision, before and after."""

    label: str
    before: Cell
    after: Cell


@dataclass(frozen=True)
class ShownRevision:
    """A revision with its changes as cells."""

    entry: queries.HistoryEntry
    changes: tuple[ShownChange, ...]

    @property
    def what(self) -> str:
        """What was done, as it stands behind a name: ``moved it to in review``."""
        if self.entry.verb == "moved":
            return gettext(_MOVED).format(state=gettext(self.entry.state))
        return str(_VERBS.get(self.entry.verb, self.entry.verb))

    @property
    def icon(self) -> str:
        """The icon of what was done."""
        return _ICONS.get(self.entry.verb, "history")


def shown(kind: Kind, entries: Sequence[queries.HistoryEntry]) -> tuple[ShownRevision, ...]:
    """Revisions as pages show them; names are asked for where a field that holds a person was changed."""
    sides = [
        {change.field: value}
        for entry in entries
        for change in entry.changes
        for value in (change.before, change.after)
    ]
    values = iter(person_names.named(kind, sides))
    return tuple(
        ShownRevision(
            entry,
            tuple(
                ShownChange(
                    naming.capitalized(change.label),
                    cells.dated_cell(kind, change.field, next(values)[change.field]),
                    cells.dated_cell(kind, change.field, next(values)[change.field]),
                )
                for change in entry.changes
            ),
        )
        for entry in entries
    )


def cells_of(revisions: Iterable[ShownRevision]) -> list[Cell]:
    """Every cell of a history that may name a record."""
    return [cell for row in revisions for change in row.changes for cell in (change.before, change.after)]


@page(
    "records/<reference:reference>/history/",
    name="record-history",
    title="History of a record",
    samples=("/records/{nonconformity}/history/",),
)
def record_history(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Every revision of a record with what it changed."""
    record, kind = queries.find(actor, reference)
    revisions = shown(kind, queries.revisions(record, kind, limit=HISTORY_PAGE))
    shell.names_of(request, actor).learn_references(references.of_cells(cells_of(revisions)))
    context = {
        "title": gettext("History of {reference}").format(reference=record.reference),
        "here": gettext("History"),
        "crumbs": (
            naming.list_crumb(kind),
            Crumb(record.reference, reverse("record", args=[record.reference])),
        ),
        "revisions": revisions,
        "record": record,
    }
    return render(request, "web/records/history.html", {"page": context})
