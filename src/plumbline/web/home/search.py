"""Search: records, controls, clauses and entries by a few words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, queries
from plumbline.trail import log
from plumbline.web import cells
from plumbline.web.pages import page

MOST = 25


def _requirements(text: str) -> Iterator[Requirement]:
    """Controls and sub-clauses with these words in their number, title or gist."""
    wanted = text.lower()
    for row in (*catalogs.controls(), *catalogs.subclauses()):
        if wanted in row.label.lower() or wanted == row.id.lower() or wanted in row.gist.lower():
            yield row


def _page_of(actor: Actor, text: str) -> str:
    """The page of the one thing that has this name, or nothing."""
    if cells.REFERENCE.fullmatch(text.upper()):
        with suppress(NotFound):
            queries.find(actor, text.upper())
            return cells.record_href(text.upper())
    for requirement_id in (f"iso42001:{text.upper()}", text):
        if text and catalogs.exists(requirement_id):
            return cells.requirement_href(requirement_id)
    with suppress(ValueError):
        return reverse("event", args=[UUID(text)])
    if re.fullmatch("[0-9]{1,15}", text) and int(text) < log.size():
        return reverse("trail-entry", args=[int(text)])
    return ""


@page("search/", name="search", title="Search", samples=("/search/", "/search/?q=photos"))
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records, controls, clauses and entries by a few words; a whole name leads straight there."""
    text = str(request.GET.get("q", "")).strip()[:200]
    if address := _page_of(actor, text):
        return HttpResponseRedirect(address)
    requirements = list(_requirements(text))[:MOST] if text else []
    records = queries.search(actor, text, limit=MOST) if text else []
    context = {
        "title": "Search",
        "crumbs": (),
        "text": text,
        "requirements": requirements,
        "records": [(row, kinds.get(str(row.cells["kind"]))) for row in records],
        "found": len(requirements) + len(records),
    }
    return render(request, "web/home/search.html", {"page": context})
