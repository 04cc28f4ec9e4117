"""Files for other tools: OSCAL of the statement and the checks, and the ML-BOM of an AI system."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from plumbline.identity.actors import Actor
from plumbline.reports import applicability, ml_bom
from plumbline.reports.oscal import commands as oscal
from plumbline.web import as_of as days
from plumbline.web.pages import Permission, page


@page(
    "oscal/<slug:model>.json",
    name="oscal",
    title="The statement and the checks as OSCAL",
    method="file",
    permission=Permission("export", applicability.KIND, anywhere=True),
    samples=("/oscal/catalog.json", "/oscal/profile.json"),
    as_of=True,
)
def oscal_file(request: HttpRequest, actor: Actor, model: str) -> HttpResponse:
    """The catalog, the profile, the component definition or the assessment results in OSCAL."""
    content = oscal.export(actor, model, days.of_request(request).instant)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{model}.json"'
    return response


@page(
    "records/<reference:reference>/ml-bom.json",
    name="ml-bom",
    title="The ML-BOM of an AI system",
    method="file",
    permission=Permission("export", ml_bom.SYSTEM, anywhere=True),
    samples=("/records/{system}/ml-bom.json",),
    as_of=True,
)
def ml_bom_file(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Models, other parts, data and suppliers of a system as CycloneDX."""
    content = ml_bom.export(actor, reference, days.of_request(request).instant)
    response = HttpResponse(content, content_type=ml_bom.TYPE)
    response["Content-Disposition"] = f'attachment; filename="{reference}.cdx.json"'
    return response
