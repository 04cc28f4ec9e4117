"""The matrix of responsibilities: each area with who answers for it, carries it out, is asked and is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.clauses import queries
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.web.pages import Permission, page
from plumbline.web.requirements import related

KIND = "responsibility"


@dataclass(frozen=True)
class _Duty:
    """A responsibility in force; ``accountable`` is the name of its owner, empty for nobody."""

    reference: str
    title: str
    duty: str
    accountable: str
    carried_out_by: str
    consulted: str
    informed: str
    systems: tuple[str, ...]


@dataclass(frozen=True)
class _Area:
    """An area of the matrix; ``add_href`` leads to the form, empty for who may not record one."""

    title: str
    duties: tuple[_Duty, ...]
    add_href: str


def _duty(row: Mapping[str, Any], names: Mapping[str, str]) -> _Duty:
    return _Duty(
        row["reference"],
        row["title"],
        row["duty"],
        names.get(row["owner"] or "", ""),
        row["carried_out_by"],
        row["consulted"],
        row["informed"],
        tuple(row["systems"]),
    )


def areas(actor: Actor) -> list[_Area]:
    """Every area in order, with the responsibilities in force that ``actor`` may see."""
    kind = kinds.get(KIND)
    rows = queries.in_force_seen(actor, KIND)
    names = identity.names(str(row["owner"]) for row in rows if row["owner"])
    return [
        _Area(
            str(label),
            tuple(_duty(row, names) for row in rows if row["area"] == word),
            related.new_href(actor, KIND, area=str(word)),
        )
        for word, label in kind.field("area").flatchoices
    ]


@page(
    "responsibilities/matrix/",
    name="responsibility-matrix",
    title="Matrix of responsibilities",
    permission=Permission("read", kind=KIND, anywhere=True),
)
def matrix(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who answers for what in the work with AI, area by area, and where nobody does."""
    found = areas(actor)
    context = {
        "title": "Matrix of responsibilities",
        "crumbs": (),
        "areas": found,
        "held": sum(any(duty.accountable for duty in area.duties) for area in found),
        "nobody": gettext("Nobody"),
    }
    return render(request, "web/leadership/matrix.html", {"page": context})
