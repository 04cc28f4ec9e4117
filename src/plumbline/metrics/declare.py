"""What a metric is: a pure function from the counts of one hour to a tally, and how a tally is read.

The evidence store counts; a metric says which counts matter. A tally adds up over hours, so a day or a
month is the sum of its hours and no event is read twice. What cannot be added (an exact rank statistic,
a histogram against a reference) is declared to ask the store for the window itself. The first paragraph
of a metric's docstring is what a user is told it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from plumbline.telemetry.store.port import LATENCY_EDGES as LATENCY_EDGES
from plumbline.telemetry.store.port import FeatureRow, HourRow

Array = npt.NDArray[np.float64]
Hour = HourRow
FeatureHour = FeatureRow
Reads = Literal["count", "total", "mean", "ratio", "bins"]
Over = Literal["system", "feature", "log"]
Asks = Literal["", "bins", "categories", "values", "scores", "presence", "reviewers"]


@dataclass(frozen=True)
class Tally:
    """What one metric counts in one hour. Two tallies of the same metric add up field by field."""

    count: int = 0
    total: float = 0.0
    numerator: float = 0.0
    denominator: float = 0.0
    bins: tuple[int, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.count + other.count,
            self.total + other.total,
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            _add_bins(self.bins, other.bins),
        )


def _add_bins(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    if not left or not right:
        return left or right
    if len(left) != len(right):
        raise ValueError("tallies of different bins do not add up")
    return tuple(a + b for a, b in zip(left, right, strict=True))


def summed(tallies: Iterable[Tally]) -> Tally:
    """The sum of ``tallies``; an empty tally for none."""
    total = Tally()
    for tally in tallies:
        total = total + tally
    return total


@dataclass(frozen=True)
class Answer:
    """An outside answer: the value that a metric must give for something ``given``, and where it comes from.

    ``source`` is a hand calculation that is shown, a published table, or another library. ``within`` is how
    far the value may lie off; a number worked out by hand is met exactly, but for the last bits.
    """

    value: float | None
    given: tuple[Any, ...]
    source: str
    within: float = 1e-9


def answer(value: float | None, *given: Any, source: str, within: float = 1e-9) -> Answer:
    """Declare an `Answer`. Raises ``ValueError`` without a source: it would be the metric's own number."""
    if not source.strip():
        raise ValueError("an answer says where its number comes from")
    return Answer(value, given, source, within)


def hour(**counts: Any) -> Hour:
    """The counts of one hour, for an answer; those not named are zero."""
    return Hour("claims", datetime(2026, 1, 1, tzinfo=UTC), **counts)


@dataclass(frozen=True)
class Metric:
    """A declared metric.

    A metric over hours has tallies; ``reads`` says which part of one is its value: the ``count``, the
    ``total``, the ``mean`` (total by count), the ``ratio`` (numerator by denominator) or something made
    of the ``bins`` by ``reader``, which is an approximation and has ``bounds``. A metric that ``asks`` the
    store has no tallies: its function, and its ``bounds`` where it is an approximation, take the
    period and the reference (histograms for ``bins``; those of features whose values are text for
    ``categories``; numbers for ``values``; for ``presence`` how often the feature came, and in how many
    decisions), scores and truths (``scores``) or the reviews and interventions of each reviewer
    (``reviewers``) and gives the value; it
    changes when the points of one of the metrics it ``follows`` do.
    """

    name: str
    title: str
    unit: str
    over: Over
    reads: Reads
    asks: Asks
    follows: tuple[str, ...]
    function: Callable[..., Any]
    reader: Callable[[tuple[int, ...]], float] | None
    text: str
    answers: tuple[Answer, ...]
    bounds: Callable[..., tuple[float, float]] | None = None

    @property
    def compares(self) -> bool:
        """Whether it compares a window with the reference of the system."""
        return self.asks in {"bins", "categories", "values", "presence"}

    @property
    def has_points(self) -> bool:
        """Whether it is kept by the hour."""
        return not self.asks

    def tally(self, row: Hour | FeatureHour) -> Tally:
        """What this metric counts in one hour."""
        result: Tally = self.function(row)
        return result

    def computed(self, given: tuple[Any, ...]) -> float | None:
        """The value for what an `Answer` gives: counts of an hour, or what the metric asks the store for."""
        if self.has_points:
            return self.value(self.function(*given))
        if self.asks in {"values", "scores"}:
            given = tuple(np.asarray(numbers, dtype=np.float64) for numbers in given)
        result: float | None = self.function(*given)
        return result

    def value(self, tally: Tally) -> float | None:
        """The value that ``tally`` reads, in `unit`; None where there is nothing to read it from."""
        if self.reads == "count":
            return float(tally.count)
        if self.reads == "total":
            return tally.total
        if self.reads == "mean":
            return tally.total / tally.count if tally.count else None
        if self.reads == "ratio":
            return tally.numerator / tally.denominator if tally.denominator else None
        return self.reader(tally.bins) if self.reader and sum(tally.bins) else None

    def between(self, tally: Tally) -> tuple[float, float] | None:
        """Between what the true value lies where `value` is an approximation; None where it is not."""
        return self.bounds(tally.bins) if self.bounds and sum(tally.bins) else None


REGISTERED: dict[str, Metric] = {}
"""Every metric declared so far, by name. Ask `plumbline.metrics.registry`, which has loaded them all."""


def metric(
    name: str,
    *,
    title: str,
    unit: str,
    answers: Iterable[Answer],
    over: Over = "system",
    reads: Reads = "ratio",
    asks: Asks = "",
    follows: tuple[str, ...] = (),
    reader: Callable[[tuple[int, ...]], float] | None = None,
    bounds: Callable[..., tuple[float, float]] | None = None,
) -> Callable[[Callable[..., Any]], Metric]:
    """Declare a pure function a metric.

    Raises ``ValueError`` for a taken name, a missing text, or when no outside answer comes with it: a number
    that nobody has worked out another way does not register.
    """
    known = tuple(answers)

    def register(function: Callable[..., Any]) -> Metric:
        text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        if not text:
            raise ValueError(f"metric {name} needs a docstring: it is the user's text")
        if name in REGISTERED:
            raise ValueError(f"there is already a metric called {name}")
        if bool(asks) != bool(follows):
            raise ValueError(f"metric {name}: one that asks the store follows one that has points")
        if not any(answer.value is not None for answer in known):
            raise ValueError(f"metric {name} needs an answer from outside: data, value and source")
        declared = Metric(
            name, title, unit, over, reads, asks, follows, function, reader, text, known, bounds
        )
        REGISTERED[name] = declared
        return declared

    return register
