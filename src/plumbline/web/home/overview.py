"""Pages that lead to others: my work, all kinds of record, search."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plumbline import catalogs
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, queries
from plumbline.records.kinds import Kind
from plumbline.trail import log
from plumbline.web import cells
from plumbline.web.pages import Nav, page

DUE_DAYS = 90
FOUND_MOST = 25
WORK_READ, WORK_SHOWN = 100, 10
"""Own records of a kind that are looked through, and shown."""


@dataclass(frozen=True)
class KindRow:
    """One kind of record with how many there are."""

    kind: Kind
    href: str
    count: int


@dataclass(frozen=True)
class DueRow:
    """A record with a date by which somebody has to act; ``days`` is negative when it is late."""

    day: date
    days: int
    title: str
    reference: str
    kind: str
    clause: str
    href: str

    @property
    def late(self) -> bool:
        """Whether the date has passed."""
        return self.days < 0

    @property
    def words(self) -> str:
        """How far away the date is."""
        size = abs(self.days)
        unit = "day" if size == 1 else "days"
        return f"{size} {unit} overdue" if self.late else "today" if not size else f"in {size} {unit}"


@dataclass(frozen=True)
class FoundRow:
    """One result of a search."""

    title: str
    href: str
    note: str
    state: str
    icon: str


def due_rows(actor: Actor, days: int = DUE_DAYS, limit: int = 20) -> tuple[DueRow, ...]:
    """What is due within ``days``, earliest (and so overdue) first."""
    today = clock.now().date()
    found = queries.due(actor, today + timedelta(days=days), limit=limit)
    return tuple(
        DueRow(
            day, (day - today).days, title, reference, kind.name, kind.clause, cells.record_href(reference)
        )
        for day, kind, reference, title in found
    )


@page(
    "records/",
    name="records",
    title="All records",
    nav=Nav("Act", 70, "All records", "files"),
)
def all_records(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every kind of record, in the order of the clauses."""
    counts = queries.counts_by_kind(actor)
    rows = [
        KindRow(kind, reverse("record-list", args=[kind.plural]), counts.get(kind.slug, 0))
        for kind in kinds.all_kinds()
        if policy.may(actor, "read", kind=kind.slug, anywhere=True).allowed
    ]
    return render(
        request, "web/records/records.html", {"page": {"title": "All records", "crumbs": (), "rows": rows}}
    )


@page(
    "work/",
    name="my-work",
    title="My work",
    nav=Nav("", 20, "My work", "list-checks", key="m"),
)
def my_work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for the reader: own records that can still be worked on, and what is due."""
    mine = []
    for kind in kinds.all_kinds():
        if not policy.may(actor, "read", kind=kind.slug, anywhere=True).allowed:
            continue
        found = queries.list_records(actor, kind, filters={"owner": actor.id}, size=WORK_READ)
        rows = [row for row in found.rows if row.state not in kind.workflow.final | kind.workflow.frozen]
        if rows:
            mine.append((kind, [(row, cells.record_href(row.reference)) for row in rows[:WORK_SHOWN]]))
    context = {"title": "My work", "crumbs": (), "mine": mine, "due": due_rows(actor)}
    return render(request, "web/home/my_work.html", {"page": context})


def _requirements(text: str) -> list[FoundRow]:
    wanted = text.lower()
    found = []
    for row in (*catalogs.controls(), *catalogs.subclauses()):
        if wanted in row.label.lower() or wanted == row.id.lower() or wanted in row.gist.lower():
            what = "Control" if row.kind == "control" else "Clause"
            found.append(FoundRow(row.label, cells.requirement_href(row.id), what, "", "shield-check"))
    return found[:FOUND_MOST]


def _telemetry_or_trail(text: str) -> str:
    """The page of the event with this id or of the entry with this number, or nothing."""
    with suppress(ValueError):
        return reverse("event", args=[UUID(text)])
    if re.fullmatch("[0-9]{1,15}", text) and int(text) < log.size():
        return reverse("trail-entry", args=[int(text)])
    return ""


@page(
    "search/",
    name="search",
    title="Search",
    samples=("/search/", "/search/?q=photos"),
)
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records, controls, clauses and entries by a few words; a whole name leads straight there."""
    text = str(request.GET.get("q", "")).strip()[:200]
    if cells.REFERENCE.fullmatch(text.upper()):
        try:
            queries.find(actor, text.upper())
            return HttpResponseRedirect(cells.record_href(text.upper()))
        except NotFound:
            pass
    for requirement_id in (f"iso42001:{text.upper()}", text):
        if text and catalogs.exists(requirement_id):
            return HttpResponseRedirect(cells.requirement_href(requirement_id))
    if elsewhere := _telemetry_or_trail(text):
        return HttpResponseRedirect(elsewhere)
    rows: list[FoundRow] = []
    if text:
        rows = _requirements(text)
        for found in queries.search(actor, text, limit=FOUND_MOST):
            kind = kinds.get(str(found.cells["kind"]))
            rows.append(
                FoundRow(
                    found.title,
                    cells.record_href(found.reference),
                    f"{kind.name} {found.reference}",
                    found.state,
                    kind.icon,
                )
            )
    context = {"title": "Search", "crumbs": (), "text": text, "rows": rows}
    return render(request, "web/home/search.html", {"page": context})
