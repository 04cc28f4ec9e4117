"""What people do with what the system proposes."""

from __future__ import annotations

import numpy as np

from plumbline.metrics.declare import Rows, Tally, metric

AGAINST = ("override", "reject")
"""Review decisions in which the person went against the system."""


@metric("override-rate", title="Human override rate", unit="ratio", needs=("type", "review"))
def override_rate(rows: Rows) -> Tally:
    """Share of human reviews in which the person overrode or rejected what the system proposed.

    Escalated cases count as reviewed and not as overridden. A rate of exactly nothing in many reviews
    is as telling as a high one: it may mean that nobody looks.
    """
    reviews = rows["type"] == "review"
    against = reviews & np.isin(rows["review"], AGAINST)
    return Tally(count=int(reviews.sum()), numerator=int(against.sum()), denominator=int(reviews.sum()))


@metric("review-share", title="Reviewed share", unit="ratio", needs=("type",))
def review_share(rows: Rows) -> Tally:
    """Human reviews for each decision that the system reported."""
    decisions = int((rows["type"] == "decision").sum())
    reviews = int((rows["type"] == "review").sum())
    return Tally(count=decisions, numerator=reviews, denominator=decisions)
