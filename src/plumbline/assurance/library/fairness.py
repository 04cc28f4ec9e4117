"""Fairness and watching (A.5.4, A.6.2.4, A.7.4, 9.1): by words only, or of availability alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say

FAIR = (
    "fair", "bias", "group", "discrimin", "equal", "dispar", "parity", "subgroup", "region", "age", "gender",
    "alike", "as good for", "same for", "no worse", "no more often",
)  # fmt: skip
"""Beginnings of words by which a requirement or figure is one of fairness."""
_LIMIT = re.compile(r"^(.*?)(>=|<=)\s*(\d+(?:[.,]\d+)?)\s*(%?)", re.M)
_APART = re.compile(r"\b(?:differen|gap|dispar|apart|between)", re.I)
LEAST_SHARE, MOST_APART = 0.2, 30.0
"""A share that has to be this at least, or groups that may be this many points apart, ask for nothing."""


def asks_nothing(limits: str) -> bool:
    """Whether one of the limits is so wide that no result could miss it: a share of nearly nothing, or groups
    that may be far apart."""
    for said, sign, figure, percent in _LIMIT.findall(limits):
        number = float(figure.replace(",", "."))
        apart = number if number > 1 else number * 100
        if sign == "<=" and _APART.search(said) and apart >= MOST_APART:
            return True
        share = number / 100 if percent else number
        if sign == ">=" and share <= LEAST_SHARE:
            return True
    return False


@rule(
    "fairness-in-no-requirement",
    "A.6.2.2 A.5.4",
    grade="minor",
    over="specification",
    repair=Word("Add a requirement that compares groups, with a figure."),
)
def fairness_in_no_requirement(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system touches people, and no requirement that it was specified with speaks of groups."""
    system = world.get(row["system"])
    if system is None or not row.stands or not touches_people(system):
        return
    if not texts.says_any(row.text("asked"), FAIR):
        yield gap(
            say(
                "predicted.fairness-in-no-requirement",
                "{specification} asks nothing about groups of people.",
                specification=Ref(row.reference),
            ),
            row.seen("asked"),
            system.seen("effect"),
        )


@rule(
    "missing-people-not-looked-at",
    "A.7.4 A.5.4",
    grade="minor",
    over="dataset",
    repair=Word("Look at who is in the data and who is not, and write what was seen."),
)
def missing_people(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Data about people are used to build or judge a system, and nobody looked at who is missing in them."""
    about_people = not texts.vague(row.text("people"), 3) or "personal" in row.many("data_classes")
    builds = {"training", "validation", "test"} & set(row.many("uses"))
    if row.stands and about_people and builds and texts.vague(row.text("known_bias"), 6):
        yield gap(
            say(
                "predicted.missing-people-not-looked-at",
                "Nobody looked at who is missing in {dataset}.",
                dataset=Ref(row.reference),
            ),
            row.seen("people", "known_bias"),
        )


@rule(
    "limit-nothing-could-miss",
    "A.6.2.4",
    grade="minor",
    over="validation",
    repair=Word("Set a limit that a bad result would miss."),
)
def limit_nothing_could_miss(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A validation has a limit that no result could miss."""
    if asks_nothing(row.text("limits")):
        yield gap(
            say(
                "predicted.limit-nothing-could-miss",
                "{validation} has a limit that nothing could miss.",
                validation=Ref(row.reference),
            ),
            row.seen("limits", "results"),
        )


@rule(
    "fair-by-words",
    "A.5.4 6.1.4 A.6.2.4",
    grade="minor",
    over="impact-assessment",
    repair=Word("Name the groups that were compared, and what was seen."),
)
def fair_by_words(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An impact assessment calls a system fair, and names none of the groups that were compared."""
    system = world.get(row["system"])
    groups = f"{row.text('groups')} {' '.join(system.many('affected_groups')) if system is not None else ''}"
    named = {word for word in texts.folded(groups).split() if len(word) > 4}
    said = texts.folded(row.text("group_effects"))
    compared = texts.measurable(said) or any(word[:6] in said for word in named)
    if row.stands and said and texts.says_any(said, ("fair", "bias", "unbiased", "equal")) and not compared:
        yield gap(
            say(
                "predicted.fair-by-words",
                "{assessment} calls the system fair, and names no group.",
                assessment=Ref(row.reference),
            ),
            row.seen("group_effects", "groups"),
        )
