"""One check on one subject over time, and one of its results with the basis it was judged on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.controls import (
    acceptance,
    members,
    other_limits,
    queries,
    registry,
    restatements,
    visibility,
)
from plumbline.controls.dismissals import queries as dismissals
from plumbline.controls.dismissals.queries import Dismissal
from plumbline.controls.judged import queries as judged
from plumbline.controls.visibility import AcceptedRestatement, VisibleResult
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import Message, say
from plumbline.kernel.number_format import format_number
from plumbline.kernel.problems import NotAllowed, NotFound
from plumbline.kernel.states import BEYOND, Strength
from plumbline.records import queries as records
from plumbline.records.csv_export import csv_file, harmless
from plumbline.records.kinds import Kind
from plumbline.web import as_of, cells, trend
from plumbline.web.charts import Series
from plumbline.web.frame import Cell, Crumb, Proof, proof
from plumbline.web.pages import Permission, page
from plumbline.web.requirements import other_limits as other_limits_card
from plumbline.web.requirements import related
from plumbline.web.requirements.members import MemberRow, MemberRows, member_rows
from plumbline.web.requirements.moved import Moved, moved
from plumbline.web.requirements.other_limits import OtherLimitsCard
from plumbline.web.requirements.readings import Reading
from plumbline.web.systems import Systems, system_names, system_of
from plumbline.web.telemetry import samples

DAYS = {"30": 30, "90": 90, "365": 365}
USUAL = {"week": "90", "month": "365"}
"""Days shown of a check that is judged by week or month, where thirty would be a few points or one."""
RESULTS_SHOWN = 60
MEMBERS_SHOWN = 12
MOVED_DAYS = 30
"""Days of the trend of each input."""


@dataclass(frozen=True)
class CheckPage:
    """The context of one check on one subject. ``raised`` is the open nonconformity that triage wrote,
    ``dismissed`` how the last one was called off if the check fails, ``members`` whom the newest result
    speaks of, ``moved`` why a check on inputs reads what it reads."""

    reading: Reading
    results: Sequence[VisibleResult]
    days: int
    raised: str
    dismissed: Dismissal | None
    members: MemberRows
    moved: Moved | None = None
    others: OtherLimitsCard | None = None
    """What other limits would have said; none for a check whose windows cannot be judged again."""

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.reading.check.title

    @property
    def here(self) -> Message | str:
        """The last step of the way to the page."""
        return self.reading.subject

    @property
    def crumbs(self) -> tuple[Crumb, ...]:
        """The way to the page."""
        return (Crumb("Live checks", reverse("checks")),)

    @property
    def first_members(self) -> Sequence[MemberRow]:
        """The members that are shown at once: those that miss something, as far as there is room."""
        return self.members.rows[:MEMBERS_SHOWN]

    @property
    def more_members(self) -> Sequence[MemberRow]:
        """The members that are folded away."""
        return self.members.rows[MEMBERS_SHOWN:]

    @property
    def members_href(self) -> str:
        """The members as a file."""
        return reverse("check-members", args=[self.reading.check.slug, self.reading.result.subject])

    @property
    def lists(self) -> Sequence[tuple[int, Kind, str]]:
        """The lists of those that miss something, in which many can be mended at once."""
        return self.members.lists(self.reading.check.slug)

    @property
    def population(self) -> Message:
        """How many of the whole population have what is asked, how many are left out and how many hidden."""
        result = self.reading.result
        return say(
            "check.members",
            "{covered} of {total} have what is asked, {excluded} left out with a reason, {hidden} not shown.",
            covered=int(result.numerator or 0),
            total=int(result.denominator or 0),
            excluded=result.excluded,
            hidden=self.members.hidden,
        )

    @property
    def strength(self) -> str:
        """What the newest result shows at best, where it is within its limit."""
        return self.reading.result.strength or str(Strength.RECORDED)

    @property
    def choices(self) -> Iterable[str]:
        """For how many days the trend can be shown."""
        return DAYS

    @property
    def chart(self) -> SafeString:
        """The trend with its limit over the days that were chosen."""
        points = tuple((row.window_start, row.value) for row in self.reading.history)
        series = [Series(self.title, points)]
        return trend.trend(series, self.reading.description, limit=self.reading.limit)

    @property
    def open_href(self) -> str:
        """The form of a nonconformity that names this check and its subject."""
        subject = self.reading.result.subject
        values = {
            "check_name": self.reading.check.slug,
            "source": "check",
            "requirements": list(self.reading.check.requirements),
            "system": [system_of(self.reading.systems[subject])] if subject in self.reading.systems else [],
        }
        return f"{reverse('record-new', args=['nonconformities'])}?{urlencode(values, True)}"


@dataclass(frozen=True)
class ResultPage:
    """The context of one result. ``named`` is what it says to look at first."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    reading: Reading
    named: Sequence[Cell]
    proof: Proof
    raised: str
    events: Sequence[samples.Sample]
    restates: VisibleResult | None
    acceptance: AcceptedRestatement | None
    counts_instead: VisibleResult | None
    can_be_accepted: bool
    may_accept: Answer

    @property
    def why_restated(self) -> Message:
        """Why a closed window was judged again."""
        return say("result.because", "because of {cause}.", cause=restatements.cause_text(self.result.cause))

    @property
    def result(self) -> VisibleResult:
        """The result."""
        return self.reading.result

    @property
    def share(self) -> Message | None:
        """The value as a part of a whole, where it is one."""
        if self.result.numerator is None or self.result.denominator is None:
            return None
        part, whole = format_number(self.result.numerator), format_number(self.result.denominator)
        return say("result.share", "{part} of {whole}", part=part, whole=whole)

    @property
    def population(self) -> Message:
        """How many were judged and how many were left out."""
        counted, excluded = self.result.population, self.result.excluded
        if counted is None:
            return say("result.not-counted", "Not counted")
        if not excluded:
            return say("result.population", "{population}", population=counted)
        return say(
            "result.population-without",
            "{population}, {excluded} excluded",
            population=counted,
            excluded=excluded,
        )


def _result(actor: Actor, slug: str, subject: str, at: datetime | None) -> VisibleResult:
    """What a check reads of a subject today, or read ``at`` an instant. Raises `NotFound`."""
    results = None if at is None else judged.readings_at(at)
    result = visibility.visible_results(actor, results).rows.get((slug, subject))
    if result is None and at is None:
        raise NotFound("This check has not reported on this subject yet.")
    if result is None:
        raise NotFound("This check had not reported on this subject by then.")
    return result


def _raised(actor: Actor, slug: str, subject: str, at: datetime | None) -> tuple[str, str]:
    """The last nonconformity that a check raised on a subject, with its state now or ``at`` an instant."""
    reference, state = queries.last_raised(slug, subject)
    if not reference or at is None:
        return reference, state
    try:
        return reference, str(records.as_of(actor, reference, at)["state"])
    except (NotFound, NotAllowed):
        return "", ""


def check_page(actor: Actor, slug: str, subject: str, days: int, at: datetime | None = None) -> CheckPage:
    """One check on one subject over the last ``days`` days before its newest result, or the newest ``at`` an
    instant. Raises `NotFound`."""
    check = registry.get(slug)
    result = _result(actor, slug, subject, at)
    start = result.window_end - timedelta(days=days)
    history = judged.verdicts_of_windows(slug, subject, start, result.window_end, at)
    windows = judged.windows_of(slug, subject, start, result.window_end, at)[-RESULTS_SHOWN:]
    rows = [row for window in reversed(windows) for row in restatements.verdicts(window)]
    shown = visibility.redact_results(actor, rows)
    raised, state = _raised(actor, slug, subject, at)
    return CheckPage(
        reading=Reading(check, result, history, system_names(actor)),
        results=shown,
        days=days,
        raised=raised if state not in related.CLOSED else "",
        dismissed=_dismissed(actor, raised, at) if result.word in BEYOND else None,
        members=member_rows(actor, result),
        # Counted from the events of now, which is not what was known on an earlier day.
        moved=moved(check, result, MOVED_DAYS) if at is None else None,
    )


def _dismissed(actor: Actor, raised: str, at: datetime | None) -> Dismissal | None:
    found = dismissals.dismissal_of(actor, raised)
    return found if found is None or at is None or found.at <= at else None


@page(
    "checks/<slug:slug>/<str:subject>/",
    name="check",
    title="One check of one system",
    permission=Permission("read", anywhere=True),
    samples=("/checks/error-rate/claims-triage/",),
    as_of=True,
)
def check(request: HttpRequest, actor: Actor, slug: str, subject: str) -> HttpResponse:
    """One check on one subject."""
    usual = USUAL.get(registry.get(slug).window, "30")
    days = DAYS.get(str(request.GET.get("days", usual)), DAYS[usual])
    instant = as_of.of_request(request).instant
    context = check_page(actor, slug, subject, days, instant)
    if instant is None and other_limits.applies(context.reading.check):
        name = context.reading.check.limits[0].name
        others = other_limits_card.card(context.reading.result, name, request.GET.dict())
        context = replace(context, others=others)
    return render(request, "web/requirements/check.html", {"page": context})


@page(
    "checks/<slug:slug>/<str:subject>/members.csv",
    name="check-members",
    title="The members of a check as CSV",
    method="file",
    permission=Permission("read", anywhere=True),
    samples=("/checks/systems-owned/organization/members.csv",),
    as_of=True,
)
def check_members(request: HttpRequest, actor: Actor, slug: str, subject: str) -> HttpResponseBase:
    """Whom the newest result of a check speaks of, as far as the reader sees them."""
    result = _result(actor, registry.get(slug).slug, subject, as_of.of_request(request).instant)
    shown = visibility.members_of(actor, result).rows
    lines = ([harmless(cell) for cell in members.as_cells(result, member)] for member in shown)
    response = StreamingHttpResponse(
        csv_file(lines, list(members.COLUMNS)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}-members.csv"'
    return response


def _named(result: VisibleResult, systems: Systems) -> Sequence[Cell]:
    """What a result says to look at first: AI systems by name, records and the rest as cells."""
    found = []
    for name in result.names:
        title, href = systems.get(name, ("", ""))
        found.append(Cell("link", title, href) if title else cells.cell(name))
    return found


@page(
    "results/<int:number>/",
    name="result",
    title="One result of a check",
    permission=Permission("read", anywhere=True),
    samples=("/results/{result}/",),
)
def result(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One result: what was judged, on what basis, under which limit, and the entry that holds it."""
    row = visibility.result(actor, number)
    check, systems = registry.get(row.check_name), system_names(actor)
    on_telemetry = check.on_telemetry and row.subject in systems
    context = ResultPage(
        title=f"{check.title}: {row.word.lower()}",
        here=f"VisibleResult {number:,}",
        crumbs=(
            Crumb("Live checks", reverse("checks")),
            Crumb(check.title, reverse("check", args=[row.check_name, row.subject])),
        ),
        reading=Reading(check, row, (), systems),
        named=_named(row, systems),
        proof=proof(row.leaf),
        raised=queries.raised_by(row),
        events=samples.of_window(row, systems) if on_telemetry else (),
        restates=row.restates,
        acceptance=judged.acceptance_of(row),
        counts_instead=judged.counting_instead(row),
        can_be_accepted=acceptance.open_restatement(row) == row,
        may_accept=acceptance.may_accept(actor, row),
    )
    return render(request, "web/requirements/result.html", {"page": context})


@page(
    "results/<int:number>/accept/",
    name="result-accept",
    title="Accept a restatement",
    method="POST",
    samples=("/results/{result}/accept/",),
)
def result_accept(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Let the later verdict of a closed window count, with the reason for it."""
    entry = acceptance.accept(actor, number, str(request.POST.get("reason", "")))
    accepted = gettext("The restatement counts from now on, entry {entry}.")
    messages.success(request, accepted.format(entry=f"{entry:,}"))
    return HttpResponseRedirect(reverse("result", args=[number]))
