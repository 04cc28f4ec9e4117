"""Residual risk today: what is left of each risk, as far as the controls of its treatments work now.

Of a risk about one AI system, a control counts as it reads for that system, whatever another one misses; of
a risk about the AIMS as a whole, as it reads for everything. A control that nothing measures takes nothing
off a risk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from plumbline.clauses import criteria, rules
from plumbline.clauses import queries as clauses
from plumbline.clauses.judged_risks import judged_at
from plumbline.clauses.queries import RiskRow, risks_with_controls
from plumbline.clauses.rules import Level
from plumbline.controls import facts, posture, queries, registry
from plumbline.controls.facts import Fact, Rows
from plumbline.controls.residual_levels import queries as residual_levels
from plumbline.kernel.states import MeasuredState
from plumbline.records import computed
from plumbline.records.computed import Computed

ACCEPTED = "accepted"
"""The state of a risk whose residual level somebody with the authority to do so has accepted."""


ONE_SYSTEM, ORGANIZATION_WIDE = "one AI system", "organization-wide"


def extent(system: object) -> str:
    """What a risk about ``system`` is about, as every door says it: one system or, for none, all of them.

    It stands beside the system, which not everybody who reads the risk may name.
    """
    return ONE_SYSTEM if system else ORGANIZATION_WIDE


@dataclass(frozen=True)
class Residual:
    """One risk that has been judged before and after treatment: its levels, and the controls in between."""

    reference: str
    before: Level
    planned: Level
    today: Level
    controls: Mapping[str, MeasuredState]

    @property
    def graver(self) -> bool:
        """Whether more is left today than was planned, and accepted if it was."""
        return self.today > self.planned


def today(references: Collection[str] | None = None, now: datetime | None = None) -> dict[str, Residual]:
    """What is left today of the risks with these references, of every risk by default, by reference.

    With ``now`` as of that instant, later today, if nothing is reported until then.
    """
    return _left(risks_with_controls(references), now=now)


def left_at(instant: datetime) -> dict[str, Residual]:
    """What was left at ``instant`` of every risk judged by then, as its controls read then, by reference."""
    return _left(judged_at(instant), instant)


def _left(
    risks: Collection[RiskRow], at: datetime | None = None, now: datetime | None = None
) -> dict[str, Residual]:
    wanted = {control for risk in risks for control in risk.controls}
    systems = {risk.system for risk in risks if risk.controls}
    measured = posture.measured_for(systems, wanted, at, now)
    return {risk.reference: _residual(risk, measured.get(risk.system, {})) for risk in risks}


def _residual(risk: RiskRow, measured: Mapping[str, MeasuredState]) -> Residual:
    controls = {name: measured.get(name, MeasuredState.NOT_MEASURED) for name in risk.controls}
    before, planned = Level(risk.level), Level(risk.residual_level)
    left = rules.residual_now(before, planned, list(controls.values()))
    return Residual(risk.reference, before, planned, left, controls)


def _stamp() -> str:
    # Without the results of the checks that read this fact: they would set themselves off for ever.
    readers = [check.slug for check in registry.all_checks() if "facts:residual" in check.needs]
    risks = queries.revisions_stamp("risk")
    return f"{queries.results_stamp(without=readers)} {queries.approvals_stamp()} {risks}"


def as_facts() -> Rows:
    """Levels of every judged risk, and the highest that the organization accepts, for checks."""
    by = criteria.current()
    appetite = by.appetite
    judged = dict(clauses.rows("risk").values_list("reference", "judged_by"))
    return tuple(
        {
            "reference": risk.reference,
            "planned": int(risk.planned),
            "today": int(risk.today),
            "planned_word": risk.planned.word.lower(),
            "today_word": risk.today.word.lower(),
            "appetite": int(appetite),
            "judged_by": judged[risk.reference],
            "criteria": by.version,
            "criteria_review": by.review.isoformat() if by.review is not None else None,
        }
        for risk in today().values()
    )


def register() -> None:
    """Let checks ask for it, and show the level of today wherever risks are shown."""
    facts.add(Fact("residual", as_facts, _stamp))
    computed.register("risk", Computed("extent", "extent", dict, lambda risk: extent(risk.system_id)))
    computed.register(
        "risk", Computed("level_today", "level today", residual_levels.parts, residual_levels.word)
    )
