"""A file with all lists: preview of every list, confirmed together, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from plumbline.identity.actors import Actor
from plumbline.imports.together import commands, queries
from plumbline.imports.together.queries import ListsView
from plumbline.web.frame import Crumb
from plumbline.web.pages import page

_TITLES = {
    "previewed": gettext_lazy("Check what these lists will do"),
    "running": gettext_lazy("Lists are being written"),
    "waiting": gettext_lazy("A list waits for a second person"),
    "stopped": gettext_lazy("A list was stopped"),
    "done": gettext_lazy("All lists are done"),
    "discarded": gettext_lazy("These lists were given up"),
}


@dataclass(frozen=True)
class ListsPage:
    """The context of the page."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    lists: ListsView
    may_confirm: bool
    may_discard: bool


@page(
    "imports/lists/<slug:handle>/",
    name="lists",
    title="Import all lists of a file",
    samples=("/imports/lists/{lists}/",),
)
def lists(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Every list of the file with what it would do, or did; nothing is written before they are confirmed."""
    shown = queries.view(actor, handle)
    unbegun = any(one.job.confirmed_at is None and one.job.state not in queries.OVER for one in shown.lists)
    stopped = (
        shown.blocked is not None and shown.state == "stopped" and shown.blocked.job.confirmed_at is None
    )
    context = ListsPage(
        str(_TITLES[shown.state]),
        shown.file_name,
        (Crumb("Imports", "/imports/"),),
        shown,
        shown.state == "previewed" or stopped,
        unbegun,
    )
    return render(request, "web/imports/lists.html", {"page": context})


@page(
    "imports/lists/<slug:handle>/confirm/",
    name="lists-confirm",
    title="Write all lists of a file",
    method="POST",
    samples=("/imports/lists/{lists}/confirm/",),
)
def confirm(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Have the lists written in the background, one after the other."""
    commands.confirm(actor, handle)
    messages.success(request, gettext("The lists are written one after the other, in the background."))
    return HttpResponseRedirect(reverse("lists", args=[handle]))


@page(
    "imports/lists/<slug:handle>/discard/",
    name="lists-discard",
    title="Give up the lists of a file",
    method="POST",
    samples=("/imports/lists/{lists}/discard/",),
)
def discard(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give up the lists that were not begun."""
    commands.discard(actor, handle)
    messages.success(request, gettext("The lists that were not begun were given up."))
    return HttpResponseRedirect(reverse("imports"))
