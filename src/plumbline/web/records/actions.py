"""What a person does on a record's page besides editing: moves, comments, links and files."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import commands, files, queries
from plumbline.web import cells, dates
from plumbline.web.pages import page
from plumbline.web.view import parse_int

DOWNLOAD_POLICY = "default-src 'none'; sandbox"


@page(
    "records/<reference:reference>/moves/<slug:move>/",
    name="record-move",
    title="Take a step",
    method="POST",
    samples=("/records/{nonconformity}/moves/confirm/",),
)
def record_move(request: HttpRequest, actor: Actor, reference: str, move: str) -> HttpResponse:
    """Take a record one step along its workflow."""
    saved = commands.move(
        actor,
        reference,
        move,
        revision=parse_int(request.POST.get("revision"), 0) or None,
        reason=str(request.POST.get("reason", "")),
        additions=parse_int(request.POST.get("additions"), 0),
    )
    messages.success(
        request,
        gettext("{reference} is now {state}, entry {entry}.").format(
            reference=saved.reference, state=gettext(saved.state), entry=dates.number(saved.leaf)
        ),
    )
    return HttpResponseRedirect(cells.record_href(saved.reference))


@page(
    "records/<reference:reference>/comments/",
    name="record-comment",
    title="Comment",
    method="POST",
    samples=("/records/{nonconformity}/comments/",),
)
def record_comment(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Say something about a record."""
    saved = commands.comment(actor, reference, str(request.POST.get("text", "")))
    messages.success(
        request, gettext("Your comment is entry {entry}.").format(entry=dates.number(saved.leaf))
    )
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#comments")


@page(
    "records/<reference:reference>/links/",
    name="record-link",
    title="Link to another record",
    method="POST",
    samples=("/records/{nonconformity}/links/",),
)
def record_link(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Relate a record to another."""
    saved = commands.link(
        actor,
        reference,
        str(request.POST.get("relation", "")),
        str(request.POST.get("target", "")).strip(),
        str(request.POST.get("note", "")),
    )
    messages.success(request, gettext("The link is entry {entry}.").format(entry=dates.number(saved.leaf)))
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#links")


@page(
    "records/<reference:reference>/files/",
    name="record-attach",
    title="Add a file",
    method="POST",
    samples=("/records/{nonconformity}/files/",),
)
def record_attach(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Add a file to a record."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        raise Invalid("The file was not saved.", [Fault("file", "is missing", "choose a file")])
    saved = commands.attach(
        actor, reference, upload.name or "", upload.read(), upload.content_type or "application/octet-stream"
    )
    messages.success(
        request,
        gettext("{file} was added as entry {entry}.").format(
            file=upload.name, entry=dates.number(saved.leaf)
        ),
    )
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#files")


@page(
    "records/<reference:reference>/files/<int:number>/",
    name="record-file",
    title="An attached file",
    method="file",
    samples=("/records/{nonconformity}/files/1/",),
)
def record_file(request: HttpRequest, actor: Actor, reference: str, number: int) -> HttpResponse:
    """The bytes of an attached file, for download only, never shown in the browser."""
    record, _ = queries.find(actor, reference)
    row = record.attachments.filter(pk=number).first()
    if row is None:
        raise NotFound("This record has no such file.")
    response = HttpResponse(files.read(row.sha256), content_type="application/octet-stream")
    disposition = content_disposition_header(True, row.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
