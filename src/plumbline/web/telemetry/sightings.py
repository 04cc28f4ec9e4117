"""AI seen in use: every system that telemetry names, registered or not, and what to do with the unknown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plumbline.controls.visibility import ResultVisibility, not_shown
from plumbline.discovery import commands, queries
from plumbline.identity import policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.web.pages import Nav, Permission, page


@page(
    "sightings/",
    name="sightings",
    title="AI seen in use",
    nav=Nav("Do", 30, "AI seen in use", "eye"),
    permission=Permission("read", "ai-system", anywhere=True),
)
def sightings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Systems seen in telemetry, the unregistered first."""
    seen = queries.sightings()
    visible, today = ResultVisibility(actor), clock.today()
    known = [row for row in seen if row.registered and visible.covers(row.slug)]
    waiting = {row.slug for row in queries.unregistered(today)}
    proposers = {row.proposed_by for row in seen if row.proposal is not None}
    context = {
        "page": {"title": "AI seen in use", "crumbs": ()},
        "waiting": [row for row in seen if row.slug in waiting],
        "known": known,
        "hidden": not_shown(sum(row.registered for row in seen) - len(known), "system"),
        "dismissed": [row for row in seen if not row.registered and row.slug not in waiting],
        "total": len(seen),
        "may_act": policy.may(actor, "create", kind="ai-system", anywhere=True).allowed,
        "may_propose": commands.may_propose(actor).allowed,
        "names": people.names(proposers),
        "may_confirm": {name: commands.may_confirm(actor, name).allowed for name in proposers},
        "may_withdraw": {name: commands.may_withdraw(actor, name).allowed for name in proposers},
        "longest": today + commands.LONGEST,
    }
    return render(request, "web/telemetry/sightings.html", context)


@page(
    "sightings/<str:slug>/dismiss/",
    name="sighting-dismiss",
    title="Propose to set a sighting aside",
    method="POST",
    samples=("/sightings/unknown-bot/dismiss/",),
)
def sighting_dismiss(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Propose to set a sighting aside with a reason; another person confirms it."""
    until = commands.until_day(str(request.POST.get("until", "")))
    entry = commands.propose(actor, slug, str(request.POST.get("reason", "")), until)
    messages.success(
        request, f"It is proposed to set {slug} aside, entry {entry:,}. Another person confirms it."
    )
    return HttpResponseRedirect(reverse("sightings"))


@page(
    "sightings/<str:slug>/dismiss/confirm/",
    name="sighting-dismiss-confirm",
    title="Confirm that a sighting is set aside",
    method="POST",
    samples=("/sightings/unknown-bot/dismiss/confirm/",),
)
def sighting_dismiss_confirm(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Set a sighting aside as somebody else proposed it; it comes back after the day."""
    entry = commands.confirm(actor, slug, _proposal(request))
    messages.success(request, f"{slug} is set aside, entry {entry:,}.")
    return HttpResponseRedirect(reverse("sightings"))


@page(
    "sightings/<str:slug>/dismiss/withdraw/",
    name="sighting-dismiss-withdraw",
    title="Take back the proposal to set a sighting aside",
    method="POST",
    samples=("/sightings/unknown-bot/dismiss/withdraw/",),
)
def sighting_dismiss_withdraw(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Take back what the reader proposed; the system has counted as unregistered all the time."""
    entry = commands.withdraw(actor, slug, _proposal(request))
    messages.success(request, f"It is no longer proposed to set {slug} aside, entry {entry:,}.")
    return HttpResponseRedirect(reverse("sightings"))


def _proposal(request: HttpRequest) -> int:
    """The trail entry of the proposal that the reader has seen; -1, which is none, for anything else."""
    sent = str(request.POST.get("proposal", ""))
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= 15 else -1
