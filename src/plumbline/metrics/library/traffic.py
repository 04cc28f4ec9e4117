"""How much a system does, how often it fails, how long it takes, what it uses up."""

from __future__ import annotations

from math import inf

from plumbline.metrics.declare import LATENCY_EDGES, Hour, Tally, answer, hour, metric


@metric(
    "volume",
    title="Volume",
    unit="events",
    reads="count",
    answers=[answer(3, hour(count=9, decisions=2, calls=1), source="by hand: 2 + 1")],
)
def volume(hour: Hour) -> Tally:
    """Decisions and model calls that the system reported."""
    return Tally(count=hour.decisions + hour.calls)


@metric(
    "decisions",
    title="Decisions",
    unit="events",
    reads="count",
    answers=[
        answer(2, hour(count=9, decisions=2, calls=1), source="by hand: 2 decisions, and a call is none")
    ],
)
def decisions(hour: Hour) -> Tally:
    """Decisions that the system reported, which is what the inputs of a system belong to."""
    return Tally(count=hour.decisions)


@metric(
    "error-rate",
    title="Error rate",
    unit="ratio",
    answers=[answer(1 / 3, hour(decisions=2, calls=1, errors=1), source="by hand: 1 of 2 + 1")],
)
def error_rate(hour: Hour) -> Tally:
    """Share of decisions and calls that ended in an error."""
    work = hour.decisions + hour.calls
    return Tally(count=work, numerator=hour.errors, denominator=work)


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


def percentile_bounds(bins: tuple[int, ...], edges: tuple[float, ...], share: float) -> tuple[float, float]:
    """Between what the ``share`` quantile of a histogram lies: the edges of its bin; the last one is open."""
    wanted, seen = share * sum(bins), 0
    for place, count in enumerate(bins):
        seen += count
        if count and seen >= wanted:
            return edges[place - 1] if place else 0.0, edges[place] if place < len(edges) else inf
    return edges[-1], inf


def _p50(bins: tuple[int, ...]) -> float:
    return percentile(bins, LATENCY_EDGES, 0.50)


def _p95(bins: tuple[int, ...]) -> float:
    return percentile(bins, LATENCY_EDGES, 0.95)


def _p50_bounds(bins: tuple[int, ...]) -> tuple[float, float]:
    return percentile_bounds(bins, LATENCY_EDGES, 0.50)


def _p95_bounds(bins: tuple[int, ...]) -> tuple[float, float]:
    return percentile_bounds(bins, LATENCY_EDGES, 0.95)


def _latency(hour: Hour) -> Tally:
    if not hour.latency_count:
        return Tally()
    return Tally(count=hour.latency_count, total=hour.latency_sum, bins=hour.latency_bins)


# Twenty answers: ten under a millisecond, ten from one to two. The 19th lies nine tenths into the second bin,
# the tenth closes the first one.
_TWENTY = hour(latency_count=20, latency_sum=20.0, latency_bins=(10, 10, *(0,) * 14))


@metric(
    "latency-p95",
    title="Latency, 95th percentile",
    unit="ms",
    reads="bins",
    reader=_p95,
    bounds=_p95_bounds,
    answers=[
        answer(1.9, _TWENTY, source="by hand: 1 ms + 1 ms · 9/10"),
        answer(None, hour(decisions=2), source="by hand: nobody said how long it took"),
    ],
)
def latency_p95(hour: Hour) -> Tally:
    """The time within which 95 of 100 decisions and calls were answered, from fixed bins."""
    return _latency(hour)


@metric(
    "latency-p50",
    title="Latency, median",
    unit="ms",
    reads="bins",
    reader=_p50,
    bounds=_p50_bounds,
    answers=[answer(1.0, _TWENTY, source="by hand: the tenth of twenty closes the first bin")],
)
def latency_p50(hour: Hour) -> Tally:
    """The time within which half of the decisions and calls were answered, from fixed bins."""
    return _latency(hour)


@metric(
    "latency-mean",
    title="Latency, mean",
    unit="ms",
    reads="mean",
    answers=[answer(175, hour(latency_count=2, latency_sum=350.0), source="by hand: 350 ms / 2")],
)
def latency_mean(hour: Hour) -> Tally:
    """Mean time to answer of the decisions and calls that said how long they took."""
    return Tally(count=hour.latency_count, total=hour.latency_sum)


@metric(
    "tokens-in",
    title="Tokens read",
    unit="tokens",
    reads="total",
    answers=[answer(1200, hour(calls=1, tokens_in=1200, tokens_out=300), source="by hand: one call")],
)
def tokens_in(hour: Hour) -> Tally:
    """Tokens that went into language models."""
    return Tally(count=hour.decisions + hour.calls if hour.tokens_in else 0, total=hour.tokens_in)


@metric(
    "tokens-out",
    title="Tokens written",
    unit="tokens",
    reads="total",
    answers=[answer(300, hour(calls=1, tokens_in=1200, tokens_out=300), source="by hand: one call")],
)
def tokens_out(hour: Hour) -> Tally:
    """Tokens that came out of language models."""
    return Tally(count=hour.decisions + hour.calls if hour.tokens_out else 0, total=hour.tokens_out)
