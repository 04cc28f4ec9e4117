"""Checks on what is to be read: that those who are asked have acknowledged what is in force (5.2, 7.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import acknowledged as cases
from plumbline.controls.library.cases import bare
from plumbline.controls.library.gaps import Facts
from plumbline.controls.library.population import owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength


def _asked(member: Member, evidence: Evidence) -> list[Facts]:
    """Those who are asked to acknowledge the version in force of a member."""
    rows = evidence.facts["acknowledgements"]
    return [row for row in rows if row["reference"] == member.row["reference"]]


def _last_day(row: Facts, evidence: Evidence) -> date:
    """The last day on which somebody is in time: the limit runs from the day on which they were first
    asked."""
    asked = day_of(row["since"]) or evidence.today
    return asked + timedelta(days=evidence.limit("versions-acknowledged").value)


def _versions(evidence: Evidence) -> list[Member]:
    """Versions in force that ask somebody, and the AI policy.

    Nothing is said of one that asks nobody, and of one for which everybody who is missing still has time.
    """
    members = []
    for kind in ("policy", "document"):
        for row in evidence.records[kind]:
            if row["readers"] or (kind == "policy" and row["type"] == "AI policy"):
                members.append(_with_time(owned(row), evidence))
    return members


def _with_time(member: Member, evidence: Evidence) -> Member:
    if not member.row["readers"]:
        return replace(member, excluded=say("acknowledged.nobody", "asks nobody to acknowledge it"))
    asked = _asked(member, evidence)
    days = [_last_day(row, evidence) for row in asked if not row["has"]]
    if days and all(_last_day(row, evidence) >= evidence.today for row in asked):
        waits = say("acknowledged.waits", "is to be acknowledged by {day}", day=min(days))
        return replace(member, excluded=waits)
    return member


@check(
    "iso42001:5.2",
    "iso42001:7.3",
    slug="versions-acknowledged",
    title="Whoever is asked has acknowledged what is in force",
    finding="Versions in force that too few have acknowledged",
    over="organization",
    needs=(),
    population=Population(
        "versions-to-be-acknowledged",
        Word("policies and documents in force that ask people to acknowledge them"),
        ("records:policy", "records:document", "facts:acknowledgements"),
        _versions,
        bare.TO_BE_ACKNOWLEDGED,
    ),
    share=share("acknowledged.share", "Of {have} of {total} versions in force enough people have said so."),
    strength=Strength.OPERATING,
    limits=(
        limit("versions-acknowledged", 30, "days", why="a month leaves time to read, also after a holiday"),
        limit(
            "versions-acknowledged.share",
            0.9,
            "ratio",
            side="under",
            why="one in ten may be away for long",
        ),
    ),
    cases=cases.VERSIONS_ACKNOWLEDGED,
)
def versions_acknowledged(member: Member, evidence: Evidence) -> Message | None:
    """Of the people whom an approved policy or document asks, enough have acknowledged the version in force
    within the limit.

    What was said of an earlier version counts for nothing, and nobody says it for another. Who is missing
    stands on the page of the version, for those who may see it, and not in the result, which many may read.
    """
    asked = _asked(member, evidence)
    if not asked:
        return say("acknowledged.no-one-here", "asks groups in which nobody is")
    due = [row for row in asked if row["has"] or _last_day(row, evidence) < evidence.today]
    missing = [row for row in due if not row["has"]]
    least = evidence.limit("versions-acknowledged.share").value
    if len(due) - len(missing) >= least * len(due):
        return None
    return say(
        "acknowledged.missing", "was not acknowledged by {missing} of {total} who are asked and had the time",
        missing=len(missing), total=len(due),
    )  # fmt: skip
