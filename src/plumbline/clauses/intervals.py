"""How far ahead a day that somebody has to keep may lie: longest intervals, governed by records.

A field declares the months that it was delivered with (`fields.day(…, ahead=24)`); an approved record of the
kind *longest interval* takes their place until its last day. Without a bound, a review seventy years off
would count as planned.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from plumbline.clauses import queries
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.records import kinds
from plumbline.records.approved.queries import in_force, in_force_of

KIND = "longest-interval"
RENEWED_WITHIN = 24
"""Months after its approval at which an interval ends that names no day, from before it had to."""


def longest(subject: str, delivered: int) -> int:
    """The most months that a day of ``subject`` (``policy.next_review``) may lie ahead."""
    if not kinds.exists(KIND):
        return delivered
    # One query as long as nobody has recorded an interval, since this is asked at every save.
    record = queries.rows(KIND).filter(subject=subject).first()
    row = in_force_of(record, kinds.get(KIND)) if record is not None else None
    return delivered if row is None or not holds(row) else int(row["months"])


def governed() -> list[dict[str, Any]]:
    """The longest intervals in force that have not ended: rows of `in_force`."""
    return [row for row in in_force(KIND) if holds(row)] if kinds.exists(KIND) else []


def holds(row: Mapping[str, Any]) -> bool:
    """Whether a row in force has not ended."""
    until = row["valid_until"]
    last = (
        date.fromisoformat(until)
        if until
        else add_months(date.fromisoformat(row["approved_at"][:10]), RENEWED_WITHIN)
    )
    return not clock.passed(last)
