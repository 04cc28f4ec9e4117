"""Documents as files with a code, and the page on which somebody who holds one asks what it stands for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound, Problem
from plumbline.records import kinds
from plumbline.reports.documents import commands, kind_lists, queries
from plumbline.reports.documents.registers import POSTURE, RISKS, STATEMENT
from plumbline.web import as_of as days
from plumbline.web import errors
from plumbline.web.pages import page, public_page


@page(
    "issued-documents/<slug:name>.<slug:file_format>",
    name="document-file",
    title="A document as a file",
    method="file",
    samples=(
        "/issued-documents/statement-of-applicability.pdf",
        "/issued-documents/risk-register.docx",
        "/issued-documents/suppliers.pdf",
        "/issued-documents/{review}.json",
    ),
    as_of=True,
)
def document_file(request: HttpRequest, actor: Actor, name: str, file_format: str) -> HttpResponse:
    """The statement, a register, the posture or one record as a file that carries a code."""
    issued = commands.issue(actor, name, file_format, days.of_request(request).instant)
    response = HttpResponse(issued.content, content_type=issued.media_type)
    response["Content-Disposition"] = f'attachment; filename="{issued.name}"'
    return response


@public_page("verify-document/", name="verify-document-form", title="Verify a document")
def verify_form(request: HttpRequest) -> HttpResponse:
    """The field for the code that stands at the foot of a document."""
    return _verified(request, str(request.GET.get("code", "")).strip())


@public_page(
    "verify-document/<slug:code>",
    name="verify-document",
    title="What the code on a document stands for",
    samples=("/verify-document/0000-0000-0000-0000",),
)
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """What a code stands for, as of when, and whether the record has changed since; never what is in it."""
    return _verified(request, code)


def _verified(request: HttpRequest, code: str) -> HttpResponse:
    found, unknown = None, False
    if code:
        try:
            found = queries.verify(code)
        except NotFound:
            unknown = True
        except Problem as problem:
            return errors.page(request, problem)
    context = {
        "code": code,
        "found": found,
        "unknown": unknown,
        "kind": _title(found.kind, found.about) if found else "",
    }
    status = 404 if unknown else 200
    return render(request, "web/reports/verify_document.html", context, status=status)


def _title(kind: str, about: str) -> str:
    titles = {
        STATEMENT: gettext("Statement of applicability"),
        RISKS: gettext("Risk register"),
        POSTURE: gettext("Posture"),
    }
    if kind in titles:
        return titles[kind]
    listed = None if about else kind_lists.kind_of(kind)
    name = gettext(listed.names) if listed else gettext(kinds.get(kind).name) if kinds.exists(kind) else kind
    return name[:1].upper() + name[1:]
