"""Which records a check looks at, and what it says of one that lacks something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from plumbline.controls.library.cases import bare
from plumbline.controls.populations import Member, Population
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Name, Ref, Subject, Word, listing, say

Facts = Mapping[str, Any]

NO_LIVE_SYSTEMS = say("systems.none-live", "There are no live systems.")
NO_DATASETS = say("datasets.none", "There are no datasets of live systems.")
NO_SUPPLIERS = say("suppliers.none", "There are no suppliers of live systems.")


def live(evidence: Evidence) -> list[Facts]:
    """Registered systems that say they are in operation, approved or not, or whose end of it nobody has
    approved yet."""
    systems = evidence.claims["ai-system"]
    return [row for row in systems if row["live"] and row["state"] != "retired"]


def ref(row: Facts) -> Ref:
    """The name of a record."""
    return Ref(row["reference"])


def refs(rows: Iterable[Facts]) -> list[Name]:
    """The names of ``rows``."""
    return [ref(row) for row in rows]


def of_live(evidence: Evidence, kind: str) -> list[Facts]:
    """Records of ``kind`` that belong to a live system and are not retired."""
    names = {row["reference"] for row in live(evidence)}
    rows = evidence.records[kind]
    return [row for row in rows if names.intersection(row["systems"]) and row["state"] != "retired"]


def suppliers_of_live(evidence: Evidence) -> list[Facts]:
    """Suppliers behind a live system: of itself, of its components, of its data."""
    parts = [*live(evidence), *of_live(evidence, "component"), *of_live(evidence, "dataset")]
    behind = {row["supplier"] for row in parts}
    return [row for row in evidence.records["supplier"] if row["reference"] in behind]


def lacks(parts: Iterable[Word]) -> Message | None:
    """That a record lacks ``parts``; None for none."""
    lacking = list(parts)
    return (
        say("record.lacks", "lacks {parts}", parts=listing(lacking, conjunction="and")) if lacking else None
    )


def lacking(row: Facts, asked: Mapping[str, Word]) -> Message | None:
    """Which of the fields ``asked`` for are empty in ``row``, by what a reader calls them; None for none."""
    return lacks(label for name, label in asked.items() if not row[name])


def gaps(rows: Iterable[Facts], asked: Mapping[str, Word]) -> dict[Name, Message]:
    """What each of ``rows`` lacks; those that lack nothing are left out."""
    found = {ref(row): lacking(row, asked) for row in rows}
    return {name: message for name, message in found.items() if message is not None}


def overdue_review(row: Facts, today: date) -> Message | None:
    """That the review of a record is overdue; None if it is not, or none is planned."""
    review = day_of(row["next_review"])
    if review is None or review >= today:
        return None
    return say("record.review-overdue", "was due for review on {day}", day=review)


def in_state(row: Facts) -> Message:
    """Which state a record is in."""
    return say("record.state", "is {state}", state=Word(row["state"]))


def was_due(due: date) -> Message:
    """That something was due on a day."""
    return say("record.was-due", "was due on {day}", day=due)


def _owned(row: Facts) -> Member:
    return Member(ref(row), row["reference"], row["owner"] or "", row=row)


def _live_systems(evidence: Evidence) -> list[Member]:
    """Every AI system that is live as it was approved or as it is written now, and every one that telemetry
    named and nobody registered or set aside.

    A draft that says *planned* takes nothing out: what was approved as live goes on being judged.
    """
    today, claimed = evidence.today, evidence.claims["ai-system"]
    known = {row["slug"] for row in claimed}
    written = [*evidence.records["ai-system"], *claimed]
    members = [_owned(row) for row in written if row["live"] and row["state"] != "retired"]
    for row in evidence.facts["sightings"]:
        aside = day_of(row["dismissed_until"])
        if row["slug"] not in known and (aside is None or aside < today):
            members.append(Member(Subject(row["slug"]), row=Unrecorded()))
    return members


class Unrecorded(dict[str, Any]):
    """The row of something that exists and is not recorded: nothing is known of any field."""

    def __missing__(self, field: str) -> None:
        """Nothing."""


LIVE_SYSTEMS = Population(
    slug="live-systems",
    text=Word("live AI systems"),
    needs=("records:ai-system", "claims:ai-system", "facts:sightings"),
    members=_live_systems,
    bare=bare.SYSTEM,
)
