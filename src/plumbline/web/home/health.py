"""AIMS health: verdict, readiness, what is due, what is happening. Every number has its base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop

from plumbline import catalogs
from plumbline.controls import queries as controls
from plumbline.controls import visibility
from plumbline.controls.decisions import queries as decisions
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.controls.tasks import queries as tasks
from plumbline.controls.tasks.task import Task
from plumbline.controls.visibility import VisibleResults
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, memo
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.states import MeasuredState, RequirementState
from plumbline.records import queries
from plumbline.web import shell
from plumbline.web.home import blockers as blocking
from plumbline.web.home.blockers import Blocker, Undone, blockers
from plumbline.web.home.due import DueRow, due_rows
from plumbline.web.home.first_steps import Step, first_steps, takeable
from plumbline.web.home.nonconformities import OpenNonconformities, open_nonconformities
from plumbline.web.home.readiness import ClauseReadiness, readiness
from plumbline.web.messages import VisibleNames
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import evidence_rows, readings, related
from plumbline.web.requirements.control_map import LegendItem, MapArea, control_map, legend
from plumbline.web.requirements.readings import Reading
from plumbline.web.requirements.status import postures
from plumbline.web.shell import STEPS_COOKIE

DUE_READ, DUE_SHOWN = 60, 6


@dataclass(frozen=True)
class Figure:
    """A number with its base and a note below; ``tone`` is a text class."""

    label: str
    number: int
    base: int
    note: Message
    tone: str = "soft"


@dataclass(frozen=True)
class HomePage:
    """The context of the home page."""

    title: str
    here: str
    crumbs: tuple[()]
    occasion: Message
    verdict: Text
    blockers: tuple[Blocker, ...]
    more_blockers: int
    figures: tuple[Figure, ...]
    readiness: tuple[ClauseReadiness, ...]
    due: tuple[DueRow, ...]
    lapsed: tuple[Task, ...]
    areas: tuple[MapArea, ...]
    legend: tuple[LegendItem, ...]
    read_at: datetime | None
    changed: tuple[Reading, ...]
    nonconformities: OpenNonconformities
    nonconformities_href: str
    steps: tuple[Step, ...]
    steps_done: int
    steps_folded: bool
    begin: Step | None
    review_href: str


def figures(
    held: Mapping[str, RequirementPosture], shares: Mapping[str, Sequence[float]], results: VisibleResults
) -> tuple[Figure, ...]:
    """The four figures beside the verdict."""
    evidence_of = Counter(held[row.id].word for row in catalogs.subclauses())
    controls = Counter(held[row.id].measured for row in catalogs.controls())
    dated = [share for found in shares.values() for share in found]
    late = sum(share >= 1 for share in dated)
    checks = readings.tally(results)
    return (
        Figure(
            gettext_noop("Sub-clauses with evidence"),
            evidence_of[RequirementState.COMPLETE],
            evidence_of.total(),
            say("home.figure-partial", "{partial} partial", partial=evidence_of[RequirementState.PARTIAL]),
        ),
        Figure(
            gettext_noop("Controls in order"),
            sum(count for state, count in controls.items() if state.good),
            controls.total() - controls[MeasuredState.NOT_APPLICABLE],
            say(
                "home.figure-strengths",
                "{effective} effective, {operating} operating, {recorded} recorded",
                effective=controls[MeasuredState.EFFECTIVE] + controls[MeasuredState.PROVED],
                operating=controls[MeasuredState.OPERATING],
                recorded=controls[MeasuredState.RECORDED],
            ),
        ),
        Figure(
            gettext_noop("Evidence in date"),
            len(dated) - late,
            len(dated),
            say("home.figure-late", "{late} out of date", late=late),
        ),
        Figure(gettext_noop("Checks within"), checks.within, checks.total, _beyond(checks)),
    )


def _beyond(checks: readings.Tally) -> Message:
    if not checks.hidden:
        return say("home.figure-beyond", "{beyond} beyond the limit", beyond=checks.beyond)
    return say(
        "home.figure-beyond-hidden",
        "{beyond} beyond the limit, {hidden} outside your units",
        beyond=checks.beyond,
        hidden=checks.hidden,
    )


def home_page(actor: Actor, names: VisibleNames, *, fold_steps: bool = False) -> HomePage:
    """The context of the home page for one reader, with the ``names`` that it shows looked up in one query;
    ``fold_steps`` leaves only the head of the first steps."""
    read = controls.readings()
    held, results = postures(actor, read), visibility.visible_results(actor, read)
    due = due_rows(actor, limit=DUE_READ)
    shares = evidence_rows.shares_by_clause(actor)
    counts = queries.counts_by_kind(actor)
    nonconformities = open_nonconformities(actor)
    blank = not any(counts.values())
    steps = first_steps(actor, counts)
    left = [step.label for step in steps if not step.done]
    undone = Undone(decisions.undecided(), nonconformities.suspected, left)
    against = () if blank else blockers(held.values(), results.rows, due, undone)
    # What the reader cannot do is no task of theirs, and goes on counting: it is undone all the same.
    steps = takeable(steps)
    names.learn(blocker.message for blocker in against[: blocking.SHOWN])
    return HomePage(
        title="AIMS health",
        here="Home",
        crumbs=(),
        occasion=say(
            "home.occasion",
            "{count} AI system, as of {now}",
            plural="{count} AI systems, as of {now}",
            count=counts.get("ai-system", 0),
            now=clock.now(),
        ),
        verdict=blocking.verdict(against, blank=blank, begins=bool(steps)),
        blockers=against[: blocking.SHOWN],
        more_blockers=max(len(against) - blocking.SHOWN, 0),
        figures=figures(held, shares, results),
        readiness=readiness(held, shares, due, nonconformities.by_clause),
        due=due[:DUE_SHOWN],
        lapsed=tasks.lapsed_acceptances(actor),
        areas=control_map(held),
        legend=legend(held),
        read_at=readings.newest(results),
        changed=readings.changed_since_yesterday(results, names.systems),
        nonconformities=nonconformities,
        nonconformities_href=related.list_href("nonconformity"),
        steps=steps,
        steps_done=sum(step.done for step in steps),
        steps_folded=fold_steps,
        begin=next((step for step in steps if not step.done), None),
        review_href=related.new_href(actor, "management-review"),
    )


@page(
    "",
    name="home",
    title="Home",
    nav=Nav("", 10, "Home", "house", key="h"),
    permission=Permission("read", anywhere=True),
)
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """AIMS health."""
    folded = request.COOKIES.get(STEPS_COOKIE) == "folded"
    # Nothing is written here, and several of its parts ask what is in force.
    with memo.shared_reads():
        context = home_page(actor, shell.names_of(request, actor), fold_steps=folded)
    return render(request, "web/home/home.html", {"page": context})
