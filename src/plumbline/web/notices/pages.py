"""What newly waited for the reader, with what was read; and how they want to be told by mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from plumbline.delivery.waiting import commands, queries
from plumbline.identity.actors import Actor
from plumbline.web import shell
from plumbline.web.pages import page


@page("notices/", name="notices", title="Notices")
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What newly waited for the reader, newest first, and whether it still does."""
    unread = request.GET.get("unread") == "1"
    context = {
        "title": gettext("Notices"),
        "crumbs": (),
        "rows": queries.notices(actor, unread=unread),
        "unread_only": unread,
        "most": queries.PAGE,
    }
    return render(request, "web/notices/notices.html", {"page": context})


@page("notices/read/", name="notices-read", title="Mark all notices as read", method="POST")
def read_all(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Mark all of one's own notices as read."""
    commands.mark_all_read(actor)
    return _back(request, actor, gettext("All notices are marked as read."))


@page(
    "notices/<str:handle>/read/",
    name="notice-read",
    title="Mark a notice as read",
    method="POST",
    samples=("/notices/ntc_0/read/",),
)
def read_one(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Mark one of one's own notices as read."""
    commands.mark_read(actor, handle)
    return _back(request, actor, gettext("The notice is marked as read."))


def _back(request: HttpRequest, actor: Actor, text: str) -> HttpResponse:
    shell.forget_unread(actor)
    messages.success(request, text)
    return HttpResponseRedirect(reverse("notices"))
