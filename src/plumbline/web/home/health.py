"""AIMS health: verdict, readiness, what is due, what is happening. Every number has its base."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline import catalogs
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.states import MeasuredState, RequirementState
from plumbline.records import kinds, queries
from plumbline.web import cells, charts
from plumbline.web.charts import Part, Tick
from plumbline.web.home.first_steps import Step, first_steps, others
from plumbline.web.home.overview import DueRow, due_rows
from plumbline.web.pages import Nav, Permission, page
from plumbline.web.requirements import evidence, readings, related
from plumbline.web.requirements import status as requirement_status
from plumbline.web.requirements.pages import PHASES, LegendItem, MapArea, control_map, legend
from plumbline.web.requirements.status import Standing
from plumbline.web.shell import STEPS_COOKIE
from plumbline.web.words import look

BLOCKERS_SHOWN = 3
LONGEST_REASON = 90
NONCONFORMITIES_SHOWN = 6
DUE_SHOWN = 6
GRAVE = ("suspected", "open", "contained", "corrected", "verified")


@dataclass(frozen=True)
class Blocker:
    """A reason for the verdict, with a link."""

    label: str
    href: str
    rest: str
    role: str
    icon: str


@dataclass(frozen=True)
class Figure:
    """A number with its base and a note below; ``tone`` is a text class."""

    label: str
    number: str
    base: str
    note: str
    tone: str = "soft"


@dataclass(frozen=True)
class ReadinessRow:
    """One clause of the readiness table; ``span`` is set on the first row of a phase."""

    phase: str
    span: int
    number: str
    title: str
    href: str
    complete: int
    total: int
    bar: SafeString
    words: str
    strip: SafeString | None
    late: int
    open: int
    open_href: str
    due: date | None
    due_late: bool


@dataclass(frozen=True)
class NonconformityRow:
    """An open nonconformity."""

    reference: str
    title: str
    href: str
    state: str
    note: str
    owner: str


@dataclass(frozen=True)
class HomePage:
    """The context of the home page."""

    title: str
    here: str
    crumbs: tuple[()]
    occasion: str
    verdict: str
    blockers: tuple[Blocker, ...]
    more_blockers: int
    figures: tuple[Figure, ...]
    readiness: tuple[ReadinessRow, ...]
    due: tuple[DueRow, ...]
    areas: tuple[MapArea, ...]
    legend: tuple[LegendItem, ...]
    read_at: datetime | None
    changed: tuple[readings.CheckRow, ...]
    nonconformities: tuple[NonconformityRow, ...]
    nonconformities_open: int
    nonconformities_href: str
    steps: tuple[Step, ...]
    steps_done: int
    begin: Step | None
    review_href: str


def blockers(held: dict[str, Standing], due: tuple[DueRow, ...]) -> tuple[Blocker, ...]:
    """What stands against being ready: failing requirements, then what is overdue, then what is silent."""
    return (
        *_in_state(held, MeasuredState.FAILING, "is failing", ("so is", "so are")),
        *_overdue(due),
        *_in_state(held, MeasuredState.NO_SIGNAL, "gives no signal", ("so does", "so do")),
    )


def clipped(text: str) -> str:
    """What a reason found, in its first sentence: the check's title is left out, its AI system is kept.

    What would take more than two lines ends with a whole part of it.
    """
    title, _, found = text.partition(": ")
    first = (found or title).partition(". ")[0].rstrip(".")
    about = re.search(r" (\([^()]+\))$", title) if found else None
    subject = f" {about[1]}" if about else ""
    if len(first) <= LONGEST_REASON:
        return first + subject
    parts = [first[: place.start()] for place in re.finditer("[:;] ", first[: LONGEST_REASON + 2])]
    closed = [part for part in parts if part.count("(") == part.count(")")]
    if closed:
        return closed[-1] + subject
    return f"{first[:LONGEST_REASON].rsplit(' ', 1)[0].rstrip(',')}…{subject}"


def _in_state(
    held: dict[str, Standing], state: MeasuredState, words: str, also: tuple[str, str]
) -> list[Blocker]:
    """One line for each reason, named by the first requirement that it stands against."""
    grouped: dict[str, list[str]] = {}
    for one in held.values():
        if one.measured is state:
            why = clipped(one.reasons[0].text) if one.reasons else ""
            grouped.setdefault(why or one.id, []).append(one.id)
    shown = look(state)
    found = []
    for why, ids in grouped.items():
        row = catalogs.requirement(ids[0])
        others = [catalogs.requirement(one).number for one in ids[1:]]
        listed = " and ".join(part for part in (", ".join(others[:-1]), *others[-1:]) if part)
        rest = f"{words}: {why}" if why != row.id else words
        rest = f"{rest}; {also[len(others) > 1]} {listed}" if others else rest
        found.append(Blocker(row.label, cells.requirement_href(row.id), rest, shown.role, shown.icon))
    return found


def _overdue(due: tuple[DueRow, ...]) -> list[Blocker]:
    """One line for each kind of record that has something overdue, named by the oldest."""
    found: dict[str, list[DueRow]] = {}
    for row in due:
        if row.late:
            found.setdefault(row.kind, []).append(row)
    return [
        Blocker(
            rows[0].title,
            rows[0].href,
            f"is {rows[0].words}"
            + (f", and {len(rows) - 1} more of its kind ({kind})" if len(rows) > 1 else ""),
            "bad",
            "clock-alert",
        )
        for kind, rows in found.items()
    ]


def verdict(found: tuple[Blocker, ...], blank: bool) -> str:
    """The first sentence of the page."""
    if blank:
        return "Nothing is recorded yet. Begin with the first step."
    if not found:
        return "Ready: no open blocker."
    if len(found) == 1:
        return "Not ready yet. One thing stands in the way."
    small = ("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    number = small[len(found) - 2] if len(found) <= 9 else f"{len(found)}"
    return f"Not ready yet. {number} things stand in the way."


def figures(held: dict[str, Standing], shares: dict[str, list[float]], actor: Actor) -> tuple[Figure, ...]:
    """The four figures beside the verdict."""
    clauses = [held[row.id] for row in catalogs.subclauses()]
    complete = sum(one.word is RequirementState.COMPLETE for one in clauses)
    partial = sum(one.word is RequirementState.PARTIAL for one in clauses)
    controls = [held[row.id] for row in catalogs.controls()]
    applying = [one for one in controls if one.measured is not MeasuredState.NOT_APPLICABLE]
    effective = sum(one.measured is MeasuredState.EFFECTIVE for one in applying)
    gone = sum(one.measured in {MeasuredState.FAILING, MeasuredState.DEGRADED} for one in applying)
    dated = [share for found in shares.values() for share in found]
    late = sum(share >= 1 for share in dated)
    checks = readings.tally(actor)
    besides = f", {checks.hidden} outside your units" if checks.hidden else ""
    return (
        Figure("Sub-clauses with evidence", str(complete), f"/{len(clauses)}", f"{partial} partial"),
        Figure(
            "Controls effective",
            str(effective),
            f"/{len(applying)}",
            f"{gone} degraded or failing",
            "tx-bad" if gone else "soft",
        ),
        Figure("Evidence in date", str(len(dated) - late), f"/{len(dated)}", f"{late} out of date"),
        Figure(
            "Checks within",
            str(checks.within),
            f"/{checks.total}",
            f"{checks.beyond} beyond the limit{besides}",
        ),
    )


def readiness(
    held: dict[str, Standing], shares: dict[str, list[float]], due: tuple[DueRow, ...], opened: dict[str, int]
) -> tuple[ReadinessRow, ...]:
    """One row for each of clauses 4 to 10, grouped by Plan, Do, Check, Act."""
    rows = []
    before = ""
    for group in catalogs.chapters():
        phase = PHASES[group.number]
        words = [held[member].word for member in group.members]
        counts = {word: words.count(word) for word in RequirementState}
        parts = [
            Part("ok", counts[RequirementState.COMPLETE], "complete"),
            Part("warn", counts[RequirementState.PARTIAL], "partial"),
            Part("bad", counts[RequirementState.MISSING], "missing"),
            Part("track", counts[RequirementState.NOT_ASSESSED], "not assessed"),
        ]
        ages = shares.get(group.number, [])
        mine = [row for row in due if row.clause.partition(".")[0] == group.number]
        rows.append(
            ReadinessRow(
                phase=phase,
                span=sum(other == phase for other in PHASES.values()) if phase != before else 0,
                number=group.number,
                title=SHORT_TITLES.get(group.number, group.title),
                href=f"{reverse('clauses')}#clause-{group.number}",
                complete=counts[RequirementState.COMPLETE],
                total=len(words),
                bar=charts.divided_bar(parts),
                words=", ".join(f"{part.count} {part.word}" for part in parts if part.count),
                strip=charts.age_strip([Tick(share) for share in ages]) if ages else None,
                late=sum(share >= 1 for share in ages),
                open=opened.get(group.number, 0),
                open_href=reverse("record-list", args=["nonconformities"]),
                due=mine[0].day if mine else None,
                due_late=bool(mine) and mine[0].late,
            )
        )
        before = phase
    return tuple(rows)


SHORT_TITLES = {"4": "Context", "9": "Evaluation"}


def open_nonconformities(actor: Actor) -> tuple[tuple[NonconformityRow, ...], int, dict[str, int]]:
    """The gravest open ones, how many there are, and how many name each clause."""
    kind = kinds.get("nonconformity")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return (), 0, {}
    rows = queries.select(actor, kind).exclude(state__in=related.CLOSED).select_related("owner", "system")
    found = list(rows.order_by("-id")[:200])
    grades = {"major": 0, "minor": 1}
    found.sort(
        key=lambda row: (grades.get(row.grade, 2), GRAVE.index(row.state) if row.state in GRAVE else 9)
    )
    clauses: dict[str, int] = {}
    for row in found:
        numbers = {one.partition(":")[2].partition(".")[0] for one in row.requirements if ":A." not in one}
        for number in numbers:
            clauses[number] = clauses.get(number, 0) + 1
    today = clock.now().date()
    shown = tuple(
        NonconformityRow(
            row.reference,
            row.title,
            cells.record_href(row.reference),
            row.state,
            ", ".join(
                part
                for part in (
                    row.get_grade_display().partition(":")[0].lower() if row.grade in grades else "",
                    row.system.title if row.system else "",
                    f"{max((today - (row.detected_on or row.created_at.date())).days, 0)} d",
                )
                if part
            ),
            row.owner.full_name if row.owner else "",
        )
        for row in found[:NONCONFORMITIES_SHOWN]
    )
    return shown, len(found), clauses


def home_page(actor: Actor, *, hidden: bool = False) -> HomePage:
    """The context of the home page for one reader; ``hidden`` leaves the first steps out."""
    held = requirement_status.standings(actor)
    due = due_rows(actor, limit=60)
    shares = evidence.shares_by_clause(actor)
    counts = queries.counts_by_kind(actor)
    rows, opened, by_clause = open_nonconformities(actor)
    blank = not any(counts.values())
    against = () if blank else blockers(held, due)
    systems = counts.get("ai-system", 0)
    steps = () if hidden else first_steps(counts, others(actor))
    return HomePage(
        title="AIMS health",
        here="Home",
        crumbs=(),
        occasion=f"{systems} AI system{'s'[systems == 1 :]}, as of {clock.now():%-d %b %Y, %H:%M} UTC",
        verdict=verdict(against, blank),
        blockers=against[:BLOCKERS_SHOWN],
        more_blockers=max(len(against) - BLOCKERS_SHOWN, 0),
        figures=figures(held, shares, actor),
        readiness=readiness(held, shares, due, by_clause),
        due=due[:DUE_SHOWN],
        areas=control_map(held),
        legend=legend(held),
        read_at=readings.newest(),
        changed=readings.changed_since_yesterday(actor),
        nonconformities=rows,
        nonconformities_open=opened,
        nonconformities_href=reverse("record-list", args=["nonconformities"]),
        steps=steps,
        steps_done=sum(step.done for step in steps),
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
    hidden = request.COOKIES.get(STEPS_COOKIE) == "hidden"
    return render(request, "web/home/home.html", {"page": home_page(actor, hidden=hidden)})
