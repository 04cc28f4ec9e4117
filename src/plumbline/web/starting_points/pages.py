"""The library of starting points: pick several, and they become drafts of one's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from plumbline.clauses import starting_points
from plumbline.clauses.starting_points import StartingPoint
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.records import names as record_names
from plumbline.web import cells
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.records.naming import capitalized


@dataclass(frozen=True)
class Pick:
    """One starting point: whether it is in the records already, and where for who may see it."""

    point: StartingPoint
    is_taken: bool
    reference: str

    @property
    def href(self) -> str:
        """The record that it became; empty for who may not see it."""
        return cells.record_href(self.reference) if self.reference else ""

    @property
    def requirements(self) -> tuple[tuple[str, str, str], ...]:
        """Number, label and address of the requirements that it serves."""
        return tuple(
            (one.partition(":")[2], cells.requirement_label(one), cells.requirement_href(one))
            for one in self.point.requirements
        )


@dataclass(frozen=True)
class Shelf:
    """The starting points of one kind, and whether the reader may make such records."""

    title: str
    slug: str
    may_take: bool
    picks: tuple[Pick, ...]


def _shelves(actor: Actor) -> list[Shelf]:
    taken = starting_points.taken()
    visible = record_names.titles(actor, taken.values())
    points = starting_points.starting_points()
    found = []
    for slug in dict.fromkeys(point.kind for point in points):
        picks = []
        for point in points:
            reference = taken.get(point.id, "")
            if point.kind == slug:
                shown = reference if reference in visible else ""
                picks.append(Pick(point, point.id in taken, shown))
        may = policy.may(actor, "create", kind=slug, anywhere=True).allowed
        found.append(Shelf(capitalized(kinds.get(slug).names), slug, may, tuple(picks)))
    return found


@page(
    "library/",
    name="library",
    title="Starting points",
    method="GET+POST",
    nav=Nav("Plan", 95, "Starting points", "book-marked"),
    permission=Permission("read", anywhere=True),
)
def library(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Risks, objectives, policies and procedures to pick from; what is picked becomes a draft."""
    if request.method == "POST":
        ids = [str(name) for name in request.POST.getlist("pick")]
        if not ids:
            raise Invalid("Nothing was picked.", [Fault("pick", "is empty", "Tick what you need.")])
        made = starting_points.take(actor, ids)
        text = ngettext(
            "{count} draft is yours now. It counts as evidence once somebody else has approved it.",
            "{count} drafts are yours now. They count as evidence once somebody else has approved them.",
            len(made),
        )
        messages.success(request, text.format(count=len(made)))
        return HttpResponseRedirect(reverse("library"))
    shelves = _shelves(actor)
    context = {
        "page": {"title": gettext("Starting points"), "crumbs": ()},
        "shelves": shelves,
        "may_take": any(shelf.may_take for shelf in shelves),
    }
    return render(request, "web/starting_points/library.html", context)
