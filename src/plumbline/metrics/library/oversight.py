"""What people do with what the system proposes.

A review approves a decision, rejects it, overrides it with another one, or escalates it to somebody else.
Two rates are kept apart. An *override* says that the person wanted another outcome: many of them speak
against the system. An *intervention* is anything but an approval: it says that somebody looked and acted,
as human oversight asks for (review and override, ISO/IEC 42001 A.9.3), so hardly any of them speaks
against the oversight.
"""

from __future__ import annotations

from plumbline.metrics.declare import Hour, Tally, answer, hour, metric


@metric(
    "override-rate",
    title="Human override rate",
    unit="ratio",
    answers=[
        answer(0.25, hour(decisions=8, reviews=4, overrides=1), source="by hand: 1 of 4 reviews"),
        answer(None, hour(decisions=8), source="by hand: without reviews there is no share"),
    ],
)
def override_rate(hour: Hour) -> Tally:
    """Share of human reviews in which the person overrode what the system had decided.

    Rejected and escalated decisions do not count here: they say that a person did not accept the decision,
    not that they put another one in its place. `intervention-rate` counts them.
    """
    return Tally(count=hour.reviews, numerator=hour.overrides, denominator=hour.reviews)


@metric(
    "intervention-rate",
    title="Human intervention rate",
    unit="ratio",
    answers=[
        answer(
            0.75,
            hour(decisions=8, reviews=4, overrides=1, interventions=3),
            source="by hand: of 4 reviews one overrode, one rejected, one escalated, one approved",
        ),
    ],
)
def intervention_rate(hour: Hour) -> Tally:
    """Share of human reviews in which the person did not simply approve: overrode, rejected or escalated.

    A rate of next to nothing in many reviews is as telling as a high one: it may mean that nobody looks.
    """
    return Tally(count=hour.reviews, numerator=hour.interventions, denominator=hour.reviews)


@metric(
    "review-share",
    title="Reviewed share",
    unit="ratio",
    answers=[answer(0.5, hour(decisions=8, reviews=4), source="by hand: 4 of 8 decisions")],
)
def review_share(hour: Hour) -> Tally:
    """Human reviews for each decision that the system reported."""
    return Tally(count=hour.decisions, numerator=hour.reviews, denominator=hour.decisions)
