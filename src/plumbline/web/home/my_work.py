"""Pages that lead to others: my work, and all kinds of record."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.controls.tasks import queries as tasks
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import kinds, queries
from plumbline.records.kinds import Kind
from plumbline.web.home.due import due_rows
from plumbline.web.pages import Nav, page

ROWS_READ, ROWS_SHOWN = 100, 10
"""Own records of a kind that are looked through, and shown."""


@dataclass(frozen=True)
class KindRow:
    """One kind of record with how many there are."""

    kind: Kind
    href: str
    count: int


@page("records/", name="records", title="All records", nav=Nav("Act", 70, "All records", "files"))
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


@page("work/", name="my-work", title="My work", nav=Nav("", 20, "My work", "list-checks", key="m"))
def my_work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for the reader: what has come to them from others, lapsed acceptances, own records that can
    be worked on, and what is due."""
    mine = []
    for kind in kinds.all_kinds():
        if not policy.may(actor, "read", kind=kind.slug, anywhere=True).allowed:
            continue
        found = queries.list_records(actor, kind, filters={"owner": actor.id}, size=ROWS_READ)
        rows = [row for row in found.rows if row.state not in kind.workflow.final | kind.workflow.frozen]
        if rows:
            mine.append((kind, rows[:ROWS_SHOWN]))
    context = {"title": "My work", "crumbs": (), "mine": mine, "due": due_rows(actor)}
    context["waiting"] = tasks.waiting_for(actor)
    context["lapsed"] = tasks.lapsed_acceptances(actor)
    return render(request, "web/home/my_work.html", {"page": context})
