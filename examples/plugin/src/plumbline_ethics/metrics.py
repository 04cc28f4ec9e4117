"""The measure: how often people let a decision of the system stand."""

from __future__ import annotations

from plumbline.metrics.declare import Hour, Tally, answer, hour, metric


@metric(
    "let-stand-rate",
    title="Decisions that people let stand",
    unit="ratio",
    answers=[
        answer(0.75, hour(decisions=8, reviews=4, interventions=1), source="by hand: 3 of 4 reviews"),
        answer(None, hour(decisions=8), source="by hand: without reviews there is no share"),
    ],
)
def let_stand_rate(hour: Hour) -> Tally:
    """Share of human reviews that left the decision as it was."""
    return Tally(count=hour.reviews, numerator=hour.reviews - hour.interventions, denominator=hour.reviews)
