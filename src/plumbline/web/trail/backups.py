"""When the installation was last backed up, what that covers, and how to go on from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.portability import entries
from plumbline.portability.entries import LastBackup
from plumbline.portability.stored_backup import LEFT_OUT
from plumbline.trail import log
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page

PERMISSION: Final = Permission("grant", kind="person")
"""Who looks after people looks after what they can lose."""
STALE: Final = timedelta(days=2)
"""A daily backup that is older was missed at least once."""


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
    """When the last backup was made, what it covers, and the commands to make one and go on from it."""
    last = entries.last_backup()
    is_stale = last is None or clock.now() - last.at > STALE
    context = BackupsPage(
        title="Backups",
        crumbs=(Crumb("Record of entries", reverse("trail")),),
        last=last,
        is_stale=is_stale,
        verdict=verdict(last, is_stale=is_stale),
        since=log.size() - (last.size if last else 0),
        data=str(settings.PLUMBLINE.data),
        left_out=tuple(LEFT_OUT.items()),
    )
    return render(request, "web/trail/backups.html", {"page": context})
