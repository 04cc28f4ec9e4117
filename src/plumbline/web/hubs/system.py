"""The page of an AI system: how it stands, what it is for, what shows it, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from plumbline.clauses.rules import Level
from plumbline.controls import system_status
from plumbline.controls.system_status import MissingMember, SystemRequirement, SystemStatus
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.visibility import VisibleResults
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, names, say
from plumbline.kernel.states import CheckState, MeasuredState, Strength
from plumbline.metrics import queries as metrics
from plumbline.records import computed, queries
from plumbline.records import names as record_names
from plumbline.web import cells
from plumbline.web.charts import Part, divided_bar
from plumbline.web.hubs import matrices, naming
from plumbline.web.hubs.declaration import Hub, declared_naming, section
from plumbline.web.requirements import readings
from plumbline.web.requirements.readings import Reading
from plumbline.web.telemetry.first_event import first_event_href

SYSTEM = "ai-system"
MOST_JUDGED = 12
"""Checks of one system that are drawn with their trend."""
MISSING_SHOWN = 6
REASONS_SHOWN = 4
DECISION_DAYS = 30
STRENGTHS = {
    Strength.RECORDED: "Written and in force. Nothing shows yet that it is done.",
    Strength.OPERATING: "Events show that it is done. No own limits yet.",
    Strength.EFFECTIVE: "Within own limits, whole population, in date.",
    Strength.PROVED: "Effective, and a planted fault was caught in time.",
}
"""What each word of strength says at most."""
UNDECIDED = "not decided"


def status_of(hub: Hub) -> SystemStatus:
    """What is measured of the system, read once for its page."""
    return hub.once("status", lambda: system_status.of_system(hub.actor, hub.record.slug))


def readings_of(hub: Hub) -> tuple[Reading, ...]:
    """What checks over telemetry read of the system, gravest first."""

    def read() -> tuple[Reading, ...]:
        slug = hub.record.slug
        visible = VisibleResults(status_of(hub).results, 0)
        named = {slug: (hub.record.title, cells.record_href(hub.record.reference))}
        return readings.readings(visible, named, subject=slug, most=200)

    return hub.once("readings", read)


@section(SYSTEM, "verdict", "How it stands", 0, part="lead", template="web/hubs/verdict.html")
def verdict(hub: Hub) -> dict[str, Any] | None:
    """One sentence with its reasons, and the figures behind it."""
    if not hub.record.slug:
        return None
    rows, status = readings_of(hub), status_of(hub)
    judged = [row for row in rows if row.state is not CheckState.NOTHING_TO_JUDGE]
    within = sum(row.state is CheckState.WITHIN for row in judged)
    shown = sum(row.state.good for row in status.requirements)
    still = hub.record.live and hub.record.lifecycle != "in operation"
    return {
        "sentence": _sentence(hub, judged, within, len(status.missing)),
        "beyond": [row for row in judged if row.state is not CheckState.WITHIN][:REASONS_SHOWN],
        "more": max(sum(row.state is not CheckState.WITHIN for row in judged) - REASONS_SHOWN, 0),
        "missing": len(status.missing),
        "within": within,
        "judged": len(judged),
        "read_at": max((row.data_until for row in judged), default=None),
        "shown": shown,
        "requirements": len(status.requirements),
        "is_still_live": still,
        "silent_href": _first_event_of(hub, rows),
        "is_heard": bool(rows),
    }


def _sentence(hub: Hub, judged: Sequence[Reading], within: int, missing: int) -> Message:
    """What the page says first. It speaks of the checks and of nothing beyond them."""
    if not judged:
        return say("system.unheard", "No check has read this system yet.")
    beyond = sum(row.is_beyond for row in judged)
    silent = sum(row.state is CheckState.NO_SIGNAL for row in judged)
    if beyond and silent:
        return say(
            "system.beyond-silent",
            "{within} of {total} checks are within their limit, {beyond} beyond it, {silent} without signal.",
            within=within, total=len(judged), beyond=beyond, silent=silent,
        )  # fmt: skip
    if beyond or silent or within < len(judged):
        return say(
            "system.within-some", "{within} of {total} checks are within their limit.",
            within=within, total=len(judged),
        )  # fmt: skip
    if missing:
        return say(
            "system.within-missing", "All {total} checks are within their limit. Records are missing.",
            total=len(judged),
        )  # fmt: skip
    return say("system.within-all", "All {total} checks are within their limit.", total=len(judged))


def _first_event_of(hub: Hub, rows: Sequence[Reading]) -> str:
    """Where a system that is not heard of sends its first event; empty while it is heard of.

    A check may be without a signal for other reasons, such as a reference period; it says so itself.
    """
    if any(row.state is not CheckState.NO_SIGNAL for row in rows):
        return ""
    return first_event_href(hub.actor, hub.record.slug)


@section(
    SYSTEM,
    "purpose",
    "What it is for",
    5,
    shows=("purpose", "benefits", "effect", "affected_groups", "affected_note"),
)
def purpose(hub: Hub) -> dict[str, Any]:
    """What it is for, and on whom it acts."""

    def value(name: str) -> Any:
        return cells.field_cell(hub.kind, name, queries.display(hub.record, hub.kind, name))

    named = ("purpose", "benefits", "effect", "affected_groups", "affected_note")
    return {name: value(name) for name in named} | {"may_edit": "amend" in hub.allowed}


@section(SYSTEM, "requirements", "Requirements, by what shows they are met", 10, tab="Requirements")
def requirements(hub: Hub) -> dict[str, Any] | None:
    """How many requirements reach which strength for this system, and those that reach none, by name."""
    rows = status_of(hub).requirements
    if not rows:
        return None
    counted = [(word, sum(row.state is word.state for row in rows)) for word in Strength]
    others = [row for row in rows if not row.state.good]
    parts = [Part(f"str{place}", count, str(word)) for place, (word, count) in enumerate(counted, 1)]
    parts += [Part("none", len(others), "")]
    return {
        "count": len(rows),
        "bar": divided_bar(parts, width=760, height=8),
        "strengths": [(word, count, STRENGTHS[word]) for word, count in counted],
        "others": sorted(others, key=_gravity),
    }


def _gravity(row: SystemRequirement) -> int:
    return list(MeasuredState).index(row.state)


@section(SYSTEM, "risks", "Risks", 20, replaces=("risk",), tab="Risks")
def risks(hub: Hub) -> dict[str, Any] | None:
    """The risks of this system in three matrices: before treatment, as planned, and today."""
    declared = next((row for kind, row in declared_naming(hub.kind) if kind.slug == "risk"), None)
    if declared is None:
        return None
    kind = next(kind for kind, row in declared_naming(hub.kind) if row is declared)
    records = [record for record in hub.records("risk") if record.state != "closed"]
    plots = [
        matrices.plotted(record, number, _level_today(record)) for number, record in enumerate(records, 1)
    ]
    if not plots:
        return None
    return {
        "matrices": matrices.matrices(plots),
        "count": len(plots),
        "add": naming.add(hub, kind, declared),
        "all_href": naming.list_href(kind, declared.field, hub.record.reference),
    }


def _level_today(risk: Any) -> Level | None:
    word = computed.usual_text("risk", "level_today", risk)
    return Level[word.upper().replace(" ", "_")] if word else None


@section(SYSTEM, "check", "Live checks", 40, tab="Checks")
def checks(hub: Hub) -> dict[str, Any] | None:
    """What the checks read of it, with trends."""
    rows = readings_of(hub)
    if not rows:
        return None
    beyond = sum(row.is_beyond for row in rows)
    return {
        "readings": rows[:MOST_JUDGED],
        "count": len(rows),
        "badge": say("system.beyond", "{beyond} of {total} beyond the limit", beyond=beyond, total=len(rows))
        if beyond
        else "",
        "checks_href": f"{reverse('checks')}?subject={hub.record.slug}",
    }


@section(SYSTEM, "decisions", "Decisions", 60)
def decisions(hub: Hub) -> dict[str, Any] | None:
    """How much it decided in the last thirty days, how much of it people looked at, and what they changed."""
    if not hub.record.slug:
        return None
    now = clock.now()
    names_of = ("decisions", "reviews", "override-rate")
    sums = metrics.totals(names_of, hub.record.slug, now - timedelta(days=DECISION_DAYS), now)
    made = sums.get("decisions")
    if made is None or not made.count:
        return None
    changed = sums.get("override-rate")
    has_changed = changed is not None and changed.denominator
    return {
        "days": DECISION_DAYS,
        "made": made.count,
        "reviewed": int(changed.denominator) if changed is not None else 0,
        "overridden": int(changed.numerator) if changed is not None else 0,
        "rate": f"{changed.numerator / changed.denominator:.1%}"
        if changed is not None and has_changed
        else "",
        "until": min(made.until, now),
    }


@dataclass(frozen=True)
class MissingRow:
    """Something missing, as the page shows it: what, why, and the act that mends it."""

    title: str
    message: Message
    requirement: str
    number: str
    label: str
    href: str


@section(SYSTEM, "missing", "What is missing", 20, part="side", tab="Missing")
def missing(hub: Hub) -> dict[str, Any] | None:
    """What checks over the records miss of this system, each with the act that adds it."""
    found = status_of(hub).missing
    if not found:
        return None
    rows = [_missing_row(hub, one) for one in found]
    return {"rows": rows[:MISSING_SHOWN], "rest": rows[MISSING_SHOWN:], "count": len(rows)}


def _missing_row(hub: Hub, found: MissingMember) -> MissingRow:
    label, href = _mending(hub, found)
    requirement = next((name for name in found.check.requirements if name.startswith("iso42001:")), "")
    message = found.member.message or say("system.no-reason", "is missing")
    said = say("system.missing", "{member} {message}", member=found.member.naming, message=message)
    return MissingRow(found.check.title, said, requirement, requirement.partition(":")[2], label, href)


def _mending(hub: Hub, found: MissingMember) -> tuple[str, str]:
    """The act that adds what is missing: a new record of the kind that answers the check, the record that is
    at fault, or the system's own; else where the check is read."""
    for kind, declared in declared_naming(hub.kind):
        values = declared.answers.get(found.check.slug)
        act = naming.add(hub, kind, declared, **values) if values is not None else None
        if act is not None:
            return act
    said = [found.member.naming, *filter(None, (found.member.message,))]
    own = hub.record.reference
    others = [
        name.reference
        for message in said
        for name in names(message)
        if isinstance(name, Ref) and name.reference != own
    ]
    if others:
        return gettext("Open {reference}").format(reference=others[0]), cells.record_href(others[0])
    if "amend" in hub.allowed:
        return gettext("Edit {reference}").format(reference=own), reverse("record-edit", args=[own])
    return gettext("See the check"), reverse("check", args=[found.check.slug, ORGANIZATION])


@section(SYSTEM, "law", "Class under the law", 25, part="side", shows=("eu_class", "eu_role"))
def law(hub: Hub) -> dict[str, Any] | None:
    """The class that a person decided, never one that the product found."""
    record = hub.record
    if record.eu_class == UNDECIDED and record.eu_role == UNDECIDED:
        return None

    def value(name: str) -> Any:
        return cells.field_cell(hub.kind, name, queries.display(record, hub.kind, name))

    return {"eu_class": value("eu_class"), "eu_role": value("eu_role"), "basis": bool(record.eu_basis)}


@section(SYSTEM, "supplier", "Supplier", 40, part="side")
def supplier(hub: Hub) -> dict[str, Any] | None:
    """Who supplies it, if a record names one that the reader may see."""
    found = hub.record.supplier
    if found is None or found.reference not in record_names.titles(hub.actor, [found.reference]):
        return None
    return {"supplier": found}
