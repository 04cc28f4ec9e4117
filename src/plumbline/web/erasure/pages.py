"""Erasure, as a data protection officer sees it: what would go, requests, decisions, holds, retention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from plumbline.erasure import commands, grounds, queries
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, Problem
from plumbline.telemetry.store.remote import open_reader
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.view import parse_int

ERASE = Permission("erase")
KINDS = (
    ("subject", "Data subject of telemetry"),
    ("event", "Decision or other event"),
    ("record", "Content of a record"),
    ("person", "Account of a person"),
    ("class", "Telemetry before a day"),
)
_TYPED = ("kind", "target", "before", "ground", "reason")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(request.POST.get(name, "")).strip() for name in _TYPED}


def _arguments(typed: Mapping[str, str]) -> dict[str, Any]:
    try:
        before = date.fromisoformat(typed["before"]) if typed["before"] else None
    except ValueError:
        raise Invalid(
            "The request was not made.", [Fault("before", "is no day", "write 2026-03-31")]
        ) from None
    return {**typed, "before": before}


def _listed(
    request: HttpRequest,
    actor: Actor,
    typed: Mapping[str, str],
    seen: queries.Preview | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    rows = queries.requests(actor)
    context = {
        "title": "Erasure",
        "crumbs": (),
        "rows": rows,
        "names": people.names([row.actor for row in rows]),
        "holds": queries.holds(actor),
        "periods": queries.retention_periods().items(),
        "kinds": KINDS,
        "grounds": grounds.GROUNDS.items(),
        "typed": typed,
        "seen": seen,
        "faults": problem.faults if problem else (),
        "detail": problem.detail if problem else "",
    }
    status = problem.status if problem else 200
    return render(request, "web/erasure/erasures.html", {"page": context}, status=status)


@page(
    "erasure/",
    name="erasures",
    title="Erasure",
    method="GET+POST",
    nav=Nav("Check", 60, "Erasure", "circle-minus"),
    permission=ERASE,
)
@never_cache
def erasures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Requests, holds and periods; a form that shows what an erasure would reach, and asks for it."""
    if request.method != "POST":
        return _listed(request, actor, {})
    typed = _typed(request)
    try:
        if request.POST.get("act") == "request":
            row = commands.request(actor, **_arguments(typed))
            messages.success(request, "The request was made. A second person decides it.")
            return HttpResponseRedirect(reverse("erasure", args=[row.handle]))
        draft = commands.draft(actor, **_arguments(typed))
        with open_reader(Path(settings.PLUMBLINE.data)) as reader:
            return _listed(request, actor, typed, queries.preview(actor, draft, reader))
    except Problem as problem:
        return _listed(request, actor, typed, problem=problem)


@page(
    "erasure/<str:handle>/",
    name="erasure",
    title="One request for erasure",
    permission=ERASE,
    samples=("/erasure/{erasure}/",),
)
@never_cache
def erasure(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """One request: what was asked, who decided, what became of it, and who has to be told."""
    row = queries.request(actor, handle)
    answer = commands.may_decide(actor, row)
    context = {
        "title": "Request for erasure",
        "here": handle,
        "crumbs": (Crumb("Erasure", reverse("erasures")),),
        "row": row,
        "names": people.names([row.actor, row.decided_by]),
        "outcome": commands.outcome(row),
        "ground": grounds.GROUNDS.get(row.ground, row.ground),
        "waits": row.state == "requested",
        "may_decide": bool(answer),
        "why_not": answer.reason,
        "refusals": grounds.REFUSALS.items(),
        "packs": queries.packs_of(row),
    }
    return render(request, "web/erasure/erasure.html", {"page": context})


@page(
    "erasure/<str:handle>/decide/",
    name="erasure-decide",
    title="Decide a request for erasure",
    method="POST",
    permission=ERASE,
    samples=("/erasure/{erasure}/decide/",),
)
def decide(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Approve or refuse a request of somebody else."""
    if request.POST.get("act") == "approve":
        commands.approve(actor, handle)
        messages.success(request, "The request was approved. It is being done.")
    else:
        ground, reason = (str(request.POST.get(name, "")) for name in ("ground", "reason"))
        commands.refuse(actor, handle, ground, reason)
        messages.success(request, "The request was refused.")
    return HttpResponseRedirect(reverse("erasure", args=[handle]))


@page(
    "erasure/holds/",
    name="legal-hold",
    title="Place or release a legal hold",
    method="POST",
    permission=ERASE,
)
def hold(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Place a hold, or release one of somebody else."""
    sent = {name: str(request.POST.get(name, "")).strip() for name in ("kind", "target", "ground", "handle")}
    if sent["handle"]:
        commands.release_hold(actor, sent["handle"])
        messages.success(request, "The hold was released.")
    else:
        commands.place_hold(actor, kind=sent["kind"], target=sent["target"], ground=sent["ground"])
        messages.success(request, "The hold is in force.")
    return HttpResponseRedirect(reverse("erasures"))


@page(
    "erasure/retention/",
    name="retention",
    title="Propose or approve a retention period",
    method="POST",
    permission=ERASE,
)
def retention(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Propose for how long a class is kept, or approve what somebody else proposed."""
    name, months = str(request.POST.get("class", "")), str(request.POST.get("months", ""))
    if request.POST.get("act") == "approve":
        commands.approve_retention(actor, name, parse_int(request.POST.get("proposal"), -1))
        messages.success(request, "The period is in force.")
    else:
        if not months.isdecimal() or len(months) > 4:
            raise Invalid("The period was not proposed.", [Fault("months", "is no number", "such as 12")])
        reason = str(request.POST.get("reason", ""))
        commands.propose_retention(actor, retention=name, months=int(months), reason=reason)
        messages.success(request, "The period waits for a second person.")
    return HttpResponseRedirect(reverse("erasures"))
