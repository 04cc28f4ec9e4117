"""Merging a record into another of its kind: the form, the second person, and dropping what waits."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, Stale
from plumbline.records import queries
from plumbline.records.kinds import Kind
from plumbline.records.merging import commands
from plumbline.records.rows import Record
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import page
from plumbline.web.view import parse_int


@dataclass(frozen=True)
class MergePage:
    """The context of the form; ``other`` is the record that goes on, once one is named."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    kind: Kind
    record: Record
    into: str
    other: Record | None
    reason: str
    faults: tuple[Fault, ...] = ()


@page(
    "records/<reference:reference>/merge/",
    name="record-merge",
    title="Merge a record into another",
    method="GET+POST",
    samples=("/records/{nonconformity}/merge/",),
)
def merge(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Choose the record that goes on and say why the two are one."""
    record, kind = queries.find(actor, reference)
    into = str(request.POST.get("into") or request.GET.get("into") or "").strip().upper()
    reason = str(request.POST.get("reason", ""))
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            revision = parse_int(request.POST.get("revision"), 0) or None
            commands.merge(actor, reference, into, revision=revision, reason=reason)
        except (Invalid, Stale) as problem:
            faults = problem.faults or (Fault("", problem.detail),)
        else:
            return HttpResponseRedirect(cells.record_href(reference.upper()))
    crumbs = (Crumb(record.reference, cells.record_href(record.reference)),)
    other = queries.find(actor, into)[0] if into and not faults and into != record.reference else None
    context = MergePage(
        gettext("Merge into another record"),
        gettext("Merge"),
        crumbs,
        kind,
        record,
        into,
        other,
        reason,
        faults,
    )
    return render(request, "web/records/merge.html", {"page": context}, status=422 if faults else 200)


@page(
    "records/<reference:reference>/merge/confirm/",
    name="record-merge-confirm",
    title="Confirm a merge",
    method="POST",
    samples=("/records/{nonconformity}/merge/confirm/",),
)
def confirm(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """End the record as a second person."""
    commands.confirm(actor, reference)
    messages.success(request, gettext("{record} was merged.").format(record=reference.upper()))
    return HttpResponseRedirect(cells.record_href(reference.upper()))


@page(
    "records/<reference:reference>/merge/drop/",
    name="record-merge-drop",
    title="Drop a merge",
    method="POST",
    samples=("/records/{nonconformity}/merge/drop/",),
)
def drop(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Drop a merge that waits; the record stays as it stands."""
    commands.drop(actor, reference)
    messages.success(request, gettext("The merge was dropped. The record stays as it stands."))
    return HttpResponseRedirect(cells.record_href(reference.upper()))
