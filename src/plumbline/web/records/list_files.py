"""A list as a file: CSV, XLSX and JSON with the filters, conditions and columns of its address."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from plumbline.documents import workbook
from plumbline.identity.actors import Actor
from plumbline.records import csv_export, kinds, typed_export
from plumbline.records.kinds import Kind
from plumbline.records.saved_views import layout
from plumbline.web.pages import page
from plumbline.web.records import lists


@page(
    "records/<plural:plural>/export.csv",
    name="record-export",
    title="Records of one kind as CSV",
    method="file",
    samples=("/records/ai-systems/export.csv",),
)
def record_export(request: HttpRequest, actor: Actor, plural: str) -> HttpResponseBase:
    """The same list as CSV, with its filters and columns, by default every field; formulas are harmless."""
    kind, asked = _asked(request, plural)
    rows = csv_export.rows(actor, kind, **asked)
    first = next(rows, None)
    lines = itertools.chain([first] if first is not None else [], rows)
    header = csv_export.header(kind, asked["columns"])
    return _file(kind, csv_export.csv_file(lines, header), "csv", "text/csv; charset=utf-8")


def _asked(request: HttpRequest, plural: str) -> tuple[Kind, dict[str, Any]]:
    """What an export is asked for: the filters, conditions, order and columns in its address."""
    kind, query = kinds.get(plural), lists.query_of(request)
    columns = layout.columns_of(kind, query[layout.COLUMNS]) if layout.COLUMNS in query else None
    filters = {name: value for name, value in query.items() if name not in lists.NAMES}
    given = {name: query.get(name, "") for name in ("sort", "where")}
    return kind, {"filters": filters, "search": query.get("q", ""), "columns": columns, **given}


def _file(kind: Kind, pieces: Iterator[str] | Iterator[bytes], ending: str, media: str) -> HttpResponseBase:
    response = StreamingHttpResponse(pieces, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{kind.plural}.{ending}"'
    return response


@page(
    "records/<plural:plural>/export.xlsx",
    name="record-export-xlsx",
    title="Records of one kind as XLSX",
    method="file",
    samples=("/records/ai-systems/export.xlsx",),
)
def record_export_xlsx(request: HttpRequest, actor: Actor, plural: str) -> HttpResponseBase:
    """The same list as a workbook with typed cells and a sheet that explains its columns."""
    kind, asked = _asked(request, plural)
    return _file(kind, typed_export.xlsx(actor, kind, **asked), "xlsx", workbook.TYPE)


@page(
    "records/<plural:plural>/export.json",
    name="record-export-json",
    title="Records of one kind as JSON",
    method="file",
    samples=("/records/ai-systems/export.json",),
)
def record_export_json(request: HttpRequest, actor: Actor, plural: str) -> HttpResponseBase:
    """The same list as JSON: values with their types, links by the key of the other record."""
    kind, asked = _asked(request, plural)
    return _file(kind, typed_export.json_text(actor, kind, **asked), "json", typed_export.JSON_TYPE)
