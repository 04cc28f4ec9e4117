"""Evidence packs: ask for one, watch it being built, fetch it, and how to check it elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.listed import names_in
from plumbline.kernel.problems import Fault, Invalid
from plumbline.reports import commands, pack_request, pack_values, queries
from plumbline.reports.pack_scope import sampled_kinds
from plumbline.reports.population import DECISIONS
from plumbline.trail import keys
from plumbline.web.frame import Crumb, proof
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.view import parse_int

WORDS = {
    "waiting": "Waiting",
    "building": "Being built",
    "prepared": "Waiting for a seed",
    "ready": "Ready",
    "failed": "Failed",
}
UNDONE = frozenset({"waiting", "building"})
FIELDS = (
    "from",
    "until",
    "requirements",
    "systems",
    "recipient",
    "purpose",
    "expires",
    "sample",
    "sample_of",
)
LOOK_AGAIN = 3
"""Seconds after which the page of a pack that is being built asks again."""


def _shown(request: HttpRequest, actor: Actor, faults: tuple[Fault, ...] = ()) -> HttpResponse:
    today = clock.today()
    typed = {name: str(request.POST.get(name, "")) for name in FIELDS}
    if request.method == "GET":
        typed["expires"] = str(today + timedelta(days=90))
        typed["sample"], typed["sample_of"] = "25", DECISIONS
    context = {
        "title": "Evidence packs",
        "crumbs": (),
        "packs": [(made, WORDS[made.state], pack_values.author_name(made)) for made in queries.packs(actor)],
        "typed": typed,
        "sampled": [(DECISIONS, "Decisions"), *sampled_kinds()],
        "faults": faults,
    }
    return render(request, "web/reports/packs.html", {"page": context}, status=422 if faults else 200)


def _asked(request: HttpRequest, actor: Actor) -> Any:
    given = {name: str(request.POST.get(name, "")).strip() for name in FIELDS}
    needed = [one.strip() for one in given["requirements"].replace(",", "\n").splitlines() if one.strip()]
    return commands.create_pack(
        actor,
        start=pack_request.parse_range_end("from", given["from"]),
        stop=pack_request.parse_range_end("until", given["until"]),
        requirements=needed,
        systems=names_in(given["systems"]),
        recipient=given["recipient"],
        purpose=given["purpose"],
        expires=pack_request.parse_day("expires", given["expires"]),
        sample_size=parse_int(given["sample"] or "0", -1),
        sample_of=given["sample_of"] or DECISIONS,
    )


@page(
    "packs/",
    name="packs",
    title="Evidence packs",
    method="GET+POST",
    nav=Nav("Act", 60, "Evidence packs", "package"),
    permission=Permission("pack"),
)
def packs(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The packs that were asked for, and a form for another."""
    if request.method != "POST":
        return _shown(request, actor)
    try:
        made = _asked(request, actor)
    except Invalid as problem:
        return _shown(request, actor, problem.faults)
    return HttpResponseRedirect(reverse("pack", args=[made.handle]))


@page(
    "packs/<str:handle>/",
    name="pack",
    title="One evidence pack",
    samples=("/packs/{pack}/",),
)
def pack(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """One pack: what was asked for, how far it is, what is in it, and how to check it."""
    made = queries.pack_for(actor, handle)
    context = {
        "title": f"Pack for {made.recipient}",
        "here": "Pack",
        "crumbs": (Crumb("Evidence packs", reverse("packs")),),
        "made": made,
        "word": WORDS[made.state],
        "by": pack_values.author_name(made),
        "undone": made.state in UNDONE,
        "ready": made.state == "ready",
        "prepared": made.state == "prepared",
        "failed": made.state == "failed",
        "over": clock.passed(made.expires),
        "verify_line": pack_values.verify_line(made, keys.vkey()),
        "proof": proof(made.leaf) if made.leaf is not None else None,
    }
    response = render(request, "web/reports/pack.html", {"page": context})
    if made.state in UNDONE:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


@page(
    "packs/<str:handle>/retry/",
    name="pack-retry",
    title="Build a failed pack again",
    method="POST",
    samples=("/packs/{pack}/retry/",),
)
def pack_retry(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Try a failed pack again."""
    commands.retry(actor, handle)
    messages.success(request, "The pack will be tried again.")
    return HttpResponseRedirect(reverse("pack", args=[handle]))


@page(
    "packs/<str:handle>/draw/",
    name="pack-draw",
    title="Draw the sample of a pack",
    method="POST",
    samples=("/packs/{pack}/draw/",),
)
def pack_draw(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Take the auditor's seed, after which the pack is built."""
    commands.draw(actor, handle, str(request.POST.get("seed", "")))
    messages.success(request, "The sample is drawn and the pack is being built.")
    return HttpResponseRedirect(reverse("pack", args=[handle]))


@page(
    "packs/<str:handle>/file/",
    name="pack-file",
    title="File of an evidence pack",
    method="POST",
    samples=("/packs/{pack}/file/",),
)
def pack_file(request: HttpRequest, actor: Actor, handle: str) -> HttpResponseBase:
    """The file of a pack; that it was fetched is an entry of the record."""
    made, file = commands.fetch(actor, handle)
    response = FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=pack_values.file_name(made),
        content_type="application/zip",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
