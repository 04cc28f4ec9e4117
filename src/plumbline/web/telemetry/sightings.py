"""AI seen in use: every system that telemetry names, registered or not, and what to do with the unknown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plumbline.controls.visibility import ResultVisibility, not_shown
from plumbline.discovery import commands, queries
from plumbline.identity import policy
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
    context = {
        "page": {"title": "AI seen in use", "crumbs": ()},
        "waiting": [row for row in seen if row.slug in waiting],
        "known": known,
        "hidden": not_shown(sum(row.registered for row in seen) - len(known), "system"),
        "dismissed": [row for row in seen if not row.registered and row.slug not in waiting],
        "total": len(seen),
        "may_act": policy.may(actor, "create", kind="ai-system", anywhere=True).allowed,
        "may_dismiss": commands.may_dismiss(actor).allowed,
    }
    return render(request, "web/telemetry/sightings.html", context)


@page(
    "sightings/<str:slug>/dismiss/",
    name="sighting-dismiss",
    title="Set a sighting aside",
    method="POST",
    samples=("/sightings/unknown-bot/dismiss/",),
)
def sighting_dismiss(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Set a sighting aside with a reason; it comes back after 180 days."""
    entry = commands.dismiss(actor, slug, str(request.POST.get("reason", "")))
    messages.success(request, f"{slug} is set aside for 180 days, entry {entry:,}.")
    return HttpResponseRedirect(reverse("sightings"))
