"""Versions to be acknowledged: the list with its denominators, one version, and the act itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.clauses.acknowledging import commands, queries
from plumbline.identity.actors import Actor
from plumbline.records import csv_export
from plumbline.records import queries as records
from plumbline.web.pages import Permission, page

READ = Permission("read", anywhere=True)


@page("acknowledgements/", name="acknowledgements", title="Versions to be acknowledged", permission=READ)
def every(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every version in force that names groups, and how many of those who are asked have acknowledged it."""
    context = {
        "title": "Versions to be acknowledged",
        "crumbs": (),
        "found": queries.statuses(actor),
    }
    return render(request, "web/acknowledgements/list.html", {"page": context})


@page(
    "acknowledgements/export.csv",
    name="acknowledgements-csv",
    title="Who has acknowledged what, as CSV",
    method="file",
    permission=Permission("export", anywhere=True),
)
def export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A line for each person who is asked, of the versions whose readers may be shown."""
    chunks = csv_export.csv_file(queries.lines(actor), queries.HEADER)
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="acknowledgements.csv"'
    return response


@page(
    "acknowledgements/<reference:reference>/",
    name="acknowledgement",
    title="Read and acknowledge a version",
    method="GET+POST",
    permission=READ,
    samples=("/acknowledgements/{document}/",),
)
def one(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """The approved version as it was approved, the act of acknowledging it, and who has."""
    if request.method == "POST":
        commands.acknowledge(actor, reference, str(request.POST.get("sha256", "")))
        return HttpResponseRedirect(reverse("acknowledgement", args=[reference]))
    record, _ = records.find(actor, reference)
    context = {
        "title": record.title,
        "crumbs": (),
        "reference": record.reference,
        "found": queries.status(actor, reference),
    }
    return render(request, "web/acknowledgements/one.html", {"page": context})
