"""Versions of the statement of applicability: what one froze, and what changed between two."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict
from plumbline.reports import statement_changes, statement_versions
from plumbline.web.pages import Permission, page


def frozen_statement(actor: Actor, record: Any) -> dict[str, Any]:
    """The panel of a version: its decisions and states, and what changed since the one before."""
    found = statement_versions.of_record(record)
    if not found.content:
        return {}
    changes = None
    earlier = str(found.content["earlier"])
    if earlier in statement_versions.approved_versions(actor):
        changes = statement_changes.compare(actor, earlier, found.reference).changes
    return {
        "frozen": found,
        "counted": statement_versions.counted(found),
        "earlier": earlier,
        "changes": changes,
        "may_export": bool(policy.may(actor, "export", kind=statement_versions.KIND, anywhere=True)),
    }


@page(
    "statement-of-applicability/versions/<reference:reference>.csv",
    name="statement-version-csv",
    title="A version of the statement of applicability as CSV",
    method="file",
    permission=Permission("export", statement_versions.KIND, anywhere=True),
    samples=("/statement-of-applicability/versions/{statement}.csv",),
)
def version_csv(request: HttpRequest, actor: Actor, reference: str) -> HttpResponseBase:
    """What a version of the statement froze, as CSV."""
    found = statement_versions.version(actor, reference)
    response = StreamingHttpResponse(
        statement_versions.csv_text(found), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.csv"'
    return response


@page(
    "statement-of-applicability/compare/",
    name="statement-compare",
    title="Versions of the statement compared",
    permission=Permission("read", statement_versions.KIND, anywhere=True),
)
def compare(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What changed from one version of the statement of applicability to another, in sentences."""
    earlier, later = (str(request.GET.get(name, "")).strip() for name in ("earlier", "later"))
    context: dict[str, Any] = {
        "title": "Versions compared",
        "crumbs": (),
        "versions": (*statement_versions.approved_versions(actor), statement_changes.NOW),
        "earlier": earlier,
        "later": later,
    }
    try:
        context["found"] = statement_changes.compare(actor, earlier, later)
    except Conflict as problem:
        # That there is nothing to compare yet is an answer to the question, not a failure of the page.
        context["problem"] = problem
    return render(request, "web/reports/compare.html", {"page": context})
