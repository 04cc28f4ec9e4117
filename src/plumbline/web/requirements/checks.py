"""Live checks: what each reads today of each subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from plumbline.controls import declare, registry, visibility
from plumbline.controls.visibility import VisibleResults
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.states import CheckState
from plumbline.web.frame import Crumb
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import readings
from plumbline.web.requirements.control_map import LegendItem, legend_of
from plumbline.web.requirements.readings import Reading
from plumbline.web.systems import system_names

SHOWN = 60
"""Readings drawn with a trend on one page; the filters reach the others."""


@dataclass(frozen=True)
class ChecksPage:
    """The context of the list of readings, narrowed by ``subject`` and ``state`` if they are given."""

    title: str
    crumbs: tuple[Crumb, ...]
    rows: Sequence[Reading]
    total: int
    legend: Sequence[LegendItem]
    subjects: Sequence[tuple[str, str]]
    subject: str
    state: str
    declared: int
    read_at: datetime | None
    silent: Sequence[declare.Check]
    hidden: Text

    @property
    def total_text(self) -> Message:
        """How many readings there are."""
        return say("checks.total", "{count} reading", plural="{count} readings", count=self.total)


def _legend(visible: VisibleResults, state: str, subject: str) -> Sequence[LegendItem]:
    states = (
        CheckState(result.word) for (_, about), result in visible.rows.items() if subject in ("", about)
    )
    chosen = f"{urlencode({'subject': subject})}&" if subject else ""
    return legend_of(states, CheckState, state, f"{reverse('checks')}?{chosen}word=")


def checks_page(actor: Actor, subject: str, state: str) -> ChecksPage:
    """What every check reads today, gravest first, narrowed to a subject or a state. Raises `Invalid`."""
    if state and state not in set(CheckState):
        words = ", ".join(CheckState)
        raise Invalid(
            "The list was not filtered.",
            [Fault("word", "is not a word", say("fault.one-of", "one of: {names}", names=words))],
        )
    visible, systems = visibility.visible_results(actor), system_names(actor)
    subjects = {about for _, about in visible.rows}
    names = [(about, str(readings.subject_name(about, systems))) for about in subjects]
    reporting = {name for name, _ in visible.rows}
    declared = registry.all_checks()
    return ChecksPage(
        title="Live checks",
        crumbs=(),
        rows=readings.readings(visible, systems, subject=subject, word=state, most=SHOWN),
        total=sum(
            subject in ("", about) and state in ("", result.word)
            for (_, about), result in visible.rows.items()
        ),
        legend=_legend(visible, state, subject),
        subjects=sorted(names, key=lambda pair: pair[1]),
        subject=subject,
        state=state,
        declared=len(declared),
        read_at=readings.newest(visible),
        silent=[check for check in declared if check.slug not in reporting],
        hidden=visibility.not_shown(visible.hidden, "reading"),
    )


@page(
    "checks/",
    name="checks",
    title="Live checks",
    nav=Nav("Check", 10, "Live checks", "activity"),
    permission=Permission("read", anywhere=True),
    samples=("/checks/", "/checks/?word=Within"),
)
def checks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list of readings."""
    subject = str(request.GET.get("subject", "")).strip()
    context = checks_page(actor, subject, str(request.GET.get("word", "")).strip())
    return render(request, "web/requirements/checks.html", {"page": context})
