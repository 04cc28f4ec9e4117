"""Import of a register, step by step: upload, match columns, check rows, preview, confirm, progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from plumbline.identity.actors import Actor
from plumbline.imports import commands, mapping, matching, own_format, plan, queries, targets
from plumbline.imports.batch import handover
from plumbline.imports.directory.declarations import PERSON, Directory, Target
from plumbline.imports.matching import Choices
from plumbline.imports.opening import queries as opening
from plumbline.imports.queries import JobView, RowView
from plumbline.imports.reading import Sheet
from plumbline.imports.remembered import queries as remembered
from plumbline.imports.remembered.queries import Remembered
from plumbline.imports.suggested import suggestion
from plumbline.imports.together import archive
from plumbline.imports.together import commands as together
from plumbline.imports.together import queries as turn
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Conflict, Fault, Invalid, Malformed, TooLarge
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.imports import account, file_panel, proposal
from plumbline.web.imports import matching as column_matching
from plumbline.web.pages import Permission, page
from plumbline.web.records.lists import Pager
from plumbline.web.view import parse_int

SHOWN = 25
TEXT_SHOWN = 300
"""Records that one address names: servers and proxies take lines of 4 KiB."""
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
    kinds: tuple[Target, ...]
    chosen: str
    jobs: tuple[JobView, ...]
    faults: tuple[Fault, ...] = ()
    here: str = ""
    files: tuple[tuple[str, str, Any], ...] = ()
    """Files with several lists: id, name, and the import of the first."""


@dataclass(frozen=True)
class Outcome:
    """How many rows have an outcome, and where they are listed."""

    slug: str
    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class ShownValue:
    """One field of a row: what the record holds now, and what it will hold."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ShownRow:
    """One row of the preview, with the record it makes or changes."""

    row: RowView
    label: str
    href: str
    values: tuple[ShownValue, ...] = ()
    changes: tuple[ShownValue, ...] = ()
    """Those of ``values`` that are another one afterwards."""


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
    one: str
    many: str
    says: str
    """What holds for every import of people or units."""
    account: account.Account
    incomplete: int
    """Records that it made and that still lack answers."""
    candidates: tuple[tuple[str, str], ...]
    """Id and name of those to whom it can be assigned."""
    not_alone: Text
    """Why the reader may not confirm it; empty where they may."""
    by_two: Text
    """Why a second person confirms it, whoever reads; empty where one is enough."""
    before_its_turn: bool
    """Whether it waits for other lists of its file."""
    comparable: bool
    """Whether its records can be compared with its file."""
    approved: int
    """Rows that stay out only because their record is approved."""
    together: str
    """The address at which all records that were written are changed together; empty where there are none."""


def _importable(actor: Actor) -> tuple[Target, ...]:
    return tuple(kind for kind in targets.every() if targets.may_import(actor, kind))


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
    jobs, files = tuple(turn.single(actor, 10)), tuple(turn.recent(actor, 5))
    importable, title = _importable(actor), gettext("Import a register")
    context = UploadPage(title, (), importable, chosen, jobs, faults, files=files)
    return render(request, "web/imports/upload.html", {"page": context}, status=422 if faults else 200)


def _taken(request: HttpRequest, actor: Actor) -> str:
    """Keep the file; with a map go on to the preview, else to the columns."""
    kind = str(request.POST.get("kind", ""))
    upload, map_file = _uploaded(request, "file"), _uploaded(request, "map")
    if upload is None:
        raise Invalid("Nothing was uploaded.", [Fault("file", "is missing or empty", "choose a file")])
    content, name = upload.read(), upload.name or ""
    if archive.is_lists(content):
        return _href(together.keep(actor, content, name), "lists")
    kind = kind or suggestion.kind_of(content)
    if map_file is None and own_format.sheet_of(targets.get(kind), content) is not None:
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
    asked = file_panel.options_of(request, job)
    sheet, options, faults = proposal.read(queries.content(actor, handle), job.kind, asked)
    before = remembered.of_columns(actor, job.kind, sheet.columns)
    earlier = _earlier(job.kind, sheet, before)
    choices = earlier if before else suggestion.choices(job.kind, sheet)
    words: tuple[column_matching.WordsOf, ...] = ()
    dates: tuple[column_matching.DatesOf, ...] = ()
    if request.method == "POST":
        choices = column_matching.chosen(request, job.kind, sheet)
        asked_for = partial(column_matching.unsettled, request, job.kind, sheet, choices, earlier)
        days = partial(column_matching.unclear, request, job.kind, sheet, choices, earlier)
        words, dates = asked_for(), days()
        if words or dates or faults:
            words, dates = asked_for(again=True), days(again=True)
        else:
            try:
                commands.preview(actor, handle, matching.compose(job.kind, sheet, choices))
                return HttpResponseRedirect(_href(handle))
            except (Invalid, Malformed, TooLarge) as problem:
                faults = problem.faults or (Fault("", problem.detail),)
                words, dates = asked_for(again=True), days(again=True)
    context = column_matching.context(job, sheet, choices, words, dates, faults, (HOME,), options, before)
    return render(request, "web/imports/columns.html", {"page": context}, status=422 if faults else 200)


def _earlier(kind: Target, sheet: Sheet, before: Remembered | None) -> Choices:
    """What was chosen for the newest file with these columns."""
    if before is None:
        return Choices()
    return matching.choices_of(kind, sheet, mapping.parse(before.map_text))


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
        list_href=_list_href(shown.kind),
        one=gettext(shown.kind.name) if isinstance(shown.kind, Directory) else gettext("record"),
        many=gettext(shown.kind.names) if isinstance(shown.kind, Directory) else gettext("records"),
        says=gettext(shown.kind.says) if isinstance(shown.kind, Directory) else "",
        account=account.of(shown.summary, shown.kept),
        incomplete=queries.incomplete(actor, handle),
        candidates=handover.candidates(actor, handle) if shown.state == "previewed" else (),
        not_alone=handover.why_not_alone(actor, handle) if shown.state == "previewed" else "",
        by_two=handover.second_person(shown),
        before_its_turn=turn.is_before_its_turn(actor, handle),
        comparable=bool(shown.rows)
        and shown.state in ("done", "stopped")
        and not isinstance(shown.kind, Directory),
        approved=opening.in_the_way(actor, handle),
        together=_together(shown),
    )
    return render(request, "web/imports/job.html", {"page": context})


def _list_href(kind: Target) -> str:
    if isinstance(kind, Directory):
        return reverse("people")
    return reverse("record-list", args=[kind.plural])


def _entry_href(kind: Target, reference: str) -> str:
    """The page of a record or person; units have none."""
    if not reference or (isinstance(kind, Directory) and kind is not PERSON):
        return ""
    return reverse("person", args=[reference]) if kind is PERSON else cells.record_href(reference)


def _together(shown: JobView) -> str:
    """Where the records of an import are assigned, submitted or approved together; empty where none is."""
    if isinstance(shown.kind, Directory) or shown.state not in ("done", "stopped") or not shown.written:
        return ""
    base = reverse("bulk-new", args=[shown.kind.plural])
    return f"{base}?{urlencode({'all': '1', 'where': f'imported:{shown.handle}'})}"


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
    lines = [row.line for row in rows if row.reference and shown.state == "previewed"]
    now = commands.changes(actor, shown.handle, lines) if lines else {}
    return tuple(_shown_row(shown, row, now.get(row.line)) for row in rows)


def _shown_row(shown: JobView, row: RowView, now: Mapping[str, Any] | None) -> ShownRow:
    """A row with every value before and after; once it is written, with what it has written."""
    values = []
    for name, value in row.values.items():
        before = (now or {}).get(name)
        after = value if name in row.fields or now is None else before
        values.append(
            ShownValue(
                cells.label(shown.kind, name), _text(shown.kind, name, before), _text(shown.kind, name, after)
            )
        )
    return ShownRow(
        row,
        str(_LABELS[row.outcome]),
        _entry_href(shown.kind, row.reference),
        tuple(value for value in values if value.before or value.after),
        tuple(value for value in values if now is not None and value.before != value.after),
    )


def _text(kind: Target, name: str, value: Any) -> str:
    """A plain value as people read it: words by their labels."""
    labels = dict(matching.chosen_among(kind, name))
    return _short(
        [labels.get(str(item), str(item)) for item in value]
        if isinstance(value, list)
        else labels.get(str(value), value)
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
