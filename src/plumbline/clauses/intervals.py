"""How far ahead a day that somebody has to keep may lie: longest intervals, governed by records.

A field declares the months that it was delivered with (`fields.day(…, ahead=24)`); an approved record of the
kind *longest interval* takes their place. Without a bound, a review seventy years off would count as planned.
"""

from __future__ import annotations

from plumbline.clauses import queries
from plumbline.records import kinds
from plumbline.records.approved.queries import in_force_of

KIND = "longest-interval"


def longest(subject: str, delivered: int) -> int:
    """The most months that a day of ``subject`` (``policy.next_review``) may lie ahead."""
    if not kinds.exists(KIND):
        return delivered
    # One query as long as nobody has recorded an interval, since this is asked at every save.
    record = queries.rows(KIND).filter(subject=subject).first()
    row = in_force_of(record, kinds.get(KIND)) if record is not None else None
    return delivered if row is None else int(row["months"])
