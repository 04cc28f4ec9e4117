"""Documents made from the records: the statement as CSV, and the inputs of a management review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import names
from plumbline.records.related import queries as related_records
from plumbline.reports import applicability, applicability_export, review, review_changes, review_versions
from plumbline.reports.review_data import message_of
from plumbline.web import as_of as days
from plumbline.web import cells
from plumbline.web.pages import Permission, page
from plumbline.web.view import parse_int

DECIDED = "decided"
"""The relation from a review to a record that carries one of its decisions."""


@page(
    "statement-of-applicability/export.csv",
    name="statement-csv",
    title="Statement of applicability as CSV",
    method="file",
    permission=Permission("export", applicability.KIND, anywhere=True),
    as_of=True,
)
def statement_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same statement as CSV."""
    made = applicability.statement(actor, days.of_request(request).instant)
    response = StreamingHttpResponse(
        applicability_export.csv_text(made), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="statement-of-applicability.csv"'
    return response


@page(
    "management-reviews/<reference:reference>/gather/",
    name="gather-inputs",
    title="Gather the inputs of a management review",
    method="POST",
    samples=("/management-reviews/{review}/gather/",),
)
def gather_inputs(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Gather the inputs of a management review and freeze them into its record."""
    revision = parse_int(request.POST.get("revision"), 0) or None
    saved = review.prepare(actor, reference, revision)
    messages.success(request, f"The inputs are frozen in revision {saved.revision}, entry {saved.leaf:,}.")
    return HttpResponseRedirect(f"{reverse('review-inputs', args=[saved.reference])}")


@page(
    "management-reviews/<reference:reference>/inputs/",
    name="review-inputs",
    title="Inputs of a management review",
    samples=("/management-reviews/{review}/inputs/",),
    as_of=True,
)
def review_inputs(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """The frozen inputs of a management review, section by section, as they were gathered."""
    instant, earlier = days.of_request(request).instant, str(request.GET.get("earlier", "")).strip()
    frozen = review_versions.version(actor, reference, instant)
    found = frozen.review
    kind = "Management reviews"
    links = [one for one in related_records.links(actor, found.reference) if one.direction == "out"]
    context = {
        "title": f"Inputs of {found.reference}",
        "here": "Inputs",
        "crumbs": (
            {"label": kind, "href": reverse("record-list", args=["management-reviews"])},
            {"label": found.reference, "href": cells.record_href(found.reference)},
        ),
        "review": found,
        "number": frozen.number,
        "sha256": frozen.sha256,
        "earlier_day": instant is not None,
        "reviews": [name for name in review_versions.approved_reviews(actor) if name != found.reference],
        "gathered": review.gathered_at(found.inputs),
        "sections": _linked(actor, found.inputs.get("sections", ())),
        "compared": {} if instant else _compared(actor, found, earlier),
        "may_gather": bool(policy.may(actor, "amend", kind=review.KIND, anywhere=True))
        and found.state == "draft"
        and instant is None,
        "may_export": bool(policy.may(actor, "export", kind=review.KIND, anywhere=True)),
        "may_link": bool(policy.may(actor, "link", kind=review.KIND, anywhere=True)),
        "decided": [(one, cells.record_href(one.reference)) for one in links if one.relation == DECIDED],
    }
    return render(request, "web/reports/review.html", {"page": context})


def _compared(actor: Actor, later: review.Review, earlier: str) -> dict[str, Any]:
    """What was otherwise in an earlier review, by default the one before; empty while there is none."""
    earlier = earlier or review_changes.earlier_of(actor, later)
    if not earlier or not later.inputs:
        return {}
    found = review_changes.compare(actor, later.reference, earlier)
    records = [row.about for row in found.changes if cells.REFERENCE.fullmatch(row.about)]
    # A record that the reader may not see is not named here either.
    hidden = set(records) - names.titles(actor, records).keys()
    shown = [row for row in found.changes if row.about not in hidden]
    return {"earlier": earlier, "changes": shown, "hidden": len(hidden)}


def _linked(actor: Actor, sections: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections with the address of everything they list, and titles of the records the reader sees."""
    found = list(sections)
    refs = (str(item["ref"]) for section in found for item in section["items"])
    known = names.titles(actor, (ref for ref in refs if cells.REFERENCE.fullmatch(ref)))
    return [
        {
            **section,
            "said": message_of(section, "said", "message"),
            "items": [_item(item, known) for item in section["items"]],
        }
        for section in found
    ]


def _item(frozen: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    item = {**frozen, "note": message_of(frozen, "note", "note_message")}
    ref = str(item["ref"])
    if not cells.REFERENCE.fullmatch(ref):
        return {**item, "href": _href(ref)}
    if ref not in known:
        return {**item, "title": "", "note": "", "href": ""}
    return {**item, "title": known[ref], "href": _href(ref)}


def _href(ref: str) -> str:
    return cells.record_href(ref) if cells.REFERENCE.fullmatch(ref) else cells.cell(ref).href
