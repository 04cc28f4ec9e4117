"""The map that is proposed for a file of a published format, and what else such a file has."""

from __future__ import annotations

from dataclasses import dataclass

import yaml
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from plumbline.identity.actors import Actor
from plumbline.imports import commands, matching, queries, sheets
from plumbline.imports.directory.declarations import Target
from plumbline.imports.queries import JobView
from plumbline.imports.reading import READ_AS_FOUND, ReadOptions, Sheet
from plumbline.imports.suggested import suggestion
from plumbline.imports.suggested.suggestion import Other
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records import kinds
from plumbline.web.imports import file_panel
from plumbline.web.pages import page

_SYSTEMS = ("system", "systems")
"""Fields that say which AI system a record belongs to, which no file knows by our names."""


@dataclass(frozen=True)
class Source:
    """A field, and what it is filled from: columns, or the same value for every row."""

    label: str
    columns: tuple[str, ...]
    constant: str = ""


@dataclass(frozen=True)
class Proposal:
    """A map that only waits for a yes. ``system`` is the field that may name an AI system."""

    format: str
    kind: Target
    rows: int
    sources: tuple[Source, ...]
    unused: tuple[str, ...]
    system: str
    others: tuple[Other, ...]


def read(content: bytes, kind: Target, options: ReadOptions) -> tuple[Sheet, ReadOptions, tuple[Fault, ...]]:
    """The file as it was asked to be read, else at the list that is of ``kind``, and how; what is wrong."""
    sheet, faults = file_panel.read(content, options)
    if options == READ_AS_FOUND and (better := suggestion.options_for(sheet, kind)) != READ_AS_FOUND:
        return sheets.read(content, better), better, faults
    return sheet, options, faults


def proposal(kind: Target, sheet: Sheet) -> Proposal | None:
    """What is proposed for ``sheet``; nothing for a file whose format has no map and no other list."""
    text, others = suggestion.suggested(kind, sheet), suggestion.others(kind, sheet)
    if not text and not others:
        return None
    words = yaml.safe_load(text) if text else {"fields": {}, "key": {}}
    fields = matching.fields(kind)
    sources = tuple(
        Source(
            str(fields[name].label),
            tuple(rule.get("columns") or filter(None, [rule.get("column", "")])),
            dict(matching.chosen_among(kind, name)).get(rule.get("constant", ""), rule.get("constant", "")),
        )
        for name, rule in words["fields"].items()
    )
    used = {column for source in sources for column in source.columns}
    used |= {column for columns in words["key"].values() for column in columns}
    unused = tuple(column for column in sheet.columns if column not in used) if text else ()
    system = next((name for name in _SYSTEMS if name in fields), "")
    return Proposal(sheet.format, kind, len(sheet.rows), sources, unused, system, others)


@page(
    "imports/<slug:handle>/proposal/",
    name="import-proposal",
    title="Take the proposed map",
    method="POST",
    samples=("/imports/{imported}/proposal/",),
)
def take(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Plan the import with the proposed map; nothing is written before it is confirmed."""
    job = _waiting(actor, handle)
    sheet, _, faults = read(queries.content(actor, handle), job.kind, file_panel.options_of(request, job))
    system = " ".join(str(request.POST.get("system", "")).split())[:300]
    constants = {name: system for name in _SYSTEMS if system and name in matching.fields(job.kind)}
    text = suggestion.suggested(job.kind, sheet, constants=constants)
    if faults or not text:
        fault = Fault("map", "is missing", "match the columns by hand")
        raise Invalid("No map is proposed for this file.", faults or [fault])
    commands.preview(actor, handle, text)
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/other-list/",
    name="import-other-list",
    title="Import another list of the same file",
    method="POST",
    samples=("/imports/{imported}/other-list/",),
)
def other_list(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Begin another import of the same file: of another of its lists, as the kind that its entries are."""
    job = queries.job(actor, handle)
    kind = kinds.get(str(request.POST.get("kind", "")))
    made = commands.upload(actor, kind.slug, queries.content(actor, handle), job.file_name)
    path = str(request.POST.get("path", ""))[:300]
    query = f"?{urlencode({'read-path': path})}" if path else ""
    return HttpResponseRedirect(reverse("import-columns", args=[made.handle]) + query)


def _waiting(actor: Actor, handle: str) -> JobView:
    job = queries.job(actor, handle)
    if job.state not in ("uploaded", "previewed"):
        raise Conflict("This import is no longer waiting for its columns.")
    return job
