"""Import of a register, step by step: upload, match columns, check rows, preview, confirm, progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import commands, matching, own_format, plan, queries, rejects, stage
from plumbline.imports.queries import JobView, RowView
from plumbline.kernel.problems import Conflict, Fault, Invalid, Malformed, TooLarge
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.imports import matching as column_matching
from plumbline.web.pages import Permission, page
from plumbline.web.records.lists import Pager
from plumbline.web.view import parse_int

SHOWN = 25
TEXT_SHOWN = 300
HOME = Crumb("Imports", "/imports/")
_LABELS = {
    "create": gettext_lazy("New records"),
    "amend": gettext_lazy("Change a record"),
    "unchanged": gettext_lazy("Already recorded like this"),
    "repeat": gettext_lazy("Repeat an earlier row"),
    "skip": gettext_lazy("Left out by the map"),
    "faulty": gettext_lazy("Cannot be imported"),
}


@dataclass(frozen=True)
class UploadPage:
    """The context of the first step."""

    title: str
    crumbs: tuple[Crumb, ...]
    kinds: tuple[Kind, ...]
    chosen: str
    jobs: tuple[JobView, ...]
    faults: tuple[Fault, ...] = ()
    here: str = ""


@dataclass(frozen=True)
class Outcome:
    """How many rows have an outcome, and where they are listed."""

    slug: str
    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class ShownRow:
    """One row of the preview, with the record it makes or changes."""

    row: RowView
    label: str
    href: str
    changes: tuple[tuple[str, str, str], ...] = ()
    """Label of each field that changes, with the value before and after."""


@dataclass(frozen=True)
class JobPage:
    """The context of an import: preview, progress and result."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    job: JobView
    outcomes: tuple[Outcome, ...]
    rows: tuple[ShownRow, ...]
    pager: Pager
    outcome: str
    faulty: int
    share: int
    list_href: str


def _importable(actor: Actor) -> tuple[Kind, ...]:
    return tuple(
        kind
        for kind in kinds.all_kinds()
        if policy.may(actor, "import", kind=kind.slug, anywhere=True)
        and policy.may(actor, "create", kind=kind.slug, anywhere=True)
    )


def _href(handle: str, name: str = "import") -> str:
    return reverse(name, args=[handle])


def _uploaded(request: HttpRequest, name: str) -> UploadedFile[Any] | None:
    """The file in a field of the form. Raises `TooLarge` before any of it is read."""
    found = request.FILES.get(name)
    if not isinstance(found, UploadedFile) or not found.size:
        return None
    plan.check_size(found.size)
    return found


@page(
    "imports/",
    name="imports",
    title="Import a register",
    method="GET+POST",
    permission=(Permission("import", anywhere=True), Permission("create", anywhere=True)),
)
def imports(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose a file and the kind of record its rows are; a map too, where there is one."""
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_taken(request, actor))
        except (Invalid, Malformed, TooLarge) as problem:
            faults = problem.faults or (Fault("file", problem.detail),)
    chosen = str(request.POST.get("kind") or request.GET.get("kind") or "ai-system")
    context = UploadPage(
        gettext("Import a register"), (), _importable(actor), chosen, tuple(queries.jobs(actor)[:10]), faults
    )
    return render(request, "web/imports/upload.html", {"page": context}, status=422 if faults else 200)


def _taken(request: HttpRequest, actor: Actor) -> str:
    """Keep the file; with a map go on to the preview, else to the columns."""
    kind = str(request.POST.get("kind", ""))
    upload, map_file = _uploaded(request, "file"), _uploaded(request, "map")
    if upload is None:
        raise Invalid("Nothing was uploaded.", [Fault("file", "is missing or empty", "choose a CSV file")])
    content, name = upload.read(), upload.name or ""
    if map_file is None and own_format.is_own(kinds.get(kind), column_matching.sheet_of(content)):
        return _href(commands.keep(actor, plan.plan_file(actor, kind, content, ""), name).handle)
    if map_file is None:
        return _href(commands.upload(actor, kind, content, name).handle, "import-columns")
    text = map_file.read().decode("utf-8", "replace")
    return _href(commands.keep(actor, plan.plan_file(actor, kind, content, text), name).handle)


@page(
    "imports/<slug:handle>/columns/",
    name="import-columns",
    title="Match the columns",
    method="GET+POST",
    samples=("/imports/{imported}/columns/",),
)
def columns(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Say which column fills which field, what its words mean, and what tells rows apart."""
    job = queries.job(actor, handle)
    if job.state not in ("uploaded", "previewed"):
        raise Conflict("This import is no longer waiting for its columns.")
    sheet = column_matching.sheet_of(queries.content(actor, handle))
    faults: tuple[Fault, ...] = ()
    choices = matching.suggested(job.kind, sheet)
    ask: tuple[column_matching.WordsOf, ...] = ()
    if request.method == "POST":
        choices = column_matching.chosen(request, job.kind, sheet)
        ask = column_matching.unsettled(request, job.kind, sheet, choices)
        if not ask:
            try:
                commands.preview(actor, handle, matching.compose(job.kind, sheet, choices))
                return HttpResponseRedirect(_href(handle))
            except (Invalid, Malformed, TooLarge) as problem:
                faults = problem.faults or (Fault("", problem.detail),)
                ask = column_matching.unsettled(request, job.kind, sheet, choices, again=True)
    context = column_matching.context(job, sheet, choices, ask, faults, (HOME,))
    return render(request, "web/imports/columns.html", {"page": context}, status=422 if faults else 200)


@page(
    "imports/<slug:handle>/",
    name="import",
    title="One import",
    samples=("/imports/{imported}/",),
)
def job(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """The preview of an import, its progress, or what came of it."""
    shown = queries.job(actor, handle)
    if shown.state == "uploaded":
        return HttpResponseRedirect(_href(handle, "import-columns"))
    wanted = str(request.GET.get("outcome", ""))
    outcome = wanted if wanted in _LABELS else ""
    if not wanted and shown.state == "previewed" and shown.counts["faulty"]:
        outcome = "faulty"
    number = max(1, parse_int(request.GET.get("page"), 1))
    rows, total = queries.rows(actor, handle, outcome=outcome, page=number, size=SHOWN)
    context = JobPage(
        title=_title(shown),
        here=shown.file_name,
        crumbs=(HOME,),
        job=shown,
        outcomes=_outcomes(shown, outcome),
        rows=_shown(actor, shown, rows),
        pager=_pager(handle, outcome, number, total),
        outcome=outcome,
        faulty=shown.counts["faulty"],
        share=round(100 * shown.written / shown.to_write) if shown.to_write else 0,
        list_href=reverse("record-list", args=[shown.kind.plural]),
    )
    return render(request, "web/imports/job.html", {"page": context})


def _title(shown: JobView) -> str:
    titles = {
        "previewed": "Check what the import will do",
        "running": "Import under way",
        "done": "Import done",
        "stopped": "Import stopped",
    }
    return titles.get(shown.state, "Import")


def _outcomes(shown: JobView, outcome: str) -> tuple[Outcome, ...]:
    base = _href(shown.handle)
    every = Outcome("", "All rows", shown.rows, f"{base}?outcome=all", outcome == "")
    return (
        every,
        *(
            Outcome(slug, str(label), shown.counts[slug], f"{base}?outcome={slug}", outcome == slug)
            for slug, label in _LABELS.items()
            if shown.counts[slug]
        ),
    )


def _shown(actor: Actor, shown: JobView, rows: list[RowView]) -> tuple[ShownRow, ...]:
    lines = [row.line for row in rows if row.outcome == "amend" and shown.state == "previewed"]
    found = commands.changes(actor, shown.handle, lines) if lines else {}
    return tuple(
        ShownRow(
            row,
            str(_LABELS[row.outcome]),
            cells.record_href(row.reference) if row.reference else "",
            tuple((label, _short(old), _short(new)) for label, (old, new) in found.get(row.line, {}).items()),
        )
        for row in rows
    )


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"


def _pager(handle: str, outcome: str, number: int, total: int) -> Pager:
    pages = max(1, -(-total // SHOWN))
    base = f"{_href(handle)}?outcome={outcome or 'all'}&page="
    first = (number - 1) * SHOWN + 1
    return Pager(
        number,
        pages,
        total,
        False,
        first,
        min(total, number * SHOWN),
        f"{base}{number - 1}" if number > 1 else "",
        f"{base}{number + 1}" if number < pages else "",
    )


@page(
    "imports/<slug:handle>/confirm/",
    name="import-confirm",
    title="Write an import",
    method="POST",
    samples=("/imports/{imported}/confirm/",),
)
def confirm(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Have it written: the first rows at once, the rest in the background."""
    shown = queries.job(actor, handle)
    if shown.state != "running":
        commands.confirm(actor, handle)
    stage.advance(handle, in_turn=False)
    shown = queries.job(actor, handle)
    if shown.state == "done":
        messages.success(request, f"{shown.written:,} rows of {shown.file_name} were written.")
    return HttpResponseRedirect(_href(handle))


@page(
    "imports/<slug:handle>/discard/",
    name="import-discard",
    title="Discard an import",
    method="POST",
    samples=("/imports/{imported}/discard/",),
)
def discard(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give the import up; nothing of it was written."""
    commands.discard(actor, handle)
    messages.success(request, "The import was given up. Nothing was written.")
    return HttpResponseRedirect(reverse("imports"))


@page(
    "imports/<slug:handle>/faulty.csv",
    name="import-faulty",
    title="Rows that cannot be imported",
    method="file",
    samples=("/imports/{imported}/faulty.csv",),
)
def faulty_rows(request: HttpRequest, actor: Actor, handle: str) -> HttpResponseBase:
    """The rows that cannot be taken, as CSV with one more column that says why."""
    response = StreamingHttpResponse(
        rejects.faulty_csv(actor, handle), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="faulty-rows.csv"'
    return response


@page(
    "imports/<slug:handle>/map.yaml",
    name="import-map",
    title="Map of an import",
    method="file",
    samples=("/imports/{imported}/map.yaml",),
)
def map_file(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """The map of an import, for the next one and for the command line."""
    response = HttpResponse(
        queries.job(actor, handle).map_text, content_type="application/yaml; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="map.yaml"'
    return response
