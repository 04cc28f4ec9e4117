"""What checks say of a record that lacks something, and which of its texts say too little to count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from plumbline.controls.populations import ended_file, old_file
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel import intervals
from plumbline.kernel.messages import Message, Ref, Word, listing, say

Facts = Mapping[str, Any]

LEAST_WORDS, LEAST_LETTERS = 3, 25
"""A text with fewer words than this and fewer letters than that says nothing that a reader could act on.

Both have to be missed: a short sentence is fine, and so is a long one in a script without spaces.
"""


def ref(row: Facts) -> Ref:
    """The name of a record."""
    return Ref(row["reference"])


def thin(text: str) -> bool:
    """Whether a text is there but says next to nothing, such as ``-``, ``x`` or ``as usual``."""
    return 0 < len(text.strip()) < LEAST_LETTERS and len(re.findall(r"\w+", text)) < LEAST_WORDS


def lacks(parts: Iterable[Word]) -> Message | None:
    """That a record lacks ``parts``; None for none."""
    absent = list(parts)
    return say("record.lacks", "lacks {parts}", parts=listing(absent, conjunction="and")) if absent else None


def says_too_little(row: Facts, asked: Mapping[str, Word]) -> Message | None:
    """Which of the texts ``asked`` for are empty or say next to nothing in ``row``; None for none."""
    empty = lacks(label for name, label in asked.items() if not row[name])
    if empty is not None:
        return empty
    parts = [label for name, label in asked.items() if thin(row[name])]
    if not parts:
        return None
    return say("record.thin", "says next to nothing of {parts}", parts=listing(parts, conjunction="and"))


def overdue_review(row: Facts, today: date) -> Message | None:
    """That the review of a record is overdue, or a file of it past its last valid day; None if neither is."""
    review = day_of(row["next_review"])
    if review is None or review >= today:
        return ended_file(row, today)
    return say("record.review-overdue", "was due for review on {day}", day=review)


POLICY_REVIEW, DOCUMENT_REVIEW = "policy.next_review", "document.next_review"
LONGEST_INTERVALS = "facts:longest-intervals"
"""What a check needs that asks `review_too_far`."""
FILE_VALIDITY = "attachment.valid_until"
CONTEXT_KINDS = (
    *("issue", "interested-party", "obligation", "scope", "responsibility", "committee"),
    *("risk-assessment", "treatment-plan", "monitoring-plan"),
)
"""Kinds, most of clauses 4 to 6, whose records are looked at again once a year."""
_DELIVERED = {
    **{f"{kind}.next_review": intervals.CONTEXT_REVIEW for kind in CONTEXT_KINDS},
    "information-notice.next_review": intervals.NOTICE_REVIEW,
    "supplier-assessment.next_review": intervals.SUPPLIER_REVIEW,
    "specification.next_review": intervals.SPECIFICATION_REVIEW,
    POLICY_REVIEW: intervals.POLICY_REVIEW,
    DOCUMENT_REVIEW: intervals.DOCUMENT_REVIEW,
    FILE_VALIDITY: intervals.FILE_VALIDITY,
}


def review_too_far(row: Facts, evidence: Evidence, subject: str) -> Message | None:
    """That the review of a record is overdue, not planned, or planned further ahead than is allowed.

    ``subject`` is the day that the longest interval is about. It is the one that whoever writes that day is
    bound by: one that is made shorter later reaches what was written before. Without it a review in the far
    future would be as good as one that is done.
    """
    review = day_of(row["next_review"])
    if review is None:
        return say("document.no-review", "has no review date")
    months = governed_months(evidence, subject)
    if review > intervals.add_months(evidence.today, months):
        return say(
            "record.review-far", "is to be reviewed on {day}, later than in {months} months",
            day=review, months=months,
        )  # fmt: skip
    return overdue_review(row, evidence.today) or old_file(
        row, evidence.today, governed_months(evidence, FILE_VALIDITY)
    )


def any_current(rows: Iterable[Facts], evidence: Evidence, kind: str) -> Message | None:
    """Why nothing of ``rows``, in force, counts as looked at in time; None as soon as one does."""
    found = say("context.none", "has no approved record")
    for row in rows:
        late = review_too_far(row, evidence, f"{kind}.next_review")
        if late is None:
            return None
        found = say("context.late", "has only {record}, which {fault}", record=ref(row), fault=late)
    return found


def governed_months(evidence: Evidence, subject: str) -> int:
    """The longest interval in force for the day that ``subject`` names, in months."""
    governed = {one["subject"]: one["months"] for one in evidence.facts.get("longest-intervals", ())}
    return int(governed.get(subject, _DELIVERED[subject]))


def aged(day: date | None, evidence: Evidence, limit: str) -> Message | None:
    """That something done on ``day`` lies ahead, or longer ago than ``limit`` allows; None if in date."""
    if day is None:
        return say("record.undated", "has no date")
    if day > evidence.today:
        return say("record.ahead", "is dated {day}, which is still to come", day=day)
    if (evidence.today - day).days > evidence.limit(limit).value:
        return say("record.last-assessed", "was last assessed on {day}", day=day)
    return None


def was_due(due: date) -> Message:
    """That something was due on a day."""
    return say("record.was-due", "was due on {day}", day=due)


def unseen_since(by: date, evidence: Evidence) -> Message | None:
    """That what one person says was looked at by nobody else by a day that has passed; None before."""
    if by >= evidence.today:
        return None
    return say("record.one-person", "is what one person says, and was to be looked at by {day}", day=by)
