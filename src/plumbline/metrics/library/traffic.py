"""How much a system does, how often it fails, how long it takes, what it uses up, what its log misses."""

from __future__ import annotations

import numpy as np

from plumbline.metrics.declare import Array, Rows, Tally, metric

WORK = ("decision", "call")
"""Event types that are work of the system itself; outcomes and reviews speak about it."""

LATENCY_EDGES = (
    *(float(step * 10**power) for power in range(5) for step in (1, 1.5, 2, 3, 4, 5, 6, 8)),
    100_000.0,
)
"""Inner bin edges of the latency histogram in milliseconds, from 1 ms to 100 s, fixed for ever."""


def _work(rows: Rows) -> Array:
    mask: Array = np.isin(rows["type"], WORK)
    return mask


@metric("volume", title="Volume", unit="events", needs=("type",), reads="count")
def volume(rows: Rows) -> Tally:
    """Decisions and model calls that the system reported."""
    return Tally(count=int(_work(rows).sum()))


@metric("error-rate", title="Error rate", unit="ratio", needs=("type", "is_error"))
def error_rate(rows: Rows) -> Tally:
    """Share of decisions and calls that ended in an error."""
    work = _work(rows)
    failed = int((work & rows["is_error"].astype(bool)).sum())
    return Tally(count=int(work.sum()), numerator=failed, denominator=int(work.sum()))


def percentile(bins: tuple[int, ...], edges: tuple[float, ...], share: float) -> float:
    """The ``share`` quantile of a histogram, interpolated linearly inside its bin.

    ``bins[i]`` counts values in ``[edges[i-1], edges[i])``; the first bin starts at 0 and the last one
    is read as its lower edge. The error is at most the width of the bin.
    """
    wanted, seen = share * sum(bins), 0
    for place, count in enumerate(bins):
        if count and seen + count >= wanted:
            low = edges[place - 1] if place else 0.0
            high = edges[place] if place < len(edges) else low
            return low + (high - low) * (wanted - seen) / count
        seen += count
    return edges[-1]


def _p50(bins: tuple[int, ...]) -> float:
    return percentile(bins, LATENCY_EDGES, 0.50)


def _p95(bins: tuple[int, ...]) -> float:
    return percentile(bins, LATENCY_EDGES, 0.95)


def _latency(rows: Rows) -> Tally:
    known = rows["latency_ms"][_work(rows)].astype(float)
    known = known[~np.isnan(known)]
    if not known.size:
        return Tally()
    bins = np.bincount(np.searchsorted(LATENCY_EDGES, known, side="right"), minlength=len(LATENCY_EDGES) + 1)
    return Tally(count=int(known.size), total=float(known.sum()), bins=tuple(int(count) for count in bins))


@metric(
    "latency-p95",
    title="Latency, 95th percentile",
    unit="ms",
    needs=("type", "latency_ms"),
    reads="bins",
    reader=_p95,
)
def latency_p95(rows: Rows) -> Tally:
    """The time within which 95 of 100 decisions and calls were answered, from fixed bins."""
    return _latency(rows)


@metric(
    "latency-p50", title="Latency, median", unit="ms", needs=("type", "latency_ms"), reads="bins", reader=_p50
)
def latency_p50(rows: Rows) -> Tally:
    """The time within which half of the decisions and calls were answered, from fixed bins."""
    return _latency(rows)


@metric("latency-mean", title="Latency, mean", unit="ms", needs=("type", "latency_ms"), reads="mean")
def latency_mean(rows: Rows) -> Tally:
    """Mean time to answer of the decisions and calls that said how long they took."""
    tally = _latency(rows)
    return Tally(count=tally.count, total=tally.total)


def _tokens(rows: Rows, column: str) -> Tally:
    used = rows[column].astype(float)
    used = used[~np.isnan(used)]
    return Tally(count=int(used.size), total=float(used.sum()))


@metric("tokens-in", title="Tokens read", unit="tokens", needs=("tokens_in",), reads="total")
def tokens_in(rows: Rows) -> Tally:
    """Tokens that went into language models."""
    return _tokens(rows, "tokens_in")


@metric("tokens-out", title="Tokens written", unit="tokens", needs=("tokens_out",), reads="total")
def tokens_out(rows: Rows) -> Tally:
    """Tokens that came out of language models."""
    return _tokens(rows, "tokens_out")
