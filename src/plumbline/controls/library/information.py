"""Checks on what users are given: instructions, technical documentation, incidents (A.6.2.7, A.8)."""

from __future__ import annotations

from collections.abc import Callable

from plumbline.controls.declare import check
from plumbline.controls.library.cases import information as cases
from plumbline.controls.library.population import NO_LIVE_SYSTEMS, Facts, live, overdue_review, ref, refs
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, fails, passes, unknown
from plumbline.kernel.messages import Message, Name, Requirement, Word, say


def _approved(evidence: Evidence, *types: str) -> list[Facts]:
    rows = evidence.records["document"]
    return [row for row in rows if row["state"] == "approved" and row["type"] in types]


def _without(
    evidence: Evidence, kind: Word, types: tuple[str, ...], fault: Callable[[Facts, Facts], Message | None]
) -> dict[Name, Message]:
    """What is wrong with each live system that has no approved document of ``types`` without a ``fault``."""
    about: dict[str, list[Facts]] = {}
    for row in _approved(evidence, *types):
        for system in row["systems"]:
            about.setdefault(system, []).append(row)
    missing: dict[Name, Message] = {}
    for system in live(evidence):
        faults = [(ref(row), fault(system, row)) for row in about.get(system["reference"], ())]
        last = faults[-1] if faults else None
        if last is None:
            missing[ref(system)] = say("information.none", "has no approved {kind}", kind=kind)
        elif all(message is not None for _, message in faults) and last[1] is not None:
            missing[ref(system)] = say(
                "information.not-current", "has no current {kind}: {document} {fault}",
                kind=kind, document=last[0], fault=last[1],
            )  # fmt: skip
    return missing


@check(
    "iso42001:A.8.2",
    slug="users-informed",
    title="Live systems have user information",
    finding="Live systems without user information",
    over="organization",
    needs=("claims:ai-system", "records:document"),
    severity="major",
    cases=cases.USERS_INFORMED,
)
def users_informed(evidence: Evidence) -> Verdict:
    """Every live AI system has approved instructions for its users whose review is not overdue."""
    today = evidence.today
    missing = _without(
        evidence, Word("user information"), ("instructions",), lambda _, row: overdue_review(row, today)
    )
    return every(
        "information.users",
        "{have} of {total} live systems have current user information.",
        refs(live(evidence)),
        missing,
        none=NO_LIVE_SYSTEMS,
    )


@check(
    "iso42001:A.6.2.7",
    slug="technical-documentation",
    title="Technical documentation keeps up with the release",
    finding="Live systems without current technical documentation",
    over="organization",
    needs=("claims:ai-system", "records:document"),
    cases=cases.TECHNICAL_DOCUMENTATION,
)
def technical_documentation(evidence: Evidence) -> Verdict:
    """Every live AI system has approved technical documentation no older than its current release.

    A specification counts as well as a design. A document is as old as the day from which it is
    effective, or, without one, of its approval.
    """
    kind, types = Word("technical documentation"), ("design", "specification")
    missing = _without(evidence, kind, types, lambda system, row: _before_release(system, row, evidence))
    return every(
        "information.technical", "{have} of {total} live systems have current technical documentation.",
        refs(live(evidence)), missing, none=NO_LIVE_SYSTEMS,
    )  # fmt: skip


def _before_release(system: Facts, row: Facts, evidence: Evidence) -> Message | None:
    """That a document is older than the release of the system, or its review overdue."""
    released = day_of(system["released_on"])
    day = day_of(row["effective_from"]) or day_of(row["approved_at"])
    if released is not None and day is None:
        return say("information.undated", "has no date, and the release is of {released}", released=released)
    if released is not None and day is not None and day < released:
        return say(
            "information.before-release", "is of {day}, before the release on {released}",
            day=day, released=released,
        )  # fmt: skip
    return overdue_review(row, evidence.today)


@check(
    "iso42001:A.8.4",
    slug="incident-plan",
    title="There is a plan for telling users about incidents",
    finding="No plan for telling users about incidents",
    over="organization",
    needs=("claims:ai-system", "records:document"),
    severity="major",
    cases=cases.INCIDENT_PLAN,
)
def incident_plan(evidence: Evidence) -> Verdict:
    """While an AI system is live, an approved plan or process in date says how users hear of incidents."""
    systems = live(evidence)
    if not systems:
        return unknown(NO_LIVE_SYSTEMS, population=0)
    asked = Requirement("iso42001:A.8.4")
    rows = [row for row in _approved(evidence, "plan", "process") if asked.id in row["requirements"]]
    if not rows:
        reason = say(
            "incident-plan.none", "No approved plan or process names {requirement}.", requirement=asked
        )
        return fails(reason, population=len(systems))
    newest = max(rows, key=lambda row: str(row["next_review"] or "9999"))
    fault, name = overdue_review(newest, evidence.today), ref(newest)
    if fault is not None:
        late = say("incident-plan.overdue", "{document} {fault}.", document=name, fault=fault)
        return fails(late, population=len(rows))
    text = say("incident-plan.in-date", "{document} says how users hear of incidents.", document=name)
    return passes(text, population=len(rows))
