"""Receipts of telemetry: one sealed segment with its entry, and the proof of one event."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from plumbline.controls import limits
from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.telemetry import receipts
from plumbline.trail import log
from plumbline.web.frame import Crumb, proof
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.systems import Systems, system_names
from plumbline.web.telemetry import samples
from plumbline.web.telemetry.first_event import first_event_href

SEGMENT = "telemetry.segment"


@page(
    "telemetry/",
    name="segments",
    title="Telemetry received",
    nav=Nav("Check", 20, "Telemetry received", "inbox"),
    permission=Permission("read", anywhere=True),
)
def segments(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest sealed segments, and a field that finds the receipt of an event."""
    wanted = str(request.GET.get("event", "")).strip()
    if wanted:
        try:
            return HttpResponseRedirect(reverse("event", args=[UUID(wanted)]))
        except ValueError:
            raise Invalid(
                "No receipt was looked for.",
                [Fault("event", "is not the id of an event", "Give the UUID that was sent with it.")],
            ) from None
    found = log.search(SEGMENT, limit=25)
    names = identity_queries.names(view.actor for view in found)
    rows = [(view, names.get(view.actor, view.actor), dict(view.facts)) for view in found]
    return render(
        request,
        "web/telemetry/segments.html",
        {
            "page": {"title": "Telemetry received", "crumbs": ()},
            "rows": rows,
            "first_event": first_event_href(actor),
        },
    )


@page(
    "telemetry/<int:index>/",
    name="segment",
    title="One batch of events",
    permission=Permission("read", anywhere=True),
    samples=("/telemetry/{segment}/",),
)
def segment(request: HttpRequest, actor: Actor, index: int) -> HttpResponse:
    """The receipt of one sealed segment: what was taken, what was removed, which entry holds its root."""
    view = log.leaf(index)
    if view.entry_type != SEGMENT:
        raise NotFound("This entry holds no telemetry.")
    facts = dict(view.facts)
    removed = facts.pop("removed", {})
    systems, readable = system_names(actor), policy.may_everywhere(actor, "read-sensitive").allowed
    context = {
        "title": "Telemetry receipt",
        "here": f"Entry {index:,}",
        "crumbs": (Crumb("Telemetry received", reverse("segments")),),
        "view": view,
        "who": identity_queries.names([view.actor]).get(view.actor, view.actor),
        "facts": facts,
        "systems": _by_system(facts.get("systems"), systems),
        "samples": samples.of_segment(index, int(facts.get("count") or 0), systems, readable),
        "removed": sorted(removed.items()) if isinstance(removed, dict) else (),
        "proof": proof(index),
    }
    return render(request, "web/telemetry/segment.html", {"page": context})


def _by_system(counts: Any, systems: Systems) -> list[tuple[str, int, str, str]]:
    """Name, count, address of the record and of the checks of every system in a segment."""
    if not isinstance(counts, dict):
        return []
    return [
        (*systems.get(slug, (slug, ""))[:1], count, systems.get(slug, ("", ""))[1], _checks_href(slug))
        for slug, count in sorted(counts.items())
    ]


def _checks_href(slug: str) -> str:
    return f"{reverse('checks')}?{urlencode({'subject': slug})}"


@page(
    "telemetry/events/<uuid:event_id>/",
    name="event",
    title="One event",
    permission=Permission("read", anywhere=True),
    samples=("/telemetry/events/{event}/",),
)
def event(request: HttpRequest, actor: Actor, event_id: UUID) -> HttpResponse:
    """The proof of one event, from its bytes to the entry of its segment."""
    found = receipts.for_event(settings.PLUMBLINE.data, event_id)
    readable = policy.may_everywhere(actor, "read-sensitive").allowed
    body, about = "", {}
    if found.opening is not None:
        about = _about(json.loads(found.opening), found.leaf, system_names(actor), readable)
    if found.opening is not None and readable:
        body = json.dumps(json.loads(found.opening), indent=2, ensure_ascii=False)
    context = {
        "title": "Event receipt",
        "here": str(event_id)[:8],
        "crumbs": (Crumb("Telemetry received", reverse("segments")),),
        "found": found,
        "body": body,
        "about": about,
        "said": samples.following(event_id) if readable else (),
        "readable": readable,
        "proof": proof(found.leaf),
    }
    return render(request, "web/telemetry/event.html", {"page": context})


def _about(event: dict[str, Any], leaf: int, systems: Systems, readable: bool) -> dict[str, Any]:
    """What an event is and where it leads, for a reader who may see its system."""
    slug = event["system"]
    if not readable and slug not in systems:
        return {}
    name, href = systems.get(slug, (slug, ""))
    at, received = clock.parse_rfc3339(event["time"]), log.leaf(leaf).time
    return {
        "received": received,
        "late": limits.is_late(slug, at, received),
        "type": event["type"],
        "at": at,
        "system": name,
        "href": href,
        "checks": _checks_href(slug),
        "outcome": event.get("outcome", "") if readable else "",
        "of": event.get("about", ""),
    }


@page(
    "telemetry/events/<uuid:event_id>/proof/",
    name="event-proof",
    title="Proof of one event",
    method="file",
    permission=Permission("export", anywhere=True),
    samples=("/telemetry/events/{event}/proof/",),
)
def event_proof(request: HttpRequest, actor: Actor, event_id: UUID) -> HttpResponse:
    """The same proof as a JSON file, without the event's content for those who may not read it."""
    found = receipts.for_event(settings.PLUMBLINE.data, event_id).as_dict()
    if not policy.may_everywhere(actor, "read-sensitive"):
        found["opening"] = found["salt"] = None
    response = JsonResponse(found, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="event-{event_id}.json"'
    return response
