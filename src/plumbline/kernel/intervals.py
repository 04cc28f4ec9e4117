"""Months between days, and how far ahead a review may be planned until a record says otherwise."""

from __future__ import annotations

import calendar
from datetime import date

POLICY_REVIEW, DOCUMENT_REVIEW = 13, 24
"""Months that the next review of a policy, or of a document, may lie ahead: a policy is reviewed within a
year or so. Here, so that the field that is written and the checks that read it go by the same."""
CONTEXT_REVIEW = 13
"""Months that the next review of what clauses 4 to 6 ask for may lie ahead, from issues to plans: it is
looked at once a year; so are plans of monitoring."""
NOTICE_REVIEW = 13
"""Months that the next review of a notice may lie ahead: what people are told is read again once a year."""
SUPPLIER_REVIEW = 13
"""Months that the next assessment of a supplier may lie ahead: it is assessed once a year."""
SPECIFICATION_REVIEW = 24
"""Months that the next review of a specification may lie ahead."""
FILE_VALIDITY = 24
"""Months that the end of an attached file may lie ahead: what is relied on is looked at again by then."""
EASING = 12
"""Months for which two people may accept that a revision makes a check easier to pass."""


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (earlier where negative), or the last of a month without such a day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
