"""The list of records as evidence: those closest to the end of their validity first, now or as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid
from plumbline.web import as_of as days
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import earlier
from plumbline.web.requirements.evidence_rows import SHOWN, EvidenceRow, newest_rows
from plumbline.web.view import parse_int

MOST_PAGES = 100
"""The list is merged from all kinds anew for every page, so it ends somewhere."""


@dataclass(frozen=True)
class EvidencePage:
    """The context of the list of evidence."""

    title: str
    crumbs: tuple[Crumb, ...]
    rows: Sequence[EvidenceRow]
    requirement: str
    requirement_label: str
    older: str
    newer: str


@page(
    "evidence/",
    name="evidence",
    title="Evidence",
    nav=Nav("Check", 30, "Evidence", "file-check-2", key="e"),
    permission=Permission("read", anywhere=True),
    samples=("/evidence/", "/evidence/?as_of=2026-11-19"),
    as_of=True,
)
def evidence(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records as evidence, those closest to their end first, for one requirement or for all."""
    requirement = str(request.GET.get("requirement", "")).strip()
    if requirement and not catalogs.exists(requirement):
        raise Invalid(
            "The list was not filtered.", [Fault("requirement", "is unknown", "such as iso42001:9.1")]
        )
    place = min(max(parse_int(request.GET.get("page", "1")), 1), MOST_PAGES)
    as_of = days.of_request(request)
    if as_of.instant is None:
        found: Sequence[EvidenceRow] = newest_rows(actor, requirement, place * SHOWN + 1)
    else:
        found = earlier.evidence_rows(earlier.known(actor, requirement, as_of.instant), as_of.instant)
    shown = found[(place - 1) * SHOWN : place * SHOWN]

    def address(number: int) -> str:
        query = {"requirement": requirement, days.PARAMETER: as_of.text, "page": str(number)}
        return f"{reverse('evidence')}?{urlencode({name: value for name, value in query.items() if value})}"

    context = EvidencePage(
        title="Evidence",
        crumbs=(),
        rows=shown,
        requirement=requirement,
        requirement_label=cells.requirement_label(requirement) if requirement else "",
        older=address(place + 1) if len(found) > place * SHOWN else "",
        newer=address(place - 1) if place > 1 else "",
    )
    return render(request, "web/requirements/evidence.html", {"page": context})
