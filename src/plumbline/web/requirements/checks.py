"""Live checks: what each reads today of each subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from plumbline.controls import declare, registry, visibility
from plumbline.controls.judged import queries as judged
from plumbline.controls.visibility import VisibleResults
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.states import CheckState
from plumbline.web import as_of as days
from plumbline.web.as_of import AsOf
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import readings
from plumbline.web.requirements.control_map import LegendItem, legend_of
from plumbline.web.requirements.grid import GridPage, grid_page
from plumbline.web.requirements.readings import Reading
from plumbline.web.systems import system_names

LIST = "list"
"""The view of all readings as a list with trends."""
SHOWN = 60
"""Readings drawn with a trend on one page; the filters reach the others."""


@dataclass(frozen=True)
class ChecksPage:
    """The context of the list of readings, narrowed by ``subject``, ``state`` and ``check`` if given."""

    title: str
    crumbs: tuple[Crumb, ...]
    rows: Sequence[Reading]
    total: int
    legend: Sequence[LegendItem]
    subjects: Sequence[tuple[str, str]]
    subject: str
    state: str
    check: str
    check_title: str
    declared: int
    read_at: datetime | None
    silent: Sequence[declare.Check]
    hidden: Text
    grid: GridPage | None = None
    """The grid, where the list is not asked for."""

    @property
    def total_text(self) -> Message:
        """How many readings there are."""
        return say("checks.total", "{count} reading", plural="{count} readings", count=self.total)


def _legend(visible: VisibleResults, state: str, given: Mapping[str, str]) -> Sequence[LegendItem]:
    subject = given["subject"]
    states = (
        CheckState(result.word) for (_, about), result in visible.rows.items() if subject in ("", about)
    )
    narrowed = {name: value for name, value in given.items() if value}
    chosen = f"{urlencode(narrowed)}&" if narrowed else ""
    return legend_of(states, CheckState, state, f"{reverse('checks')}?{chosen}word=")


def checks_page(
    actor: Actor, subject: str, state: str, check: str = "", as_of: AsOf | None = None, as_grid: bool = False
) -> ChecksPage:
    """What every check reads today or read as of a day, gravest first, narrowed to a subject, a state or one
    check; with ``as_grid`` as a grid of systems and checks, without their trends.

    Raises `Invalid`, and `NotFound` for a check that there is not.
    """
    if state and state not in set(CheckState):
        words = ", ".join(CheckState)
        raise Invalid(
            "The list was not filtered.",
            [Fault("word", "is not a word", say("fault.one-of", "one of: {names}", names=words))],
        )
    declared = (registry.get(check),) if check else registry.all_checks()
    as_of = as_of or AsOf()
    results = None if as_of.instant is None else judged.readings_at(as_of.instant)
    visible, systems = visibility.visible_results(actor, results), system_names(actor)
    if check:
        rows = {place: result for place, result in visible.rows.items() if place[0] == check}
        visible = VisibleResults(rows, visible.hidden)
    subjects = {about for _, about in visible.rows}
    names = [(about, str(readings.subject_name(about, systems))) for about in subjects]
    reporting = {name for name, _ in visible.rows}
    return ChecksPage(
        title="Live checks",
        crumbs=(),
        rows=()
        if as_grid
        else readings.readings(visible, systems, subject=subject, word=state, most=SHOWN, at=as_of.instant),
        total=sum(
            subject in ("", about) and state in ("", result.word)
            for (_, about), result in visible.rows.items()
        ),
        legend=_legend(visible, state, {"subject": subject, "check": check, days.PARAMETER: as_of.text}),
        subjects=sorted(names, key=lambda pair: pair[1]),
        subject=subject,
        state=state,
        check=check,
        check_title=declared[0].title if check else "",
        declared=len(declared),
        read_at=readings.newest(visible),
        silent=[check for check in declared if check.slug not in reporting],
        hidden=visibility.not_shown(visible.hidden, "reading"),
        grid=grid_page(actor, visible, systems, as_of.instant) if as_grid else None,
    )


@page(
    "checks/",
    name="checks",
    title="Live checks",
    nav=Nav("Check", 10, "Live checks", "activity"),
    permission=Permission("read", anywhere=True),
    samples=(
        "/checks/",
        "/checks/?view=list",
        "/checks/?word=Within",
        "/checks/?check=error-rate",
        "/checks/?as_of=2026-11-19",
    ),
    as_of=True,
)
def checks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The grid of systems and checks, or the list of readings that the address narrows."""
    subject = str(request.GET.get("subject", "")).strip()
    word, one = (str(request.GET.get(name, "")).strip() for name in ("word", "check"))
    as_grid = not (subject or word or one) and request.GET.get("view") != LIST
    context = checks_page(actor, subject, word, one, days.of_request(request), as_grid)
    return render(request, "web/requirements/checks.html", {"page": context})
