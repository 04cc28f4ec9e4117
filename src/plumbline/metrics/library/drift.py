"""Whether what goes into a system still looks like what it was built on.

Both measures compare the values of one feature in a period with a declared reference set. Identifiers
are not features: they always drift and must be kept out by whoever sends the events.
"""

from __future__ import annotations

import math

import numpy as np

from plumbline.metrics.declare import Array, FeatureHour, Tally, metric

BINS = 10
FLOOR = 1e-4
"""Smallest share a bin is read as, so that an empty bin counts as very rare instead of impossible."""


def reference_edges(values: Array, bins: int = BINS) -> Array:
    """Inner bin edges that part ``values`` into ``bins`` groups of about equal size (quantiles).

    A feature with no more distinct values than ``bins`` gets a bin for each, parted half way between.
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return np.empty(0)
    levels = np.unique(known)
    if levels.size <= bins:
        middle: Array = (levels[1:] + levels[:-1]) / 2
        return middle
    return np.unique(np.quantile(known, np.arange(1, bins) / bins))


def binned(values: Array, edges: Array) -> tuple[int, ...]:
    """How many ``values`` fall into each bin; bin ``i`` is ``[edges[i-1], edges[i])``, open at both ends."""
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    return tuple(int(count) for count in counts)


@metric("feature-mean", title="Mean of an input", unit="", over="feature", reads="mean")
def feature_mean(hour: FeatureHour) -> Tally:
    """Mean of the numbers of one input feature."""
    return Tally(count=hour.count, total=hour.sum)


@metric(
    "input-drift-psi",
    title="Input drift (population stability index)",
    unit="index",
    over="feature",
    asks="bins",
    follows="feature-mean",
)
def stability_index(actual: tuple[int, ...], expected: tuple[int, ...]) -> float | None:
    """How far the values of an input have moved from the reference, over ten bins fixed by the reference.

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
    follows="feature-mean",
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
