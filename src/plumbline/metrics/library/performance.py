"""How good a system's answers were, where the truth has become known.

An outcome event carries the truth and names the decision it is about; the pair belongs to the hour of
the decision.
"""

from __future__ import annotations

import numpy as np

from plumbline.metrics.declare import Array, Hour, Tally, answer, hour, metric


@metric(
    "accuracy",
    title="Accuracy",
    unit="ratio",
    answers=[answer(0.75, hour(decisions=10, outcomes_with_truth=4, correct=3), source="by hand: 3 of 4")],
)
def accuracy(hour: Hour) -> Tally:
    """Share of decisions with a known truth whose outcome was that truth."""
    known = hour.outcomes_with_truth
    return Tally(count=known, numerator=hour.correct, denominator=known)


@metric(
    "truth-share",
    title="Truth known",
    unit="ratio",
    answers=[answer(0.4, hour(decisions=10, outcomes_with_truth=4), source="by hand: 4 of 10")],
)
def truth_share(hour: Hour) -> Tally:
    """Share of decisions whose truth has become known."""
    return Tally(count=hour.decisions, numerator=hour.outcomes_with_truth, denominator=hour.decisions)


@metric(
    "brier",
    title="Brier score",
    unit="score",
    asks="scores",
    follows=("truth-share",),
    answers=[
        answer(0.3, (0.9, 0.8, 0.5), (1, 0, 1), source="by hand: (0.1² + 0.8² + 0.5²) / 3"),
        answer(None, (), (), source="by hand: without a score there is no mean"),
    ],
)
def brier(score: Array, truth: Array) -> float | None:
    """Mean squared distance between the score a decision carried and the truth (1 or 0); 0 is perfect.

    Source: G. W. Brier, Verification of forecasts expressed in terms of probability (1950), in its
    common two-class form, mean of (score − truth)².
    """
    return float(np.mean((score - truth) ** 2)) if score.size else None


@metric(
    "roc-auc",
    title="ROC AUC",
    unit="score",
    asks="scores",
    follows=("truth-share",),
    answers=[
        answer(
            0.75,
            (0.1, 0.4, 0.35, 0.8),
            (0, 0, 1, 1),
            source="scikit-learn, the example of roc_auc_score: 3 of 4 pairs are in order",
        ),
        answer(0.5, (0.3, 0.3), (0, 1), source="by hand: a tie counts one half"),
        answer(None, (0.3, 0.4), (1, 1), source="by hand: without a negative there is no pair"),
    ],
)
def roc_auc(score: Array, truth: Array) -> float | None:
    """Chance that a case with the positive truth got the higher score than one with the negative; exact.

    Area under the receiver operating characteristic by the Mann–Whitney statistic, ties counting one
    half (J. A. Hanley and B. J. McNeil, 1982). None unless both truths occur.
    """
    label = truth > 0.5
    positives, negatives = int(label.sum()), int((~label).sum())
    if not positives or not negatives:
        return None
    levels, place = np.unique(score, return_inverse=True)
    yes = np.bincount(place[label], minlength=levels.size)
    no = np.bincount(place[~label], minlength=levels.size)
    below = np.cumsum(no) - no
    return float((yes * (below * 2 + no)).sum() / (2 * positives * negatives))
