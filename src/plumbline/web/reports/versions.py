"""Versions of the statement of applicability and of the posture: what one froze, what changed between two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message
from plumbline.kernel.problems import Conflict
from plumbline.records import kinds
from plumbline.reports import frozen_versions, posture_versions, statement_changes, statement_versions
from plumbline.reports.frozen_changes import Comparison
from plumbline.reports.frozen_versions import Series, Version
from plumbline.web.pages import Permission, page


@dataclass(frozen=True)
class _Document:
    """A versioned document as its pages show it."""

    series: Series
    csv_text: Callable[[Version], Iterator[str]]
    counted: Callable[[Version], Message]
    compare: Callable[[Actor, str, str], Comparison]


_STATEMENT = _Document(
    statement_versions.SERIES, statement_versions.csv_text, statement_versions.counted,
    statement_changes.compare,
)  # fmt: skip
_POSTURE = _Document(
    posture_versions.SERIES, posture_versions.csv_text, posture_versions.counted, posture_versions.compare
)


def frozen_statement(actor: Actor, record: Any) -> dict[str, Any]:
    """The panel of a version of the statement: decisions, states, and what changed since the one before."""
    return _panel(_STATEMENT, actor, record)


def frozen_posture(actor: Actor, record: Any) -> dict[str, Any]:
    """The panel of a version of the posture: its states, and what changed since the one before."""
    return _panel(_POSTURE, actor, record)


def _panel(document: _Document, actor: Actor, record: Any) -> dict[str, Any]:
    found = frozen_versions.of_record(record)
    if not found.content:
        return {}
    changes = None
    earlier = str(found.content["earlier"])
    if earlier in frozen_versions.approved_versions(document.series, actor):
        changes = document.compare(actor, earlier, found.reference).changes
    return {
        "frozen": found,
        "counted": document.counted(found),
        "earlier": earlier,
        "changes": changes,
        "may_export": bool(policy.may(actor, "export", kind=document.series.kind, anywhere=True)),
    }


def _csv(document: _Document, actor: Actor, reference: str) -> HttpResponseBase:
    found = frozen_versions.find(document.series, actor, reference)
    response = StreamingHttpResponse(document.csv_text(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.csv"'
    return response


def _compared(document: _Document, request: HttpRequest, actor: Actor) -> HttpResponse:
    earlier, later = (str(request.GET.get(name, "")).strip() for name in ("earlier", "later"))
    approved = frozen_versions.approved_versions(document.series, actor)
    # A day that was asked for in the address is a choice of the form as well, or the form would name another.
    versions = tuple(dict.fromkeys((*approved, frozen_versions.NOW, *filter(None, (earlier, later)))))
    context: dict[str, Any] = {
        "title": "Versions compared",
        "crumbs": (),
        "versions": versions,
        "plural": kinds.get(document.series.kind).plural,
        "earlier": earlier,
        "later": later,
    }
    try:
        found = context["found"] = document.compare(actor, earlier, later)
        context["compared"] = (found.earlier, found.later)
    except Conflict as problem:
        # That there is nothing to compare yet is an answer to the question, not a failure of the page.
        context["problem"] = problem
    return render(request, "web/reports/compare.html", {"page": context})


@page(
    "statement-of-applicability/versions/<reference:reference>.csv",
    name="statement-version-csv",
    title="A version of the statement of applicability as CSV",
    method="file",
    permission=Permission("export", statement_versions.KIND, anywhere=True),
    samples=("/statement-of-applicability/versions/{statement}.csv",),
)
def statement_version_csv(request: HttpRequest, actor: Actor, reference: str) -> HttpResponseBase:
    """What a version of the statement froze, as CSV."""
    return _csv(_STATEMENT, actor, reference)


@page(
    "posture/versions/<reference:reference>.csv",
    name="posture-version-csv",
    title="A version of the posture as CSV",
    method="file",
    permission=Permission("export", posture_versions.KIND, anywhere=True),
    samples=("/posture/versions/{posture}.csv",),
)
def posture_version_csv(request: HttpRequest, actor: Actor, reference: str) -> HttpResponseBase:
    """What a version of the posture froze, as CSV."""
    return _csv(_POSTURE, actor, reference)


@page(
    "statement-of-applicability/compare/",
    name="statement-compare",
    title="Versions of the statement compared",
    permission=Permission("read", statement_versions.KIND, anywhere=True),
)
def compare_statements(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What changed from one version of the statement of applicability to another, in sentences."""
    return _compared(_STATEMENT, request, actor)


@page(
    "posture/compare/",
    name="posture-compare",
    title="Versions of the posture compared",
    permission=Permission("read", posture_versions.KIND, anywhere=True),
)
def compare_postures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What changed from one version of the posture to another, in sentences."""
    return _compared(_POSTURE, request, actor)
