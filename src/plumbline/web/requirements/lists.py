"""Controls and clauses as lists: every requirement with what is measured and what is attested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plumbline import catalogs
from plumbline.catalogs import Group
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.states import MeasuredState, RequirementState
from plumbline.records import kinds
from plumbline.reports import applicability, posture_versions
from plumbline.web import as_of as days
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements.control_map import LegendItem, MapArea, control_map, legend
from plumbline.web.requirements.status import postures

PHASES = {"4": "Plan", "5": "Plan", "6": "Plan", "7": "Plan", "8": "Do", "9": "Check", "10": "Act"}
"""The phase of the standard's own cycle to which each clause belongs."""


@dataclass(frozen=True)
class ControlsPage:
    """The context of the list of controls; ``state`` narrows it."""

    title: str
    crumbs: tuple[Crumb, ...]
    areas: tuple[MapArea, ...]
    legend: tuple[LegendItem, ...]
    rows: Sequence[RequirementPosture]
    state: str
    read_at: datetime | None
    may_read_versions: bool = False
    may_export: bool = False

    @property
    def total(self) -> Message:
        """How many are listed, and in which state if only those."""
        count = len(self.rows)
        if not self.state:
            return say("controls.total", "{count}", count=count)
        return say("controls.total-in-state", "{count} {state}", count=count, state=Word(self.state.lower()))


@dataclass(frozen=True)
class Chapter:
    """One of the clauses 4 to 10 with its sub-clauses."""

    clause: Group
    phase: str
    rows: Sequence[RequirementPosture]

    @property
    def complete(self) -> int:
        """How many of its sub-clauses have complete evidence."""
        return sum(row.word is RequirementState.COMPLETE for row in self.rows)


@page(
    "controls/",
    name="controls",
    title="Controls",
    nav=Nav("Do", 10, "Controls", "shield-check", key="c"),
    permission=Permission("read", anywhere=True),
    samples=("/controls/", "/controls/?state=Degraded", "/controls/?as_of=2026-11-19"),
    as_of=True,
)
def controls(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The 38 controls as a map and a list, now or as of a day; the state in the address narrows both."""
    state = str(request.GET.get("state", "")).strip()
    if state and state not in set(MeasuredState):
        words = ", ".join(MeasuredState)
        raise Invalid(
            "The list was not filtered.",
            [Fault("state", "is not a state", say("fault.one-of", "one of: {names}", names=words))],
        )
    known = postures(actor, at=days.of_request(request).instant)
    context = ControlsPage(
        title="Controls",
        crumbs=(),
        areas=control_map(known),
        legend=legend(known, state),
        rows=[known[row.id] for row in catalogs.controls() if state in ("", known[row.id].measured)],
        state=state,
        read_at=max((row.measured_at for row in known.values() if row.measured_at), default=None),
        may_read_versions=_may_read_versions(actor),
        may_export=_may_export(actor),
    )
    return render(request, "web/requirements/controls.html", {"page": context})


@page(
    "clauses/",
    name="clauses",
    title="Clauses and scope",
    nav=Nav("Plan", 10, "Clauses and scope", "compass"),
    permission=Permission("read", anywhere=True),
    as_of=True,
)
def clauses(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Clauses 4 to 10 with their sub-clauses, now or as of a day."""
    known = postures(actor, at=days.of_request(request).instant)
    chapters = [
        Chapter(clause, PHASES[clause.number], [known[member] for member in clause.members])
        for clause in catalogs.chapters()
    ]
    context = {
        "title": "Clauses",
        "crumbs": (),
        "chapters": chapters,
        "may_read_versions": _may_read_versions(actor),
        "may_export": _may_export(actor),
    }
    return render(request, "web/requirements/clauses.html", {"page": context})


def _may_export(actor: Actor) -> bool:
    """Whether ``actor`` may take the posture out as a document."""
    return bool(policy.may(actor, "export", kind=applicability.KIND, anywhere=True))


def _may_read_versions(actor: Actor) -> bool:
    kind = posture_versions.KIND
    return kinds.exists(kind) and bool(policy.may(actor, "read", kind=kind, anywhere=True))
