"""Records that nobody answers for, whatever their kind."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from plumbline.identity.actors import Actor
from plumbline.records.ownership import queries as ownership
from plumbline.web.pages import Permission, page


@page(
    "unowned/",
    name="unowned",
    title="Records that nobody answers for",
    permission=Permission("read", anywhere=True),
)
@never_cache
def unowned(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records without an owner, or whose owner has left, first those of people who have left."""
    context = {
        "page": {"title": "Records that nobody answers for", "crumbs": ()},
        "unowned": ownership.unowned(actor),
    }
    return render(request, "web/people/unowned.html", context)
