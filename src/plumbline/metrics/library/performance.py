"""How good a system's answers were, where the truth has become known.

An outcome event carries the truth and names the decision it is about; the pair belongs to the hour of
the decision. Truth of a two-class task is ``1`` or ``0`` (also ``true``/``false``, ``yes``/``no``).
"""

from __future__ import annotations

import numpy as np

from plumbline.metrics.declare import Array, Rows, Tally, metric

_POSITIVE = frozenset({"1", "1.0", "true", "yes", "positive"})
_NEGATIVE = frozenset({"0", "0.0", "false", "no", "negative"})


def as_label(truth: object) -> float:
    """1.0 or 0.0 for a truth of a two-class task, NaN for anything else."""
    text = str(truth).strip().lower()
    return 1.0 if text in _POSITIVE else 0.0 if text in _NEGATIVE else float("nan")


def labels(truths: Array) -> Array:
    """Each truth as 1.0, 0.0 or NaN."""
    return np.array([as_label(truth) for truth in truths], dtype=float)


def _same(truth: object, outcome: object) -> bool:
    one, two = as_label(truth), as_label(outcome)
    return one == two if one == one and two == two else str(truth).strip() == str(outcome).strip()


@metric("accuracy", title="Accuracy", unit="ratio", needs=("truth", "outcome"), truths=True)
def accuracy(rows: Rows) -> Tally:
    """Share of decisions with a known truth whose outcome was that truth."""
    pairs = zip(rows["truth"], rows["outcome"], strict=True)
    known = [pair for pair in pairs if None not in pair]
    right = sum(_same(truth, outcome) for truth, outcome in known)
    return Tally(count=len(known), numerator=right, denominator=len(known))


@metric("brier", title="Brier score", unit="score", needs=("truth", "score"), reads="mean", truths=True)
def brier(rows: Rows) -> Tally:
    """Mean squared distance between the score a decision carried and the truth; nothing is perfect.

    Source: G. W. Brier, Verification of forecasts expressed in terms of probability (1950), in its
    common two-class form, mean of (score − truth)².
    """
    truth, score = labels(rows["truth"]), rows["score"].astype(float)
    known = ~np.isnan(truth) & ~np.isnan(score)
    squared = (score[known] - truth[known]) ** 2
    return Tally(count=int(known.sum()), total=float(squared.sum()))


@metric(
    "roc-auc",
    title="ROC AUC",
    unit="score",
    needs=("truth", "score"),
    exact=True,
    truths=True,
    follows="brier",
)
def roc_auc(score: Array, truth: Array) -> float | None:
    """Chance that a case with the positive truth got the higher score than one with the negative; exact.

    Area under the receiver operating characteristic by the Mann–Whitney statistic, ties counting one
    half (J. A. Hanley and B. J. McNeil, 1982). None unless both truths occur.
    """
    known = ~np.isnan(score) & ~np.isnan(truth)
    values, label = score[known], truth[known] > 0.5
    positives, negatives = int(label.sum()), int((~label).sum())
    if not positives or not negatives:
        return None
    levels, place = np.unique(values, return_inverse=True)
    yes = np.bincount(place[label], minlength=levels.size)
    no = np.bincount(place[~label], minlength=levels.size)
    below = np.cumsum(no) - no
    return float((yes * (below * 2 + no)).sum() / (2 * positives * negatives))
