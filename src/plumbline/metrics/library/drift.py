"""Whether what goes into a system still looks like what it was built on.

The measures compare the values of one feature in a period with a declared reference set. A feature whose
values in the reference are mostly text is judged by categories, any other by numbers. Identifiers are not
features: they always drift and must be kept out by whoever sends the events.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from plumbline.metrics.declare import Array, FeatureHour, Tally, answer, hour, metric

BINS = 10
CATEGORIES = 20
"""Categories of a reference that are told apart, the most frequent ones; rarer ones are taken together."""
FLOOR = 1e-4
"""Smallest share a bin is read as, so that an empty bin counts as very rare instead of impossible."""


def reference_edges(values: Array, bins: int = BINS) -> Array:
    """Inner bin edges that part ``values`` into ``bins`` groups of about equal size (quantiles).

    A feature with no more distinct values than ``bins`` gets a bin for each, parted half way between. One
    that never changes gets a bin for its value, and one for what lies on each side of it.
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return np.empty(0)
    levels = np.unique(known)
    if levels.size == 1:
        return np.array([levels[0], np.nextafter(levels[0], np.inf)])
    if levels.size <= bins:
        middle: Array = (levels[1:] + levels[:-1]) / 2
        return middle
    return np.unique(np.quantile(known, np.arange(1, bins) / bins))


def binned(values: Array, edges: Array) -> tuple[int, ...]:
    """How many ``values`` fall into each bin; bin ``i`` is ``[edges[i-1], edges[i])``, open at both ends."""
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    return tuple(int(count) for count in counts)


def reference_categories(counts: Mapping[str, int], most: int = CATEGORIES) -> tuple[str, ...]:
    """The ``most`` frequent categories in ``counts``, by name; of equally frequent ones the first."""
    frequent = sorted(counts, key=lambda name: (-counts[name], name))[:most]
    return tuple(sorted(frequent))


def by_category(counts: Mapping[str, int], categories: Sequence[str], numbers: int = 0) -> tuple[int, ...]:
    """How often each of ``categories`` occurs in ``counts``, and last, how many values are none of them.

    ``numbers`` are values that are no text; they are none of the categories.
    """
    kept = tuple(counts.get(name, 0) for name in categories)
    return (*kept, sum(counts.values()) + numbers - sum(kept))


def _feature(**figures: float) -> FeatureHour:
    """The figures of one feature in one hour, for an answer; those not named are zero."""
    names = ("count", "sum", "sumsq", "min", "max", "texts")
    return FeatureHour("claims", hour().hour, "age", *(figures.get(name, 0) for name in names))  # type: ignore[arg-type]


@metric(
    "feature-mean",
    title="Mean of an input",
    unit="",
    over="feature",
    reads="mean",
    answers=[
        answer(21.0, _feature(count=2, sum=42.0), source="by hand: 42 / 2"),
        answer(None, _feature(texts=4), source="by hand: texts have no mean"),
    ],
)
def feature_mean(hour: FeatureHour) -> Tally:
    """Mean of the numbers of one input feature."""
    return Tally(count=hour.count, total=hour.sum)


@metric(
    "feature-texts",
    title="Texts of an input",
    unit="values",
    over="feature",
    reads="count",
    answers=[answer(4, _feature(count=2, sum=42.0, texts=4), source="by hand: 4 of 6 values")],
)
def feature_texts(hour: FeatureHour) -> Tally:
    """How many values of one input feature are text: a category, and no number."""
    return Tally(count=hour.texts)


@metric(
    "input-missing",
    title="Missing share of an input",
    unit="ratio",
    over="feature",
    asks="presence",
    follows=("decisions", "feature-mean", "feature-texts"),
    answers=[
        answer(0.5, 25, 100, 50, 100, source="by hand: 50 of 100 in the reference, 25 of 100 now; 1 − 25/50"),
        answer(1.0, 0, 100, 700, 700, source="by hand: in every decision of the reference, and in none now"),
        answer(0.0, 80, 100, 50, 100, source="by hand: more often than in the reference is not missing"),
        answer(None, 0, 0, 50, 100, source="by hand: without decisions nothing is missing from them"),
        answer(None, 25, 100, 50, 0, source="by hand: without a reference nothing can be expected"),
    ],
)
def missing_share(seen: int, decisions: int, usual: int, usual_decisions: int) -> float | None:
    """The share of its usual values that an input of the reference lacks in the period.

    As many values are expected as came with as many decisions in the reference: an input that only every
    other decision has is complete when every other decision has it. Without this, an input that vanishes
    would leave nothing behind that could have drifted.
    """
    if not (decisions and usual and usual_decisions):
        return None
    return max(0.0, 1.0 - seen * usual_decisions / (decisions * usual))


@metric(
    "input-drift-psi",
    title="Input drift (population stability index)",
    unit="index",
    over="feature",
    asks="bins",
    follows=("feature-mean", "feature-texts"),
    answers=[
        answer(
            0.274653072,
            (50, 50),
            (25, 75),
            source="by hand: (0.5 − 0.25)·ln 2 + (0.5 − 0.75)·ln(2/3) = 0.25·ln 3",
        ),
        answer(
            4.604318,
            (0, 10),
            (5, 5),
            source="by hand, an empty bin read as 1 in 10,000: (0.0001 − 0.5)·ln 0.0002 + 0.5·ln 2",
            within=1e-6,
        ),
        answer(0.0, (7, 3), (70, 30), source="by hand: the same shares"),
        answer(None, (0, 0), (5, 5), source="by hand: nothing has no shares"),
    ],
)
def stability_index(actual: tuple[int, ...], expected: tuple[int, ...]) -> float | None:
    """How far the values of an input have moved from the reference, over bins fixed by the reference.

    Numbers fall into ten bins of about equal size; texts into the most frequent categories of the
    reference and one bin for all that is none of them, so that what was never seen before counts.

    Usual reading: under 0.1 no shift worth naming, over 0.25 a large one. The sum over bins of
    (a − e) · ln(a / e) of the two shares, shares under `FLOOR` read as `FLOOR`; the symmetrised
    Kullback–Leibler divergence. Source: B. Yurdakul, Statistical Properties of Population Stability
    Index (Western Michigan University, 2018), equation 1. None when one side is empty; raises
    ``ValueError`` when the two do not have the same bins.
    """
    if len(actual) != len(expected):
        raise ValueError("the period and the reference do not have the same bins")
    if not sum(actual) or not sum(expected):
        return None
    index = 0.0
    for observed, usual in zip(actual, expected, strict=True):
        a = max(observed / sum(actual), FLOOR)
        e = max(usual / sum(expected), FLOOR)
        index += (a - e) * math.log(a / e)
    return index


@metric(
    "input-drift-ks",
    title="Input drift (Kolmogorov–Smirnov)",
    unit="distance",
    over="feature",
    asks="values",
    follows=("feature-mean",),
    answers=[
        answer(0.5, (1, 2, 3, 4), (3, 4, 5, 6), source="scipy.stats.ks_2samp; by hand: at 2, 2/4 against 0"),
        answer(None, (), (1.0,), source="by hand: nothing has no distribution"),
    ],
)
def kolmogorov_smirnov(sample: Array, reference: Array) -> float | None:
    """The largest gap between the distribution of an input in the period and in the reference, exact.

    Two-sample Kolmogorov–Smirnov statistic: sup |F(x) − G(x)| over every observed x (N. Smirnov, 1939).
    Missing values are left out; None when one side is empty.
    """
    one = np.sort(sample[~np.isnan(sample)])
    two = np.sort(reference[~np.isnan(reference)])
    if not one.size or not two.size:
        return None
    seen = np.concatenate([one, two])
    first = np.searchsorted(one, seen, side="right") / one.size
    second = np.searchsorted(two, seen, side="right") / two.size
    return float(np.abs(first - second).max())


def pooled_bounds(actual: tuple[int, ...], expected: tuple[int, ...]) -> tuple[float, float]:
    """Between what the total variation of all categories lies, when the last of those given takes the rare
    ones together: the pool may hold the same categories on both sides, or not one in common, in which case
    the smaller of its two shares has moved as well. Both sides have values.
    """
    pairs = zip(actual, expected, strict=True)
    known = sum(abs(a / sum(actual) - e / sum(expected)) for a, e in pairs) / 2
    return known, known + min(actual[-1] / sum(actual), expected[-1] / sum(expected))


@metric(
    "input-drift-tv",
    title="Input drift (total variation)",
    unit="distance",
    over="feature",
    asks="categories",
    bounds=pooled_bounds,
    follows=("feature-texts",),
    answers=[
        answer(0.4, (30, 30, 0, 40), (60, 30, 10, 0), source="by hand: (0.3 + 0 + 0.1 + 0.4) / 2"),
        answer(None, (0, 0), (1, 2), source="by hand: nothing has no shares"),
    ],
)
def total_variation(actual: tuple[int, ...], expected: tuple[int, ...]) -> float | None:
    """Share of the values of a text input that lie in other categories than in the reference.

    Half the sum over categories of |a − e| of the two shares, which is the largest gap between the two
    shares of any set of categories; for categories what the Kolmogorov–Smirnov distance is for numbers
    (D. A. Levin and Y. Peres, Markov Chains and Mixing Times, 2nd edition, proposition 4.2). Categories
    beyond the most frequent of the reference are taken together, which makes it a lower bound. None when one
    side is empty; raises ``ValueError`` when the two do not have the same categories.
    """
    if len(actual) != len(expected):
        raise ValueError("the period and the reference do not have the same categories")
    if not sum(actual) or not sum(expected):
        return None
    return pooled_bounds(actual, expected)[0]
