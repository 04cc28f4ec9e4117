"""The populations of the checks on telemetry: which live AI systems have to report what each of them reads.

Every live system has to be heard of and to answer. What else it has to report follows from the kinds of
output that its record declares, as it is written now or in force: a declaration adds at once, and only an
approval takes it back. A system that cannot report something is left out of the checks that read it where its
approved record says so and why, until the day of the record's next review. What is reported is judged anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from plumbline.controls.library.cases import bare
from plumbline.controls.library.population import (
    INVENTORY,
    LIVE_SYSTEMS,
    TOUCHING,
    learned_here,
    live_systems,
    may_be,
)
from plumbline.controls.populations import Member, Population
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Word, plain, say

INPUTS, REVIEWS, OUTCOMES, DURATIONS, COUNTERS = "inputs", "reviews", "outcomes", "durations", "counters"
"""What a record of an AI system may say that it cannot report (`not_reported`)."""


def _without(name: str, members: Iterable[Member], evidence: Evidence) -> list[Member]:
    """``members`` with those marked as left out whose records say that they cannot report ``name``."""
    approved = {row["reference"]: row for row in evidence.records["ai-system"]}
    marked = []
    for member in members:
        row, reason = approved.get(member.system), None
        until = day_of(row["next_review"]) if row is not None else None
        everywhere = all(name in (version["not_reported"] or ()) for version in member.row["versions"])
        if row is not None and everywhere and until is not None and until >= evidence.today:
            reason = say(
                "reporting.excluded", "cannot report {what}: {why}",
                what=Word(name), why=plain(row["not_reported_why"]),
            )  # fmt: skip
        marked.append(replace(member, excluded=reason))
    return marked


def _giving(members: Iterable[Member], *kinds: str) -> list[Member]:
    """Those that declare an output of one of these kinds, or of any, as written now or in force."""
    return [
        member
        for member in members
        if any(
            not set(words).isdisjoint(kinds or words)
            for version in member.row["versions"]
            if (words := version["output_kinds"] or ())
        )
    ]


def _counting(evidence: Evidence) -> list[Member]:
    return _without(COUNTERS, _giving(live_systems(evidence)), evidence)


def _answering(evidence: Evidence) -> list[Member]:
    return _without(DURATIONS, _giving(live_systems(evidence)), evidence)


def _reviewed(evidence: Evidence) -> list[Member]:
    decided = ("suggests", "acts with approval", "unknown")
    members = [member for member in TOUCHING.members(evidence) if may_be(member, "autonomy", decided)]
    return _without(REVIEWS, _giving(members), evidence)


def _right_or_wrong(evidence: Evidence) -> list[Member]:
    members = _giving(live_systems(evidence), "class", "score", "number", "action")
    return _without(OUTCOMES, members, evidence)


def _ranking(evidence: Evidence) -> list[Member]:
    return _without(OUTCOMES, _giving(live_systems(evidence), "score"), evidence)


def _compared(evidence: Evidence) -> list[Member]:
    """Systems made here from data, and whoever declares a reference."""
    members = {str(member.name): member for member in learned_here(evidence)}
    for member in live_systems(evidence):
        if any(version["reference_from"] for version in member.row["versions"]):
            members.setdefault(str(member.name), member)
    return _without(INPUTS, _giving(members.values()), evidence)


def _population(slug: str, text: str, members: Callable[[Evidence], list[Member]]) -> Population:
    return Population(slug, Word(text), INVENTORY, members, bare.SCORING)


COUNTING = _population("counting", "live AI systems whose sources count their events", _counting)
ANSWERING = _population("answering", "live AI systems that say how long they took", _answering)
REVIEWED = _population(
    "reviewed", "live AI systems that touch people and whose output a person decides on", _reviewed
)
RIGHT_OR_WRONG = _population(
    "right-or-wrong", "live AI systems whose output turns out right or wrong", _right_or_wrong
)
RANKING = _population("ranking", "live AI systems that score or rank", _ranking)
COMPARED = _population(
    "compared", "live AI systems made here from data, and those with a declared reference", _compared
)

BY_SLUG: Mapping[str, Population] = {
    population.slug: population
    for population in (LIVE_SYSTEMS, COUNTING, ANSWERING, REVIEWED, RIGHT_OR_WRONG, RANKING, COMPARED)
}
"""The populations that a check written as a row of YAML may name."""
