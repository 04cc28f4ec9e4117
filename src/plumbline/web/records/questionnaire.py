"""The scored questionnaire of an impact assessment: its result, every answer, and the form for a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.catalogs.questionnaires.questionnaire import versions
from plumbline.catalogs.questionnaires.scoring import Published
from plumbline.clauses.questionnaires import commands, queries
from plumbline.clauses.questionnaires.queries import Carried
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotFound, TooLarge
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.rows import Record
from plumbline.web import cells, dates
from plumbline.web.frame import Crumb
from plumbline.web.pages import page


@dataclass(frozen=True)
class _Number:
    """A published number in the form: its name, label, and what was typed or is known."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class QuestionnairePage:
    """The context of the page; ``carried`` is None without a file of answers."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    record: Record
    carried: Carried | None
    numbers: tuple[_Number, ...]
    versions: str
    may_add: bool
    faults: tuple[Fault, ...] = ()

    @property
    def labels(self) -> Mapping[str, str]:
        """What the fields of the form are called, by name."""
        return {"answers": gettext("File of answers"), **{one.name: one.label for one in self.numbers}}


@page(
    "records/<reference:reference>/questionnaire/",
    name="record-questionnaire",
    title="Scored questionnaire",
    method="GET+POST",
    samples=("/records/{impact-assessment}/questionnaire/",),
)
def questionnaire(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """What the answers come to, section by section, and the form for a file of answers."""
    record, kind = records.find(actor, reference)
    if kind.slug != queries.KIND:
        raise NotFound("Only impact assessments carry a scored questionnaire.")
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            upload = _upload(request)
            stated = _stated(request.POST)
            saved = commands.carry(actor, record.reference, upload.name or "", upload.read(), stated)
        except (Invalid, Conflict, TooLarge) as problem:
            faults = problem.faults or (Fault("", problem.detail),)
        else:
            text = gettext("The answers were added as entry {entry}.")
            messages.success(request, text.format(entry=dates.number(saved.leaf)))
            return HttpResponseRedirect(f"{cells.record_href(record.reference)}#questionnaire")
    context = QuestionnairePage(
        title=gettext("Scored questionnaire"),
        here=gettext("Scored questionnaire"),
        crumbs=(Crumb(record.reference, cells.record_href(record.reference)),),
        record=record,
        carried=queries.carried(record, queries.published_of(record)),
        numbers=tuple(_numbers(record, request.POST)),
        versions=", ".join(versions()),
        may_add=bool(
            policy.may(actor, "attach", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
        ),
        faults=faults,
    )
    return render(request, "web/records/questionnaire.html", {"page": context}, status=422 if faults else 200)


def _upload(request: HttpRequest) -> UploadedFile[Any]:
    upload = request.FILES.get("answers")
    if not isinstance(upload, UploadedFile):
        raise Invalid("The answers were not saved.", [Fault("answers", "is missing", "choose a file")])
    return upload


def _stated(typed: QueryDict) -> Published:
    """The published numbers that were typed. Raises `Invalid` for what is no whole number."""
    texts = {name: str(typed.get(field, "")).strip() for name, field in queries.STATED.items()}
    remedy = "0, 1, 2, …, or leave it empty"
    faults = [
        Fault(queries.STATED[name], "is no whole number", remedy)
        for name, text in texts.items()
        if text and not (text.isascii() and text.isdecimal() and len(text) < 8)
    ]
    if faults:
        raise Invalid("The answers were not saved.", faults)
    return Published(**{name: int(text) for name, text in texts.items() if text})


def _numbers(record: Record, typed: QueryDict) -> list[_Number]:
    known = queries.published_of(record)
    found = []
    for name, field in queries.STATED.items():
        number = getattr(known, name)
        value = typed.get(field, "" if number is None else str(number))
        found.append(_Number(field, cells.label(kinds.get(queries.KIND), field), str(value)))
    return found
