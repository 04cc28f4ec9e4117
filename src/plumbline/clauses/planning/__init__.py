"""Clause 6, Planning: risks and treatment, impacts, applicability, objectives, limits and deviations."""

from plumbline.clauses.planning.applicability import APPLICABILITY, Applicability
from plumbline.clauses.planning.impact import IMPACT_ASSESSMENT, ImpactAssessment
from plumbline.clauses.planning.limits import DEVIATION, LIMIT, Deviation, Limit
from plumbline.clauses.planning.objectives import OBJECTIVE, Objective
from plumbline.clauses.planning.risks import RISK, TREATMENT, Risk, Treatment

__all__ = [
    "KINDS",
    "Applicability",
    "Deviation",
    "ImpactAssessment",
    "Limit",
    "Objective",
    "Risk",
    "Treatment",
]

KINDS = (RISK, TREATMENT, IMPACT_ASSESSMENT, APPLICABILITY, OBJECTIVE, LIMIT, DEVIATION)
