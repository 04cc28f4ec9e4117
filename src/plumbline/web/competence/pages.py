"""The matrix of competences, as of any day, and the answer for one person, subject and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.clauses.support.competence import exported, queries
from plumbline.clauses.support.competence.evidence import Standing
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import csv_export, kinds
from plumbline.web import as_of as days
from plumbline.web import dates
from plumbline.web.pages import Permission, page

NEEDS = tuple(Permission("read", kind=kind, anywhere=True) for kind in queries.KINDS)


@dataclass(frozen=True)
class _Line:
    """A row of the matrix with the words that a reader sees."""

    row: queries.Row
    until: str
    effect: str


def _line(row: queries.Row, effects: Mapping[str, Any]) -> _Line:
    untold = gettext("Not evaluated") if row.cell.training else "–"
    until = dates.day(row.cell.valid_until) if row.cell.valid_until is not None else "–"
    return _Line(row, until, str(effects.get(row.cell.effect, untold)))


@dataclass(frozen=True)
class _Card:
    """A competence with its rows; ``role`` is the title of the role whose holders need it."""

    asked: queries.Asked
    role: str
    lines: tuple[_Line, ...]


def _cards(asked: tuple[queries.Asked, ...]) -> list[_Card]:
    effects = _choices("training", "result")
    return [
        _Card(
            one,
            ROLES[one.position].title if one.position in ROLES else "",
            tuple(_line(row, effects) for row in one.rows),
        )
        for one in asked
    ]


@page(
    "competences/matrix/",
    name="competence-matrix",
    title="Matrix of competences",
    permission=NEEDS,
    as_of=True,
)
def matrix(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who has which competence, by competence: in force, expired, not evaluated or missing."""
    as_of = days.of_request(request)
    asked = queries.matrix(actor, as_of.instant)
    counted = queries.counts(asked)
    context = {
        "title": "Matrix of competences",
        "crumbs": (),
        "as_of": as_of,
        "cards": _cards(asked),
        "total": sum(counted.values()),
        "held": counted[Standing.IN_FORCE],
        "counted": [(standing, count) for standing, count in counted.items() if count],
        "csv": f"?as_of={as_of.text}" if as_of.text else "",
    }
    return render(request, "web/competence/matrix.html", {"page": context})


@page(
    "competences/matrix.csv",
    name="competence-matrix-csv",
    title="Matrix of competences as CSV",
    method="file",
    permission=tuple(Permission("export", kind=kind, anywhere=True) for kind in queries.KINDS),
    as_of=True,
)
def matrix_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same rows as a file."""
    asked = queries.matrix(actor, days.of_request(request).instant)
    chunks = csv_export.csv_file(exported.lines(asked), exported.HEADER)
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="matrix-of-competences.csv"'
    return response


@page(
    "competences/answer/", name="competence-answer", title="Was somebody trained on a day?", permission=NEEDS
)
def answer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whether a person had a competence on a day: yes, no or not known, with what that rests on."""
    who, subject, text = (request.GET.get(name, "").strip() for name in ("person", "subject", "day"))
    problem: Invalid | None = None
    found: tuple[queries.Answer, ...] | None = None
    if who and subject and text:
        try:
            found = queries.answer(actor, who, subject, _day(text))
        except Invalid as refused:
            problem = refused
    context = {
        "title": "Was somebody trained on a day?",
        "crumbs": (),
        "person": who,
        "name": identity.names([who]).get(who, who),
        "subject": subject,
        "day": text or clock.today().isoformat(),
        "people": identity.people(),
        "subjects": _subjects(actor),
        "found": found,
        "problem": problem,
    }
    status = 422 if problem is not None else 200
    return render(request, "web/competence/answer.html", {"page": context}, status=status)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fault = Fault("day", "is not a day", "such as 2026-11-20")
        raise Invalid(queries.NOT_ANSWERED, [fault]) from None


def _subjects(actor: Actor) -> list[tuple[str, str]]:
    """What can be asked about: competences in force by reference, then roles, then sorts of work."""
    rows = [(row["reference"], f"{row['reference']} {row['title']}") for row in queries.competences(actor)]
    roles = [(slug, role.title) for slug, role in ROLES.items()]
    return [*rows, *roles, *_choices("competence", "work").items()]


def _choices(kind: str, field: str) -> dict[str, Any]:
    if not kinds.exists(kind):
        return {}
    return {str(word): label for word, label in kinds.get(kind).field(field).flatchoices if word}
