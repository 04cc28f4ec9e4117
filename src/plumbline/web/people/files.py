"""People and units as files; for those who may give roles."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from plumbline.identity.actors import Actor
from plumbline.imports import targets
from plumbline.imports.directory import export
from plumbline.imports.directory.declarations import Directory
from plumbline.kernel.problems import NotFound
from plumbline.web.pages import Permission, page


@page(
    "people/files/<slug:plural>.<slug:ending>",
    name="people-export",
    title="People and units as files",
    method="file",
    permission=Permission("grant"),
    samples=("/people/files/people.csv", "/people/files/units.xlsx"),
)
def people_export(request: HttpRequest, actor: Actor, plural: str, ending: str) -> HttpResponseBase:
    """People with their roles, or units, as CSV, XLSX or JSON; the copy leaves an entry in the trail."""
    found = targets.get(plural)
    if not isinstance(found, Directory) or ending not in export.ENDINGS:
        raise NotFound("There is no such file.")
    pieces = export.pieces(actor, found, ending)
    response = StreamingHttpResponse(pieces, content_type=export.ENDINGS[ending])
    response["Content-Disposition"] = f'attachment; filename="{found.plural}.{ending}"'
    return response
