"""One change to many records, step by step: what, preview row by row, confirm, progress, undo."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_noop

from plumbline.bulk import commands, queries, stage
from plumbline.bulk.queries import BulkView, RowView
from plumbline.bulk.requests import BulkRequest
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.kinds import Kind
from plumbline.web import cells
from plumbline.web.bulk.fields import FieldInput, field_input, settable
from plumbline.web.frame import Crumb
from plumbline.web.pages import page
from plumbline.web.records import naming
from plumbline.web.records.lists import Pager
from plumbline.web.view import parse_int

SHOWN = 50
_LABELS = {
    "change": gettext_noop("Will be changed"),
    "unchanged": gettext_noop("Like this already"),
    "refused": gettext_noop("Will not be changed"),
}
_OF_THE_LIST = ("q", "where")
_ACTS = frozenset(
    {"act", "reference", "all", "field", "value", "move", "reason", "relation", "target", "note"}
)


@dataclass(frozen=True)
class NewPage:
    """The context of choosing what to change. ``kept`` are the chosen records as hidden fields."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    kind: Kind
    count: int
    kept: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    field: FieldInput | None
    moves: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How many records have an outcome, and where they are listed."""

    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class JobPage:
    """The context of a bulk change: preview, progress and result."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    job: BulkView
    asked: str
    outcomes: tuple[Outcome, ...]
    rows: tuple[tuple[RowView, str], ...]
    pager: Pager
    list_href: str


def _chosen(request: HttpRequest, actor: Actor, kind: Kind) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """References of the chosen records, and the fields by which the next step knows them again."""
    given = request.POST if request.method == "POST" else request.GET
    if not given.get("all"):
        named = [str(value).upper() for value in given.getlist("reference")]
        return named, tuple(("reference", reference) for reference in named)
    query = {name: str(value).strip() for name, value in given.items() if str(value).strip()}
    filters = {
        name: value for name, value in query.items() if name in ("state", "owner", "unit", *kind.filters)
    }
    said = {name: query[name] for name in (*filters, *_OF_THE_LIST) if name in query}
    found = records.references(
        actor, kind, query.get("where", ""), filters=filters, search=query.get("q", "")
    )
    return found, (("all", "1"), *said.items())


def _request_of(request: HttpRequest, kind: Kind) -> BulkRequest:
    given = {name: str(request.POST.get(name, "")).strip() for name in _ACTS}
    note = given["note"]
    if given["act"] == "edit":
        name = given["field"]
        if name not in settable(kind):
            raise Invalid(
                "Nothing was planned.", [Fault("field", "cannot be set for many", "choose a field")]
            )
        several = [str(value) for value in request.POST.getlist("value") if str(value).strip()]
        value = several if field_input(kind, name).several else given["value"]
        return BulkRequest("edit", values={name: value}, note=note)
    return BulkRequest(
        given["act"], move=given["move"], reason=given["reason"], relation=given["relation"],
        target=given["target"].upper(), note=note,
    )  # fmt: skip


@page(
    "records/<plural:plural>/bulk/",
    name="bulk-new",
    title="Change many records",
    method="GET+POST",
    samples=("/records/ai-systems/bulk/?all=1",),
)
def new(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """Say what to change in the chosen records; nothing is written before a preview was confirmed."""
    kind = kinds.get(plural)
    if kind.plural != plural:
        raise NotFound("No list has this address.")
    references, kept = _chosen(request, actor, kind)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            job = commands.plan(actor, kind.slug, _request_of(request, kind), references=references)
            return HttpResponseRedirect(reverse("bulk", args=[job.handle]))
        except Invalid as problem:
            faults = problem.faults
    if not references:
        faults = (Fault("references", "are none", "choose at least one record of the list"),)
    name = str((request.POST if request.method == "POST" else request.GET).get("field", ""))
    context = NewPage(
        title=gettext("Change many {names}").format(names=gettext(kind.names)),
        here=gettext("Change many"),
        crumbs=(Crumb(naming.capitalized(kind.names), reverse("record-list", args=[kind.plural])),),
        kind=kind,
        count=len(references),
        kept=kept,
        fields=tuple((each, cells.label(kind, each)) for each in settable(kind)),
        field=field_input(kind, name) if name in settable(kind) else None,
        moves=tuple((move.name, gettext(move.label)) for move in kind.workflow.moves),
        faults=faults,
    )
    return render(request, "web/bulk/new.html", {"page": context}, status=422 if faults else 200)


@page("bulk/", name="bulk-jobs", title="Changes to many records")
def jobs(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The changes to many records that the reader has asked for, newest first."""
    found = [(job, _asked(job)) for job in queries.jobs(actor)]
    context = {"title": gettext("Changes to many records"), "crumbs": (), "jobs": found}
    return render(request, "web/bulk/jobs.html", {"page": context})


def _asked(job: BulkView) -> str:
    """What a change asks for, in a sentence."""
    request = job.request
    if request is None:
        return gettext("Its content was erased.")
    if request.undo:
        return gettext("Put back what the change before has replaced")
    if request.act == "move":
        move = job.kind.workflow.by_name[request.move]
        return gettext("Take the step “{step}”").format(step=gettext(move.label))
    if request.act == "link":
        return gettext("Link to {target}: {relation}").format(
            target=request.target, relation=request.relation
        )
    said = "; ".join(
        f"{cells.label(job.kind, name)}: {_worded(job.kind, name, value)}"
        for name, value in request.values.items()
    )
    return gettext("Set {fields}").format(fields=said)


def _worded(kind: Kind, name: str, value: object) -> str:
    """The value as people read it: a person by name, a word by its label."""
    labels = dict(field_input(kind, name).choices)
    found = labels.get(str(value)) if not isinstance(value, list) else None
    return found or _plain(value)


def _plain(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text[:200] or gettext("nothing")


@page("bulk/<slug:handle>/", name="bulk", title="One change to many records", samples=("/bulk/{bulk}/",))
def job(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """The preview of a change, its progress, or what came of it, row by row."""
    shown = queries.job(actor, handle)
    wanted = str(request.GET.get("outcome", ""))
    outcome = wanted if wanted in _LABELS else ""
    number = max(1, parse_int(request.GET.get("page"), 1))
    rows, total = queries.rows(actor, handle, outcome=outcome, page=number, size=SHOWN)
    context = JobPage(
        title=_title(shown),
        here=gettext("Change"),
        crumbs=(Crumb(gettext("Changes to many records"), reverse("bulk-jobs")),),
        job=shown,
        asked=_asked(shown),
        outcomes=_outcomes(shown, outcome),
        rows=tuple((row, cells.record_href(row.reference)) for row in rows),
        pager=_pager(handle, outcome, number, total),
        list_href=reverse("record-list", args=[shown.kind.plural]),
    )
    return render(request, "web/bulk/job.html", {"page": context})


def _title(shown: BulkView) -> str:
    titles = {
        "previewed": gettext("Check what will be changed"),
        "running": gettext("Change under way"),
        "done": gettext("Change done"),
        "stopped": gettext("Change stopped"),
    }
    return titles.get(shown.state, gettext("Change"))


def _outcomes(shown: BulkView, outcome: str) -> tuple[Outcome, ...]:
    base = reverse("bulk", args=[shown.handle])
    done = shown.state in ("done", "stopped")
    labels = {**_LABELS, **({"change": "Changed", "refused": "Not changed"} if done else {})}
    return (
        Outcome(gettext("All"), shown.total, base, outcome == ""),
        *(
            Outcome(gettext(label), shown.counts[slug], f"{base}?outcome={slug}", outcome == slug)
            for slug, label in labels.items()
            if shown.counts[slug]
        ),
    )


def _pager(handle: str, outcome: str, number: int, total: int) -> Pager:
    base, pages = reverse("bulk", args=[handle]), max(1, -(-total // SHOWN))

    def address(place: int) -> str:
        return f"{base}?{urlencode({'outcome': outcome, 'page': str(place)})}" if 1 <= place <= pages else ""

    first = (number - 1) * SHOWN + 1 if total else 0
    last = min(total, number * SHOWN)
    return Pager(number, pages, total, False, first, last, address(number - 1), address(number + 1))


@page(
    "bulk/<slug:handle>/confirm/", name="bulk-confirm", title="Do a change to many records", method="POST",
    samples=("/bulk/{bulk}/confirm/",),
)  # fmt: skip
def confirm(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Have it done: the first records at once, the rest in the background."""
    if queries.job(actor, handle).state != "running":
        commands.confirm(actor, handle)
    stage.advance(handle, in_turn=False)
    return HttpResponseRedirect(reverse("bulk", args=[handle]))


@page(
    "bulk/<slug:handle>/discard/", name="bulk-discard", title="Give up a change to many records",
    method="POST", samples=("/bulk/{bulk}/discard/",),
)  # fmt: skip
def discard(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give the change up; nothing of it was done."""
    commands.discard(actor, handle)
    messages.success(request, gettext("The change was given up. Nothing was changed."))
    return HttpResponseRedirect(reverse("bulk-jobs"))


@page(
    "bulk/<slug:handle>/undo/", name="bulk-undo", title="Take back a change to many records", method="POST",
    samples=("/bulk/{bulk}/undo/",),
)  # fmt: skip
def undo(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Preview what taking the change back would do; it waits for a confirmation of its own."""
    return HttpResponseRedirect(reverse("bulk", args=[commands.undo(actor, handle).handle]))
