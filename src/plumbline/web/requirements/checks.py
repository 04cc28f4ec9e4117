"""Live checks: what each reads today, one check on one subject over time, and one result with its basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from plumbline.controls import declare, queries, registry, visibility
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.kernel.states import CheckState
from plumbline.web import cells, references, trend
from plumbline.web.charts import Series
from plumbline.web.frame import Cell, Crumb, Proof, proof
from plumbline.web.messages import VisibleNames
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import readings, related
from plumbline.web.systems import Systems, system_names, system_of
from plumbline.web.telemetry import samples

DAYS = {"30": 30, "90": 90, "365": 365}
USUAL = {"week": "90", "month": "365"}
"""Days shown of a check that is judged by week or month, where thirty would be a few points or one."""
RESULTS_SHOWN = 60
LIST_CAP = 60
"""Readings drawn with a trend on one page; the filters reach the others."""


@dataclass(frozen=True)
class WordCount:
    """How many readings have a word, and the list of them."""

    state: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class ChecksPage:
    """The context of the list of readings."""

    title: str
    crumbs: tuple[Crumb, ...]
    rows: tuple[readings.CheckRow, ...]
    total: int
    legend: tuple[WordCount, ...]
    subjects: tuple[tuple[str, str], ...]
    subject: str
    word: str
    declared: int
    read_at: datetime | None
    silent: tuple[tuple[str, str], ...]
    hidden: str


@dataclass(frozen=True)
class CheckPage:
    """The context of one check on one subject."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    check: declare.Check
    subject: str
    subject_href: str
    row: readings.CheckRow
    chart: SafeString
    results: tuple[readings.ResultRow, ...]
    requirements: tuple[tuple[str, str], ...]
    days: int
    choices: tuple[str, ...]
    limits_href: str
    reason: SafeString
    limit_source: SafeString | str
    open_href: str
    raised: str
    raised_href: str


@dataclass(frozen=True)
class ResultPage:
    """The context of one result."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    word: str
    check_title: str
    result: Any
    value: str
    limit: str
    subject: str
    subject_href: str
    names: tuple[Cell, ...]
    reason: SafeString
    limit_source: SafeString | str
    proof: Proof
    run_root: str
    raised: str
    raised_href: str
    check_href: str
    requirements: tuple[tuple[str, str], ...]
    events: tuple[samples.Sample, ...]


def _declared(slug: str) -> declare.Check:
    return registry.get(slug)


def _whom(subject: str, systems: Systems) -> str:
    """The name of a subject."""
    if subject == ORGANIZATION:
        return "Whole organization"
    return systems[subject][0] if subject in systems else subject


def _legend(held: visibility.VisibleResults, word: str, subject: str) -> tuple[WordCount, ...]:
    counted: dict[str, int] = {}
    for (_, about), result in held.rows.items():
        if not subject or about == subject:
            counted[result.word] = counted.get(result.word, 0) + 1
    base = reverse("checks")
    found = []
    for state in CheckState:
        if state in counted:
            query = {"word": str(state), **({"subject": subject} if subject else {})}
            found.append(WordCount(state, counted[state], f"{base}?{urlencode(query)}", state == word))
    return tuple(found)


def checks_page(actor: Actor, subject: str, word: str) -> ChecksPage:
    """What every check reads today, gravest first, narrowed to a subject or a word. Raises `Invalid`."""
    if word and word not in set(CheckState):
        words = ", ".join(CheckState)
        raise Invalid("The list was not filtered.", [Fault("word", "is not a word", f"one of: {words}")])
    seen = visibility.visible_results(actor)
    held = seen.rows
    rows = readings.check_rows(actor, subject=subject, word=word, most=LIST_CAP)
    total = sum(
        (not subject or one == subject) and (not word or result.word == word)
        for (_, one), result in held.items()
    )
    systems, about = system_names(actor), {one for _, one in held}
    speaking = {name for name, _ in held}
    declared = registry.all_checks()
    return ChecksPage(
        title="Live checks",
        crumbs=(),
        rows=rows,
        total=total,
        legend=_legend(seen, word, subject),
        subjects=tuple(sorted(((one, _whom(one, systems)) for one in about), key=lambda pair: pair[1])),
        subject=subject,
        word=word,
        declared=len(declared),
        read_at=max((result.recorded_at for result in held.values()), default=None),
        silent=tuple((check.title, check.text) for check in declared if check.slug not in speaking),
        hidden=str(visibility.not_shown(seen.hidden, "reading")),
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


def check_page(actor: Actor, slug: str, subject: str, days: int) -> CheckPage:
    """One check on one subject over the last ``days`` days before its newest result. Raises `NotFound`."""
    check = _declared(slug)
    held = visibility.visible_results(actor).rows.get((slug, subject))
    if held is None:
        raise NotFound("This check has not reported on this subject yet.")
    systems = system_names(actor)
    history = queries.newest_of_windows(
        slug, subject, held.window_end - timedelta(days=days), held.window_end
    )
    limit = readings.bounds(held)
    label = readings.sentence(check.title, subject, history, limit, held.unit)
    points = tuple((row.window_start, row.value) for row in history)
    raised, standing = queries.last_raised(slug, subject)
    known = references.visible_names(actor, (held.reason, held.limit_source))
    about = [system_of(systems[subject])] if subject in systems else []
    given = {"check_name": slug, "source": "check", "requirements": list(check.requirements), "system": about}
    query = urlencode(given, True)
    return CheckPage(
        title=check.title,
        here=_whom(subject, systems),
        crumbs=(Crumb("Live checks", reverse("checks")),),
        check=check,
        subject=_whom(subject, systems),
        subject_href=systems[subject][1] if subject in systems else "",
        row=readings.check_row(check, subject, held, history, systems),
        chart=trend.trend([Series(check.title, points)], label, limit=limit),
        results=readings.result_rows(actor, reversed(history[-RESULTS_SHOWN:])),
        requirements=_requirements(check),
        days=days,
        choices=tuple(DAYS),
        limits_href=f"{reverse('record-list', args=['limits'])}?check_name={slug}",
        reason=references.linkify_html(held.reason, known),
        limit_source=_source(held.limit_source, known),
        open_href=f"{reverse('record-new', args=['nonconformities'])}?{query}",
        raised=raised if standing not in related.CLOSED else "",
        raised_href=cells.record_href(raised) if raised else "",
    )


def _source(source: str, known: VisibleNames) -> SafeString | str:
    """Where a limit comes from: the record that sets it, or nothing for the delivered default."""
    return references.linkify_html(source, known) if source and source != "default" else ""


@page(
    "checks/<slug:slug>/<str:subject>/",
    name="check",
    title="One check of one system",
    permission=Permission("read", anywhere=True),
    samples=("/checks/error-rate/claims-triage/",),
)
def check(request: HttpRequest, actor: Actor, slug: str, subject: str) -> HttpResponse:
    """One check on one subject."""
    usual = USUAL.get(_declared(slug).window, "30")
    days = DAYS.get(str(request.GET.get("days", usual)), DAYS[usual])
    return render(request, "web/requirements/check.html", {"page": check_page(actor, slug, subject, days)})


def _requirements(check: declare.Check) -> tuple[tuple[str, str], ...]:
    return tuple((cells.requirement_label(one), cells.requirement_href(one)) for one in check.requirements)


def _named(names: Iterable[str], known: VisibleNames, systems: Systems) -> tuple[Cell, ...]:
    """What a result says to look at first: records by title, AI systems by name, the rest as it stands."""
    found = []
    for name in names:
        title, href = systems.get(name, ("", ""))
        found.append(Cell("link", title, href) if title else cells.cell(name))
    return tuple(found)


@page(
    "results/<int:number>/",
    name="result",
    title="One result of a check",
    permission=Permission("read", anywhere=True),
    samples=("/results/{result}/",),
)
def result(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One result: what was judged, on what basis, under which limit, and the entry that holds it."""
    found = visibility.result(actor, number)
    check = _declared(found.check_name)
    systems = system_names(actor)
    raised = queries.raised_by(found)
    known = references.visible_names(actor, (*found.names, found.reason, found.limit_source))
    context = ResultPage(
        title=f"{check.title}: {found.word.lower()}",
        here=f"Result {number:,}",
        crumbs=(
            Crumb("Live checks", reverse("checks")),
            Crumb(check.title, reverse("check", args=[found.check_name, found.subject])),
        ),
        word=found.word,
        check_title=check.title,
        result=found,
        value=readings.shown_value(found.value, found.unit),
        limit=readings.limit_words(readings.bounds(found), found.unit),
        subject=_whom(found.subject, systems),
        subject_href=systems[found.subject][1] if found.subject in systems else "",
        names=_named(found.names, known, systems),
        reason=references.linkify_html(found.reason, known),
        limit_source=_source(found.limit_source, known),
        proof=proof(found.leaf),
        run_root=found.run.root,
        raised=raised,
        raised_href=cells.record_href(raised) if raised else "",
        check_href=reverse("check", args=[found.check_name, found.subject]),
        requirements=_requirements(check),
        events=samples.of_window(found, systems) if check.on_telemetry and found.subject in systems else (),
    )
    return render(request, "web/requirements/result.html", {"page": context})
