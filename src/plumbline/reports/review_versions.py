"""Management reviews as versions: numbered by their approvals, named by a digest, shown as of a day.

What was put before a review is frozen into its record when it is gathered, so that the entry of that revision
commits to it. Here the entries of the request for review and of the approval name the digest and the number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from plumbline.clauses.evaluation.management_reviews import ManagementReview
from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import JSON
from plumbline.records import queries as records
from plumbline.records import steps
from plumbline.records.gates import GateResult
from plumbline.records.models import Record
from plumbline.reports import queries, review
from plumbline.reports.frozen_versions import sha256_of
from plumbline.reports.review import KIND, Review


@dataclass(frozen=True)
class ReviewVersion:
    """A review with the number of its newest approval; 0 while it has none.

    A review that is revised and approved again gets the next number, so that a number names one content.
    """

    review: Review
    number: int

    @property
    def sha256(self) -> str:
        """The digest of what was put before it, in canonical bytes; empty while nothing is gathered."""
        return sha256_of(self.review.inputs)


def version(actor: Actor, reference: str, at: datetime | None = None) -> ReviewVersion:
    """A review as it is, or as it was known at the instant ``at``.

    Raises `NotFound`, also for a record of another kind and for one that was not recorded by then.
    """
    found = review.find(actor, reference)
    if at is not None:
        snapshot = records.as_of(actor, found.reference, at)
        values = snapshot["values"]
        found = replace(
            found,
            title=values["title"],
            state=snapshot["state"],
            revision=snapshot["revision"],
            period_from=date.fromisoformat(values["period_from"]),
            period_until=date.fromisoformat(values["period_until"]),
            inputs=values["inputs"] or {},
            inputs_missing=values["inputs_missing"],
        )
    return ReviewVersion(found, _number(found.reference, at))


def approved_reviews(actor: Actor) -> tuple[str, ...]:
    """References of the reviews that were ever approved and that a reader may see, the oldest first."""
    seen = queries.visible_references(actor, KIND)
    return tuple(reference for reference in queries.ever_approved(KIND) if reference in seen)


def as_dict(found: ReviewVersion) -> dict[str, Any]:
    """A review and what was put before it as plain values."""
    return {
        "reference": found.review.reference,
        "title": found.review.title,
        "state": found.review.state,
        "version": found.number,
        "day": found.review.period_until.isoformat(),
        "sha256": found.sha256,
        "content": found.review.inputs,
    }


def _number(reference: str, at: datetime | None = None) -> int:
    given = queries.approvals_given(KIND, at)
    return max((place for place, named in enumerate(given, 1) if named == reference), default=0)


def _name_digest(actor: Actor, record: Record, reason: str) -> GateResult:
    assert isinstance(record, ManagementReview)
    return GateResult("", {"review": {"sha256": sha256_of(record.inputs or {})}})


def _name_version(actor: Actor, record: Record, reason: str) -> GateResult:
    assert isinstance(record, ManagementReview)
    given = queries.approvals_given(KIND)
    facts: dict[str, JSON] = {
        "version": len(given) + 1,
        "earlier": given[-1] if given else "",
        "sha256": sha256_of(record.inputs or {}),
    }
    return GateResult("", {"review": facts})


def register_gates() -> None:
    """Have the entries of a review's request and of its approval say what is approved."""
    steps.register_gate(KIND, "submit", _name_digest)
    steps.register_gate(KIND, "approve", _name_version)
