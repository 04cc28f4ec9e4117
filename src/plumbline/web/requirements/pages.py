"""Controls and clauses: the map, the lists, and one requirement with all that bears on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.kernel.states import CheckState, MeasuredState, RequirementState
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import readings, related
from plumbline.web.requirements import status as requirement_status
from plumbline.web.requirements.evidence import EvidenceRow, evidence_rows
from plumbline.web.requirements.status import Standing
from plumbline.web.words import cell_class

PHASES = {"4": "Plan", "5": "Plan", "6": "Plan", "7": "Plan", "8": "Do", "9": "Check", "10": "Act"}
EVIDENCE_SHOWN = 8
CHECKS_SHOWN = 8


@dataclass(frozen=True)
class MapCell:
    """One control on the map; ``dim`` when a filter leaves it out."""

    number: str
    short: str
    title: str
    href: str
    state: MeasuredState
    css: str
    dim: bool


@dataclass(frozen=True)
class MapArea:
    """The controls of one area of Annex A."""

    number: str
    title: str
    cells: tuple[MapCell, ...]


@dataclass(frozen=True)
class LegendItem:
    """A state, how many controls are in it, and the list of those."""

    state: MeasuredState
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class RequirementRow:
    """One line of the list of controls or clauses."""

    number: str
    title: str
    href: str
    measured: MeasuredState
    measured_at: datetime | None
    attested: str
    attested_at: datetime | None
    word: RequirementState
    reason: SafeString | str


@dataclass(frozen=True)
class ControlsPage:
    """The context of the list of controls."""

    title: str
    crumbs: tuple[Crumb, ...]
    areas: tuple[MapArea, ...]
    legend: tuple[LegendItem, ...]
    rows: tuple[RequirementRow, ...]
    state: str
    read_at: datetime | None


@dataclass(frozen=True)
class Chapter:
    """One of the clauses 4 to 10 with its sub-clauses."""

    number: str
    title: str
    phase: str
    complete: int
    rows: tuple[RequirementRow, ...]


@dataclass(frozen=True)
class RequirementPage:
    """The context of one control or sub-clause."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    id: str
    number: str
    what: str
    is_control: bool
    gist: str
    checked: bool
    pointer: str
    two: Standing
    word: RequirementState
    reasons: tuple[requirement_status.Why, ...]
    applies: related.Applies | None
    applies_new: str
    systems: tuple[tuple[str, str], ...]
    checks: tuple[readings.CheckRow, ...]
    checks_first: tuple[readings.CheckRow, ...]
    checks_rest: tuple[readings.CheckRow, ...]
    checks_badge: str
    evidence: tuple[EvidenceRow, ...]
    evidence_badge: str
    asked: tuple[str, ...]
    statements: tuple[Requirement, ...]
    mappings: tuple[related.MappingRow, ...]
    history: tuple[related.HistoryRow, ...]
    evidence_kind: str
    typical_owner: str
    cadence: str
    open_count: int
    open_list: str
    limits_href: str
    attest_href: str
    open_href: str
    previous: str
    next: str
    place: str


def control_map(standings: dict[str, Standing], only: str = "") -> tuple[MapArea, ...]:
    """All controls of Annex A by area, as cells."""
    areas = []
    for area in catalogs.areas():
        found = []
        for member in area.members:
            row = catalogs.requirement(member)
            if row.kind != "control":
                continue
            state = standings[row.id].measured
            found.append(
                MapCell(
                    row.number,
                    row.number.removeprefix("A."),
                    row.title,
                    cells.requirement_href(row.id),
                    state,
                    cell_class(state),
                    bool(only) and state != only,
                )
            )
        areas.append(MapArea(area.number, area.title, tuple(found)))
    return tuple(areas)


def legend(standings: dict[str, Standing], current: str = "") -> tuple[LegendItem, ...]:
    """How many controls are in each state, the quiet state first, then by gravity; zeros left out."""
    tally: dict[MeasuredState, int] = {}
    for row in catalogs.controls():
        state = standings[row.id].measured
        tally[state] = tally.get(state, 0) + 1
    order = [
        MeasuredState.EFFECTIVE,
        *(state for state in MeasuredState if state is not MeasuredState.EFFECTIVE),
    ]
    base = reverse("controls")
    return tuple(
        LegendItem(state, tally[state], f"{base}?{urlencode({'state': state.value})}", state == current)
        for state in order
        if state in tally
    )


def requirement_row(row: Requirement, held: Standing) -> RequirementRow:
    """One line of a list."""
    return RequirementRow(
        row.number,
        row.title,
        cells.requirement_href(row.id),
        held.measured,
        held.measured_at,
        held.attested,
        held.attested_at,
        held.word,
        held.reasons[0].short if held.reasons else "",
    )


@page(
    "controls/",
    name="controls",
    title="Controls",
    nav=Nav("Do", 10, "Controls", "shield-check", key="c"),
    permission=Permission("read", anywhere=True),
    samples=("/controls/", "/controls/?state=Degraded"),
)
def controls(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The 38 controls as a map and a list; the state in the address narrows both."""
    state = str(request.GET.get("state", "")).strip()
    if state and state not in set(MeasuredState):
        words = ", ".join(MeasuredState)
        raise Invalid("The list was not filtered.", [Fault("state", "is not a state", f"one of: {words}")])
    held = requirement_status.standings(actor)
    rows = tuple(
        requirement_row(row, held[row.id])
        for row in catalogs.controls()
        if not state or held[row.id].measured == state
    )
    read_at = max((one.measured_at for one in held.values() if one.measured_at), default=None)
    context = ControlsPage(
        "Controls", (), control_map(held, state), legend(held, state), rows, state, read_at
    )
    return render(request, "web/requirements/controls.html", {"page": context})


@page(
    "clauses/",
    name="clauses",
    title="Clauses and scope",
    nav=Nav("Plan", 10, "Clauses and scope", "compass"),
    permission=Permission("read", anywhere=True),
)
def clauses(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Clauses 4 to 10 with their sub-clauses."""
    held = requirement_status.standings(actor)
    chapters = []
    for group in catalogs.chapters():
        rows = tuple(requirement_row(catalogs.requirement(member), held[member]) for member in group.members)
        complete = sum(row.word is RequirementState.COMPLETE for row in rows)
        chapters.append(Chapter(group.number, group.title, PHASES[group.number], complete, rows))
    return render(
        request,
        "web/requirements/clauses.html",
        {"page": {"title": "Clauses", "crumbs": (), "chapters": chapters}},
    )


def _crumbs(row: Requirement) -> tuple[Crumb, ...]:
    group = next((one for one in (*catalogs.areas(), *catalogs.chapters()) if row.id in one.members), None)
    if row.kind == "control":
        title = f"{group.number} {group.title}" if group else "Annex A"
        return (Crumb("Controls", reverse("controls")), Crumb(title, reverse("controls")))
    return (Crumb("Clauses", f"{reverse('clauses')}#clause-{group.number if group else '4'}"),)


def _neighbours(row: Requirement) -> tuple[str, str, str]:
    siblings = catalogs.controls() if row.kind == "control" else catalogs.subclauses()
    ids = [one.id for one in siblings]
    if row.id not in ids:
        return "", "", ""
    place = ids.index(row.id)
    before = cells.requirement_href(ids[place - 1]) if place else ""
    after = cells.requirement_href(ids[place + 1]) if place + 1 < len(ids) else ""
    return before, after, f"{place + 1} of {len(ids)}"


def _badges(checks: tuple[readings.CheckRow, ...], rows: tuple[EvidenceRow, ...]) -> tuple[str, str]:
    over = sum(row.hit for row in checks)
    late = sum(row.share >= 1 for row in rows)
    return (
        f"{over} of {len(checks)} beyond the limit" if over else "",
        f"{late} of {len(rows)} out of date" if late else "",
    )


def requirement_page(actor: Actor, requirement_id: str) -> RequirementPage:
    """The context of one requirement. Raises `NotFound`."""
    row = catalogs.requirement(requirement_id)
    control = row.kind == "control"
    held = requirement_status.standings(actor).get(row.id) or requirement_status.blank(row.id)
    checks = readings.check_rows(actor, related.checks_of(row.id))
    rows = evidence_rows(actor, row.id, limit=EVIDENCE_SHOWN)
    before, after, place = _neighbours(row)
    first = max(CHECKS_SHOWN, sum(one.word != CheckState.WITHIN for one in checks))
    checks_badge, evidence_badge = _badges(checks, rows)
    open_count, open_list = related.open_nonconformities(actor, row.id)
    return RequirementPage(
        title=row.title,
        here=row.number,
        crumbs=_crumbs(row),
        id=row.id,
        number=row.number,
        what="control" if control else "clause" if row.kind == "clause" else "requirement",
        is_control=control,
        gist=row.gist,
        checked=row.checked_against_text,
        pointer=related.pointer(row),
        two=held,
        word=held.word,
        reasons=held.reasons,
        applies=related.applies(actor, row.id) if control else None,
        applies_new=related.new_href(actor, "applicability", requirement=row.id),
        systems=related.systems_read(checks),
        checks=checks,
        checks_first=checks[:first],
        checks_rest=checks[first:],
        checks_badge=checks_badge,
        evidence=rows,
        evidence_badge=evidence_badge,
        asked=row.auditor_evidence,
        statements=catalogs.statements(row.id) if row.kind == "clause" else (),
        mappings=related.mappings(row.id),
        history=related.history(actor, row.id),
        evidence_kind=row.evidence,
        typical_owner=row.owner,
        cadence=row.cadence,
        open_count=open_count,
        open_list=open_list,
        limits_href=reverse("record-list", args=["limits"]) if checks else "",
        attest_href=related.new_href(actor, "attestation", requirement=row.id),
        open_href=related.new_href(actor, "nonconformity", requirements=row.id),
        previous=before,
        next=after,
        place=place,
    )


def _render(request: HttpRequest, context: Any) -> HttpResponse:
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
