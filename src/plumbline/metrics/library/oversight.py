"""What people do with what the system proposes.

A review approves a decision, rejects it, overrides it with another one, or escalates it to somebody else.
Two rates are kept apart. An *override* says that the person wanted another outcome: many of them speak
against the system. An *intervention* is anything but an approval: it says that somebody looked and acted,
as human oversight asks for (review and override, ISO/IEC 42001 A.9.3), so hardly any of them speaks
against the oversight.
"""

from __future__ import annotations

from collections.abc import Sequence

from plumbline.metrics.declare import Hour, Tally, answer, hour, metric

BUSY = 100
"""Reviews from which on one reviewer is looked at apart: before that, none in a hundred would say little."""


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


def least_intervening(reviewers: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Reviews and interventions of the busy reviewer who intervenes least; None without a busy one."""
    busy = [pair for pair in reviewers if pair[0] >= BUSY]
    return min(busy, key=lambda pair: (pair[1] / pair[0], -pair[0]), default=None)


@metric(
    "lowest-intervention-rate",
    title="Lowest intervention rate of a reviewer",
    unit="ratio",
    asks="reviewers",
    follows=("intervention-rate",),
    answers=[
        answer(0.0, (400, 40), (300, 0), source="by hand: one of 400 in 40, the other of 300 in none"),
        answer(0.1, (400, 40), (99, 0), source="by hand: 40 of 400; with 99 reviews the other is not busy"),
        answer(None, (99, 0), source="by hand: nobody has a hundred reviews"),
    ],
)
def lowest_intervention_rate(*reviewers: tuple[int, int]) -> float | None:
    """The intervention rate of that reviewer, of those with many reviews, who intervenes least.

    A mean hides the one who waves everything through behind those who look. Nobody is named.
    """
    least = least_intervening(reviewers)
    return None if least is None else least[1] / least[0]
