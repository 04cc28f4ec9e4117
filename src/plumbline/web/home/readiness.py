"""Readiness by clause: how much evidence there is, how old it is, what is open and what falls due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline import catalogs
from plumbline.catalogs import Group
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.kernel.messages import Message, say
from plumbline.kernel.states import RequirementState
from plumbline.web import charts
from plumbline.web.charts import Part, Tick
from plumbline.web.home.due import DueRow
from plumbline.web.requirements.lists import PHASES

SHORT_TITLES = {"4": "Context", "9": "Evaluation"}
"""Titles that would break over two lines in the table."""


@dataclass(frozen=True)
class ClauseReadiness:
    """One clause. ``first_of`` is how many clauses its phase has on the first of them, 0 on the others."""

    clause: Group
    phase: str
    first_of: int
    counts: Mapping[RequirementState, int]
    shares: Sequence[float]
    open: int
    due: DueRow | None

    @property
    def title(self) -> str:
        """Its title, short enough for the table."""
        return SHORT_TITLES.get(self.clause.number, self.clause.title)

    @property
    def href(self) -> str:
        """Its place on the page of clauses."""
        return f"{reverse('clauses')}#clause-{self.clause.number}"

    @property
    def complete(self) -> int:
        """How many of its sub-clauses have complete evidence."""
        return self.counts[RequirementState.COMPLETE]

    @property
    def total(self) -> int:
        """How many sub-clauses it has."""
        return sum(self.counts.values())

    @property
    def late(self) -> int:
        """How much of its evidence is out of date."""
        return sum(share >= 1 for share in self.shares)

    @property
    def bar(self) -> SafeString:
        """Its sub-clauses as one bar, by how much evidence there is."""
        return charts.divided_bar(
            [
                Part("ok", self.counts[RequirementState.COMPLETE], "complete"),
                Part("warn", self.counts[RequirementState.PARTIAL], "partial"),
                Part("bad", self.counts[RequirementState.MISSING], "missing"),
                Part("track", self.counts[RequirementState.NOT_ASSESSED], "not assessed"),
            ]
        )

    @property
    def description(self) -> Message:
        """The bar in words."""
        return say(
            "home.evidence-of-clause",
            "{complete} complete, {partial} partial, {missing} missing, {unassessed} not assessed",
            complete=self.counts[RequirementState.COMPLETE],
            partial=self.counts[RequirementState.PARTIAL],
            missing=self.counts[RequirementState.MISSING],
            unassessed=self.counts[RequirementState.NOT_ASSESSED],
        )

    @property
    def strip(self) -> SafeString:
        """Its evidence by age."""
        return charts.age_strip([Tick(share) for share in self.shares])


def readiness(
    postures: Mapping[str, RequirementPosture],
    shares: Mapping[str, Sequence[float]],
    due: Sequence[DueRow],
    open_by_clause: Mapping[str, int],
) -> tuple[ClauseReadiness, ...]:
    """Clauses 4 to 10 in order, grouped by Plan, Do, Check, Act."""
    rows = []
    before = ""
    for clause in catalogs.chapters():
        phase = PHASES[clause.number]
        words = [postures[member].word for member in clause.members]
        rows.append(
            ClauseReadiness(
                clause=clause,
                phase=phase,
                first_of=sum(other == phase for other in PHASES.values()) if phase != before else 0,
                counts={word: words.count(word) for word in RequirementState},
                shares=shares.get(clause.number, ()),
                open=open_by_clause.get(clause.number, 0),
                due=next((row for row in due if row.clause == clause.number), None),
            )
        )
        before = phase
    return tuple(rows)
