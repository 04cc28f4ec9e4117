"""What people do with what the system proposes."""

from __future__ import annotations

from plumbline.metrics.declare import Hour, Tally, metric


@metric("override-rate", title="Human override rate", unit="ratio")
def override_rate(hour: Hour) -> Tally:
    """Share of human reviews in which the person overrode what the system had decided.

    A rate of exactly nothing in many reviews is as telling as a high one: it may mean that nobody looks.
    """
    return Tally(count=hour.reviews, numerator=hour.overrides, denominator=hour.reviews)


@metric("review-share", title="Reviewed share", unit="ratio")
def review_share(hour: Hour) -> Tally:
    """Human reviews for each decision that the system reported."""
    return Tally(count=hour.decisions, numerator=hour.reviews, denominator=hour.decisions)
