"""One requirement with everything that bears on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import queries as controls
from plumbline.controls import visibility
from plumbline.controls.judged import queries as judged_results
from plumbline.controls.posture import posture as requirement_postures
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, say
from plumbline.kernel.problems import NotFound
from plumbline.kernel.states import CheckState
from plumbline.web import as_of as days
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page
from plumbline.web.requirements import earlier, readings, related, statements
from plumbline.web.requirements.evidence_rows import EvidenceRow, evidence_rows
from plumbline.web.requirements.readings import Reading
from plumbline.web.requirements.status import unknown
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
    statements: Sequence[statements.StatementRow]
    mappings: Sequence[related.RelatedRequirement]
    history: Sequence[related.HistoryRow]
    risks: Sequence[Any]
    open_count: int
    open_list: str
    attest_href: str
    open_href: str
    plan_href: str
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


@dataclass(frozen=True)
class _Records:
    """The records that bear on a requirement, as its page shows them."""

    applicability: Any
    evidence: Sequence[EvidenceRow]
    history: Sequence[related.HistoryRow]
    open_count: int

    @classmethod
    def of_today(cls, actor: Actor, row: Requirement) -> _Records:
        return cls(
            related.applicability(actor, row.id) if row.kind == "control" else None,
            evidence_rows(actor, row.id, limit=EVIDENCE_SHOWN),
            related.history(actor, row.id),
            related.open_nonconformities(actor, row.id),
        )

    @classmethod
    def of_then(cls, actor: Actor, row: Requirement, at: datetime) -> _Records:
        known = earlier.known(actor, row.id, at)
        return cls(
            earlier.applicability(known) if row.kind == "control" else None,
            earlier.evidence_rows(known, at)[:EVIDENCE_SHOWN],
            earlier.history(known),
            earlier.open_nonconformities(known),
        )


def requirement_page(actor: Actor, requirement_id: str, at: datetime | None = None) -> RequirementPage:
    """The context of one requirement, now or as of an instant. Raises `NotFound`."""
    row = catalogs.requirement(requirement_id)
    results = controls.readings() if at is None else judged_results.readings_at(at)
    visible, systems = visibility.visible_results(actor, results), system_names(actor)
    records = _Records.of_today(actor, row) if at is None else _Records.of_then(actor, row, at)
    return RequirementPage(
        crumbs=_crumbs(row),
        requirement=row,
        # Of this one alone: the posture of all of them is four times the work.
        posture=next(iter(requirement_postures(actor, results, [row.id], at)), None) or unknown(row),
        applicability=records.applicability,
        readings=readings.readings(visible, systems, related.checks_of(row.id), at=at),
        evidence=records.evidence,
        statements=statements.rows(row.id) if row.kind == "clause" else (),
        mappings=related.mappings(row.id),
        history=records.history,
        # Of today alone: a page of an earlier day has no level of that day.
        risks=related.treated_risks(actor, row.id) if at is None and row.kind == "control" else (),
        open_count=records.open_count,
        neighbours=_neighbours(row),
        **_acts(actor, row, at),
    )


def _acts(actor: Actor, row: Requirement, at: datetime | None) -> dict[str, str]:
    """Where the reader writes something about the requirement: never on a page of an earlier day."""
    if at is not None:
        return dict.fromkeys(("applicability_new", "open_list", "attest_href", "open_href", "plan_href"), "")
    return {
        "applicability_new": related.new_href(actor, "applicability", requirement=row.id),
        "open_list": related.list_href("nonconformity"),
        "attest_href": related.new_href(actor, "attestation", requirement=row.id),
        "open_href": related.new_href(actor, "nonconformity", requirements=row.id),
        "plan_href": related.new_href(actor, "treatment", controls=row.id) if row.kind == "control" else "",
    }


def _render(request: HttpRequest, actor: Actor, requirement_id: str) -> HttpResponse:
    context = requirement_page(actor, requirement_id, days.of_request(request).instant)
    return render(request, "web/requirements/requirement.html", {"page": context})


@page(
    "controls/<control:number>/",
    name="control",
    title="One control",
    permission=Permission("read", anywhere=True),
    samples=("/controls/A.6.2.6/", "/controls/A.8.5/", "/controls/A.6.2.6/?as_of=2026-11-19"),
    as_of=True,
)
def control(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One control of Annex A."""
    return _render(request, actor, f"iso42001:{number}")


@page(
    "requirements/<requirement:requirement_id>/",
    name="requirement",
    title="One requirement",
    permission=Permission("read", anywhere=True),
    samples=("/requirements/iso42001:6.1.4/", "/requirements/nist-ai-rmf:MEASURE%202.4/"),
    as_of=True,
)
def requirement(request: HttpRequest, actor: Actor, requirement_id: str) -> HttpResponse:
    """One requirement of any loaded framework; a statement leads to its sub-clause."""
    row = catalogs.requirement(requirement_id)
    if row.kind == "statement" and row.parent:
        row = catalogs.requirement(row.parent)
    if row.kind not in {"clause", "control", "subcategory", "category", "function"}:
        raise NotFound("This is a heading, not a requirement.")
    return _render(request, actor, row.id)
