"""Checks on what users are given: instructions and technical documentation (A.6.2.7, A.8)."""

from __future__ import annotations

from collections.abc import Iterable

from plumbline.controls.declare import check
from plumbline.controls.library.cases import information as cases
from plumbline.controls.library.gaps import (
    DOCUMENT_REVIEW,
    LONGEST_INTERVALS,
    Facts,
    overdue_review,
    ref,
)
from plumbline.controls.library.population import LIVE_SYSTEMS, in_force, of_system
from plumbline.controls.library.reviews import REVIEWS, not_reviewed
from plumbline.controls.populations import Member, no_younger_than_files, share
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength


def _newest_fault(kind: Word, faults: Iterable[tuple[Facts, Message | None]]) -> Message | None:
    """That no document is without a fault, with that of the last one; None if one is."""
    judged = list(faults)
    if not judged:
        return say("information.none", "has no approved {kind}", kind=kind)
    row, fault = judged[-1]
    if fault is None or any(other is None for _, other in judged):
        return None
    return say(
        "information.not-current", "has no current {kind}: {document} {fault}",
        kind=kind, document=ref(row), fault=fault,
    )  # fmt: skip


@check(
    "iso42001:A.8.2",
    slug="users-informed",
    title="Live systems have user information",
    finding="Live systems without user information",
    over="organization",
    needs=("records:document", LONGEST_INTERVALS, REVIEWS),
    population=LIVE_SYSTEMS,
    share=share("information.users", "{have} of {total} live systems have current user information."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.USERS_INFORMED,
)
def users_informed(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has approved instructions of its own for its users, with a review to come.

    A document about several systems does not count: whoever uses one of them cannot tell what of it is meant
    for them.
    """
    rows = [row for row in of_system(member, evidence, "document") if row["type"] == "instructions"]
    own = [row for row in rows if len(row["systems"]) == 1]
    if rows and not own:
        return say("information.shared", "shares {document} with other systems", document=ref(rows[-1]))
    faults = [(row, not_reviewed(row, evidence, DOCUMENT_REVIEW)) for row in own]
    return _newest_fault(Word("user information"), faults)


@check(
    "iso42001:A.6.2.7",
    slug="technical-documentation",
    title="Technical documentation keeps up with the release",
    finding="Live systems without current technical documentation",
    over="organization",
    needs=("records:document",),
    population=LIVE_SYSTEMS,
    share=share(
        "information.technical", "{have} of {total} live systems have current technical documentation."
    ),
    strength=Strength.RECORDED,
    cases=cases.TECHNICAL_DOCUMENTATION,
)
def technical_documentation(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has approved technical documentation no older than its current release.

    A specification counts as well as a design. A document is as old as the day from which it is
    effective, or, without one, of its approval, and no younger than the date of its newest file.
    """
    rows = of_system(member, evidence, "document")
    faults = [
        (row, _before_release(member, row, evidence))
        for row in rows
        if row["type"] in {"design", "specification"}
    ]
    return _newest_fault(Word("technical documentation"), faults)


def _before_release(member: Member, row: Facts, evidence: Evidence) -> Message | None:
    """That a document is older than the release of the system, or its review overdue."""
    system = in_force(evidence, "ai-system", member.system) or member.row
    released, day = day_of(system["released_on"]), day_of(row["effective_from"]) or day_of(row["approved_at"])
    day = no_younger_than_files(day, row)
    if released is not None and day is None:
        return say("information.undated", "has no date, and the release is of {released}", released=released)
    if released is not None and day is not None and day < released:
        return say(
            "information.before-release", "is of {day}, before the release on {released}",
            day=day, released=released,
        )  # fmt: skip
    return overdue_review(row, evidence.today)
