"""Risks as they were judged at an instant, from their revisions: a row of today says nothing about then."""

from __future__ import annotations

from datetime import datetime

from plumbline.clauses import criteria, queries
from plumbline.clauses.planning.risks import HARMS, RESIDUAL_HARMS
from plumbline.clauses.queries import RiskRow
from plumbline.records import kinds
from plumbline.records import queries as records


def judged_at(instant: datetime) -> list[RiskRow]:
    """Every risk that had been judged before and after treatment by ``instant``, in order of recording.

    Levels follow from the figures written by then and from the criteria in force then; the controls are those
    of the treatments in force then.
    """
    if not kinds.exists("risk"):
        return []
    by, controls = criteria.current(instant), queries.controls_by_risk(instant)
    slugs = (
        {row["reference"]: row["slug"] for row in records.claimed("ai-system", instant)}
        if kinds.exists("ai-system")
        else {}
    )
    found = []
    for row in records.claimed("risk", instant):
        before = by.gravest(row["likelihood"], [row[harm] for harm in HARMS])
        planned = by.gravest(row["residual_likelihood"], [row[harm] for harm in RESIDUAL_HARMS])
        if before is not None and planned is not None:
            reference, slug = row["reference"], slugs.get(row["system"], "")
            found.append(RiskRow(reference, slug, before, planned, controls.get(reference, ())))
    return found
