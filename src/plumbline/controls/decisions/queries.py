"""What people decided and vouch for, as the posture stands it beside what is measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from plumbline import catalogs
from plumbline.clauses import queries as clauses
from plumbline.records import kinds


@dataclass(frozen=True)
class AttestationRow:
    """A final attestation of one requirement for the organization."""

    requirement: str
    reference: str
    verdict: str
    statement: str
    by: str
    period_from: date
    period_until: date
    valid_until: date


def attestations() -> dict[str, AttestationRow]:
    """The newest final attestation of each requirement, one for the organization before one for a system."""
    if not kinds.exists("attestation"):
        return {}
    rows = clauses.rows("attestation").filter(state="final")
    rows = rows.order_by(F("system_id").desc(nulls_last=True), "period_until", "pk")
    columns = ("requirement", "reference", "verdict", "statement", "owner__full_name")
    dates = ("period_from", "period_until", "valid_until")
    return {
        requirement: AttestationRow(requirement, reference, verdict, statement, by or "", *period)
        for requirement, reference, verdict, statement, by, *period in rows.values_list(*columns, *dates)
    }


def excluded() -> dict[str, tuple[str, str]]:
    """Reference and reason of the approved row by which each control does not apply."""
    if not kinds.exists("applicability"):
        return {}
    rows = clauses.rows("applicability").filter(state="approved", applicable="no").exclude(requirement=None)
    return {
        requirement: (reference, reason)
        for requirement, reference, reason in rows.values_list("requirement", "reference", "exclusion_reason")
        if requirement and reason.strip()
    }


def undecided() -> list[str]:
    """The controls that no approved row of the statement of applicability decides, in order."""
    decided = set[str]()
    if kinds.exists("applicability"):
        rows = clauses.rows("applicability").filter(state="approved").exclude(requirement=None)
        decided = set(rows.values_list("requirement", flat=True))
    return [row.id for row in catalogs.controls() if row.id not in decided]


def documented() -> set[str]:
    """Requirements that an approved document of our own gives evidence for; in one query.

    A bought copy of the standard names every requirement and answers none.
    """
    if not kinds.exists("document"):
        return set()
    rows = clauses.rows("document").filter(state="approved", origin="own").exclude(requirements="")
    return {requirement for words in rows.values_list("requirements", flat=True) for requirement in words}


def owners(requirements: Iterable[str]) -> list[str]:
    """Handles of whoever owns the approved rows of the statement of applicability on ``requirements``."""
    if not kinds.exists("applicability"):
        return []
    rows = clauses.rows("applicability").filter(state="approved", requirement__in=list(requirements))
    handles = rows.exclude(owner=None).order_by("reference").values_list("owner__handle", flat=True)
    return list(dict.fromkeys(handles))
