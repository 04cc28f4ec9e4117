"""One requirement with everything that bears on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import queries as controls
from plumbline.controls import visibility
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, say
from plumbline.kernel.problems import NotFound
from plumbline.kernel.states import CheckState
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page
from plumbline.web.requirements import readings, related
from plumbline.web.requirements.evidence import EvidenceRow, evidence_rows
from plumbline.web.requirements.readings import Reading
from plumbline.web.requirements.status import postures, unknown
from plumbline.web.systems import system_names

EVIDENCE_SHOWN = 8
CHECKS_SHOWN = 8


@dataclass(frozen=True)
class Neighbours:
    """The requirements before and after one, and its place among them; empty where it has none."""

    previous: str = ""
    next: str = ""
    place: int = 0
    of: int = 0


@dataclass(frozen=True)
class RequirementPage:
    """The context of one control, sub-clause or requirement of another framework."""

    crumbs: tuple[Crumb, ...]
    requirement: Requirement
    posture: RequirementPosture
    applicability: Any
    applicability_new: str
    readings: Sequence[Reading]
    evidence: Sequence[EvidenceRow]
    statements: Sequence[Requirement]
    mappings: Sequence[related.RelatedRequirement]
    history: Sequence[related.HistoryRow]
    open_count: int
    open_list: str
    attest_href: str
    open_href: str
    neighbours: Neighbours

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.requirement.title

    @property
    def here(self) -> str:
        """The last step of the way to the page."""
        return self.requirement.number

    @property
    def is_control(self) -> bool:
        """Whether it is a control of Annex A, for which applicability is decided."""
        return self.requirement.kind == "control"

    @property
    def pointer(self) -> Message:
        """Where a reader finds the wording in their own copy."""
        return related.pointer(self.requirement)

    @property
    def systems(self) -> Sequence[tuple[Message | str, str]]:
        """The AI systems that the checks read: name and address."""
        return list(
            dict.fromkeys((row.subject, row.subject_href) for row in self.readings if row.subject_href)
        )

    @property
    def readings_first(self) -> Sequence[Reading]:
        """The readings that are shown at once: all that are not within, and at least the first few."""
        return self.readings[: self._first]

    @property
    def readings_rest(self) -> Sequence[Reading]:
        """The readings that are folded away."""
        return self.readings[self._first :]

    @property
    def _first(self) -> int:
        return max(CHECKS_SHOWN, sum(row.state is not CheckState.WITHIN for row in self.readings))

    @property
    def readings_badge(self) -> Message | str:
        """How many readings are beyond their limit; empty for none."""
        beyond = sum(row.is_beyond for row in self.readings)
        if not beyond:
            return ""
        total = len(self.readings)
        return say("requirement.beyond", "{beyond} of {total} beyond the limit", beyond=beyond, total=total)

    @property
    def evidence_badge(self) -> Message | str:
        """How much of the evidence is out of date; empty for none."""
        late = sum(row.share >= 1 for row in self.evidence)
        if not late:
            return ""
        return say("requirement.late", "{late} of {total} out of date", late=late, total=len(self.evidence))


def _crumbs(row: Requirement) -> tuple[Crumb, ...]:
    group = next(
        (group for group in (*catalogs.areas(), *catalogs.chapters()) if row.id in group.members), None
    )
    if row.kind == "control":
        title = f"{group.number} {group.title}" if group else "Annex A"
        return (Crumb("Controls", reverse("controls")), Crumb(title, reverse("controls")))
    return (Crumb("Clauses", f"{reverse('clauses')}#clause-{group.number if group else '4'}"),)


def _neighbours(row: Requirement) -> Neighbours:
    siblings = catalogs.controls() if row.kind == "control" else catalogs.subclauses()
    ids = [sibling.id for sibling in siblings]
    if row.id not in ids:
        return Neighbours()
    place = ids.index(row.id)
    before = cells.requirement_href(ids[place - 1]) if place else ""
    after = cells.requirement_href(ids[place + 1]) if place + 1 < len(ids) else ""
    return Neighbours(before, after, place + 1, len(ids))


def requirement_page(actor: Actor, requirement_id: str) -> RequirementPage:
    """The context of one requirement. Raises `NotFound`."""
    row = catalogs.requirement(requirement_id)
    control = row.kind == "control"
    results = controls.readings()
    visible, systems = visibility.visible_results(actor, results), system_names(actor)
    open_count, open_list = related.open_nonconformities(actor, row.id)
    return RequirementPage(
        crumbs=_crumbs(row),
        requirement=row,
        posture=postures(actor, results).get(row.id) or unknown(row),
        applicability=related.applicability(actor, row.id) if control else None,
        applicability_new=related.new_href(actor, "applicability", requirement=row.id),
        readings=readings.readings(visible, systems, related.checks_of(row.id)),
        evidence=evidence_rows(actor, row.id, limit=EVIDENCE_SHOWN),
        statements=catalogs.statements(row.id) if row.kind == "clause" else (),
        mappings=related.mappings(row.id),
        history=related.history(actor, row.id),
        open_count=open_count,
        open_list=open_list,
        attest_href=related.new_href(actor, "attestation", requirement=row.id),
        open_href=related.new_href(actor, "nonconformity", requirements=row.id),
        neighbours=_neighbours(row),
    )


def _render(request: HttpRequest, context: RequirementPage) -> HttpResponse:
    return render(request, "web/requirements/requirement.html", {"page": context})


@page(
    "controls/<control:number>/",
    name="control",
    title="One control",
    permission=Permission("read", anywhere=True),
    samples=("/controls/A.6.2.6/", "/controls/A.8.5/"),
)
def control(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One control of Annex A."""
    return _render(request, requirement_page(actor, f"iso42001:{number}"))


@page(
    "requirements/<requirement:requirement_id>/",
    name="requirement",
    title="One requirement",
    permission=Permission("read", anywhere=True),
    samples=("/requirements/iso42001:6.1.4/", "/requirements/nist-ai-rmf:MEASURE%202.4/"),
)
def requirement(request: HttpRequest, actor: Actor, requirement_id: str) -> HttpResponse:
    """One requirement of any loaded framework; a statement leads to its sub-clause."""
    row = catalogs.requirement(requirement_id)
    if row.kind == "statement" and row.parent:
        row = catalogs.requirement(row.parent)
    if row.kind not in {"clause", "control", "subcategory", "category", "function"}:
        raise NotFound("This is a heading, not a requirement.")
    return _render(request, requirement_page(actor, row.id))
