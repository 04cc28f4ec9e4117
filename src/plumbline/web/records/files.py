"""Adding a file to a record, saying of when it is, and reading it."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import commands, files, queries
from plumbline.records.attachments import dates as rules
from plumbline.records.attachments.dates import Dates
from plumbline.web import cells, dates
from plumbline.web.pages import page
from plumbline.web.records.refusals import comes_back_to
from plumbline.web.view import parse_int

DOWNLOAD_POLICY = "default-src 'none'; sandbox"


@page(
    "records/<reference:reference>/files/",
    name="record-attach",
    title="Add a file",
    method="POST",
    samples=("/records/{nonconformity}/files/",),
)
@comes_back_to("files")
def record_attach(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Add a file to a record."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        raise Invalid("The file was not saved.", [Fault("file", "is missing", "choose a file")])
    dates_typed = _dates_typed(request, "The file was not saved.")
    saved = commands.attach(
        actor,
        reference,
        upload.name or "",
        upload.read(),
        upload.content_type or "application/octet-stream",
        dates=dates_typed,
        replaces=parse_int(request.POST.get("replaces"), 0) or None,
    )
    messages.success(
        request,
        gettext("{file} was added as entry {entry}.").format(
            file=upload.name, entry=dates.number(saved.leaf)
        ),
    )
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#files")


def _dates_typed(request: HttpRequest, refused: str) -> Dates:
    sent = (str(request.POST.get(name, "")) for name in ("document_date", "valid_until"))
    found, faults = rules.from_texts(*sent)
    if faults:
        raise Invalid(refused, faults)
    return found


@page(
    "records/<reference:reference>/files/<int:number>/dates/",
    name="record-file-dates",
    title="Dates of a file",
    method="POST",
    samples=("/records/{nonconformity}/files/1/dates/",),
)
@comes_back_to("files")
def record_file_dates(request: HttpRequest, actor: Actor, reference: str, number: int) -> HttpResponse:
    """Say of when a file is, and until when it is valid."""
    found = _dates_typed(request, "The dates were not saved.")
    saved = commands.set_dates(actor, reference, number, found)
    messages.success(
        request, gettext("The dates of the file are entry {entry}.").format(entry=dates.number(saved.leaf))
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
