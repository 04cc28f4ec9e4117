"""Every kind of record, in the order of the clauses, in one place, so that Django finds the tables."""

from plumbline.clauses.evaluation import Attestation, Indicator, ManagementReview
from plumbline.clauses.improvement import CorrectiveAction, Nonconformity
from plumbline.clauses.leadership import Policy
from plumbline.clauses.operation import AISystem, Component, Dataset, Supplier
from plumbline.clauses.planning import (
    Applicability,
    Deviation,
    ImpactAssessment,
    Limit,
    Objective,
    Risk,
    Treatment,
)
from plumbline.clauses.support import Document

__all__ = [
    "AISystem",
    "Applicability",
    "Attestation",
    "Component",
    "CorrectiveAction",
    "Dataset",
    "Deviation",
    "Document",
    "ImpactAssessment",
    "Indicator",
    "Limit",
    "ManagementReview",
    "Nonconformity",
    "Objective",
    "Policy",
    "Risk",
    "Supplier",
    "Treatment",
]
