"""What an auditor would write up: predicted findings by likely grade, each with evidence, gap and repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from plumbline import catalogs
from plumbline.assurance import queries
from plumbline.assurance.declaration import GRADES
from plumbline.assurance.queries import Outcome, PredictedFinding
from plumbline.identity.actors import Actor
from plumbline.web import as_of, cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import related
from plumbline.wording import english

READ = Permission("read", kind=queries.READS, anywhere=True)
SHOWN, EVIDENCE = 50, 8
"""Findings of a grade on the page, and records of one finding; the API has them all."""
TITLES: Mapping[str, str] = {
    "major": gettext_noop("Likely major"),
    "minor": gettext_noop("Likely minor"),
    "opportunity": gettext_noop("Likely opportunities"),
}


@dataclass(frozen=True)
class Shown:
    """A finding with what the page makes of it: links to its requirements, and where it is recorded."""

    finding: PredictedFinding
    requirements: tuple[tuple[str, str], ...]
    evidence: tuple[queries.Evidence, ...]
    more: int
    record_href: str


@dataclass(frozen=True)
class Grade:
    """The findings of one grade."""

    slug: str
    title: str
    total: int
    shown: tuple[Shown, ...]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)


@dataclass(frozen=True)
class PredictedPage:
    """The context of the page."""

    title: str
    crumbs: tuple[Crumb, ...]
    outcome: Outcome
    grades: tuple[Grade, ...]
    clause: str
    clauses: tuple[tuple[str, str], ...]
    total: int


def _shown(actor: Actor, one: PredictedFinding) -> Shown:
    seen = "; ".join(
        " ".join((each.reference, *(f"{label}: {text or '-'}" for label, text in each.says)))
        for each in one.evidence[:EVIDENCE]
    )
    description = f"{english(one.gap)} {seen}".strip()
    return Shown(
        finding=one,
        requirements=tuple(
            (cells.requirement_href(name), name.partition(":")[2]) for name in one.requirements
        ),
        evidence=one.evidence[:EVIDENCE],
        more=max(0, len(one.evidence) - EVIDENCE),
        record_href=related.new_href(
            actor,
            "nonconformity",
            title=english(one.gap)[:200],
            description=description[:2000],
            requirements=",".join(one.requirements),
            grade="not graded",
        ),
    )


def _clauses() -> tuple[tuple[str, str], ...]:
    """What the filter offers: clauses 4 to 10, and the groups of Annex A."""
    numbers = {one.number for one in catalogs.subclauses()} | {one.number for one in catalogs.controls()}
    clauses = sorted({number.split(".")[0] for number in numbers if number[0].isdigit()}, key=int)
    groups = sorted(
        {".".join(number.split(".")[:2]) for number in numbers if number[0] == "A"},
        key=lambda one: int(one[2:]),
    )
    return tuple((f"iso42001:{one}", one) for one in (*clauses, *groups))


def _context(actor: Actor, request: HttpRequest) -> PredictedPage:
    offered = _clauses()
    clause = str(request.GET.get("clause", ""))
    clause = clause if clause in dict(offered) else ""
    outcome = queries.predicted(actor, as_of.of_request(request).instant)
    kept = outcome.about(clause) if clause else outcome
    grades = (
        Grade(
            slug,
            gettext(TITLES[slug]),
            len(kept.of(slug)),
            tuple(_shown(actor, one) for one in kept.of(slug)[:SHOWN]),
        )
        for slug in GRADES
    )
    return PredictedPage(
        title=gettext("Predicted findings"),
        crumbs=(Crumb(gettext("Audits"), reverse("record-list", args=["audits"])),),
        outcome=outcome,
        grades=tuple(one for one in grades if one.total),
        clause=clause,
        clauses=offered,
        total=len(kept.findings),
    )


@page(
    "predicted-findings/",
    name="predicted-findings",
    title="Predicted findings",
    nav=Nav("Check", 35, "Predicted findings", "flag"),
    permission=READ,
    samples=("/predicted-findings/", "/predicted-findings/?clause=iso42001:6"),
    as_of=True,
)
def predicted_findings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What an auditor would write up if they came today, found by rules across all records."""
    context: Any = _context(actor, request)
    return render(request, "web/audits/predicted.html", {"page": context})
