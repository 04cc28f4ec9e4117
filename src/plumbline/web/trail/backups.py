"""When the installation was last backed up, what that covers, and how to go on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Text, say
from plumbline.portability import requests
from plumbline.portability.entries import LastBackup
from plumbline.portability.requests import STALE, State
from plumbline.portability.stored_backup import LEFT_OUT
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page

PERMISSION: Final = Permission("grant", kind="person")
"""Who looks after people looks after what they can lose."""


__all__ = ["STALE", "backups", "make", "verdict"]


@dataclass(frozen=True)
class BackupsPage:
    """The context of the page; ``since`` is how many entries the trail has beyond the last backup."""

    title: str
    crumbs: tuple[Crumb, ...]
    last: LastBackup | None
    is_stale: bool
    verdict: Text
    since: int
    data: str
    left_out: tuple[tuple[str, str], ...]
    state: State
    asked_by: str
    may_ask: bool


def verdict(last: LastBackup | None, *, is_stale: bool) -> Text:
    """What there is to say of the last backup, in one sentence."""
    if last is None:
        return say(
            "backups.none", "No backup was ever made. Whatever happens to this machine happens to the record."
        )
    if is_stale:
        return say(
            "backups.stale",
            "The last backup is of {day}. What was recorded since lies here alone.",
            day=last.at,
        )
    return say("backups.fresh", "The last backup is of {day}.", day=last.at)


@page(
    "trail/backups/",
    name="backups",
    title="Backups",
    permission=PERMISSION,
)
def backups(request: HttpRequest, actor: Actor) -> HttpResponse:
    """When the last backup was made, what it covers, and how to make one and go on from it."""
    found = requests.state()
    asked = found.request
    names = identity_queries.names([asked.actor]) if asked else {}
    context = BackupsPage(
        title="Backups",
        crumbs=(Crumb("Record of entries", reverse("trail")),),
        last=found.last,
        is_stale=found.is_stale,
        verdict=verdict(found.last, is_stale=found.is_stale),
        since=found.since,
        data=str(settings.PLUMBLINE.data),
        left_out=tuple(LEFT_OUT.items()),
        state=found,
        asked_by=names.get(asked.actor, asked.actor) if asked else "",
        may_ask=policy.may(actor, "pack").allowed,
    )
    return render(request, "web/trail/backups.html", {"page": context})


@page(
    "trail/backups/make/",
    name="backup-make",
    title="Make a backup",
    method="POST",
    permission=Permission("pack"),
)
def make(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a backup, which the worker makes."""
    asked = requests.ask(actor)
    text = say("backups.asked", "The backup {id} is being made. Its result will stand here.", id=asked.id)
    messages.success(request, str(text))
    return HttpResponseRedirect(reverse("backups"))
