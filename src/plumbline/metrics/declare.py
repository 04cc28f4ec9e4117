"""What a metric is: a pure function from the rows of one hour to a tally, and how a tally is read.

A tally adds up over hours, so a day or a month is the sum of its hours and no event is read twice. What
cannot be added (an exact rank statistic) is declared ``exact`` and computed from the values themselves.
The first paragraph of a metric's docstring is what a user is told it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Reads = Literal["count", "total", "mean", "ratio", "bins"]
Over = Literal["system", "feature"]


@dataclass(frozen=True)
class Rows:
    """The events of one system in one hour as columns of equal length, and the declared bins of a feature.

    Text columns hold ``None`` and number columns NaN where an event says nothing. ``edges`` are the
    inner bin edges of the feature that a metric over features is asked about.
    """

    columns: Mapping[str, Array]
    edges: Array = field(default_factory=lambda: np.empty(0))

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]


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
class Metric:
    """A declared metric.

    ``reads`` says which part of a tally is its value: the ``count``, the ``total``, the ``mean``
    (total by count), the ``ratio`` (numerator by denominator) or something made of the ``bins`` by
    ``reader``. ``needs`` names the columns it looks at; ``truths`` says that they are those of decisions
    whose truth has become known. An ``exact`` metric has no tallies: its function takes the arrays
    themselves and gives the value; it changes when the points of the metric it ``follows`` do.
    """

    name: str
    title: str
    unit: str
    needs: tuple[str, ...]
    over: Over
    reads: Reads
    exact: bool
    function: Callable[..., Any]
    reader: Callable[..., float] | None
    truths: bool
    follows: str
    text: str

    def tally(self, rows: Rows) -> Tally:
        """What this metric counts in ``rows``."""
        result: Tally = self.function(rows)
        return result

    def value(self, tally: Tally, *reference: Any) -> float | None:
        """The value that ``tally`` reads, in `unit`; None where there is nothing to read it from."""
        if self.reads == "count":
            return float(tally.count)
        if self.reads == "total":
            return tally.total
        if self.reads == "mean":
            return tally.total / tally.count if tally.count else None
        if self.reads == "ratio":
            return tally.numerator / tally.denominator if tally.denominator else None
        return self.reader(tally.bins, *reference) if self.reader and sum(tally.bins) else None


_metrics: dict[str, Metric] = {}


def metric(
    name: str,
    *,
    title: str,
    unit: str,
    needs: Iterable[str] = (),
    over: Over = "system",
    reads: Reads = "ratio",
    exact: bool = False,
    reader: Callable[..., float] | None = None,
    truths: bool = False,
    follows: str = "",
) -> Callable[[Callable[..., Any]], Metric]:
    """Declare a pure function a metric. Raises ``ValueError`` for a taken name or a missing text."""

    def declared(function: Callable[..., Any]) -> Metric:
        text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        if not text:
            raise ValueError(f"metric {name} needs a docstring: it is the user's text")
        if name in _metrics:
            raise ValueError(f"there is already a metric called {name}")
        made = Metric(
            name, title, unit, tuple(needs), over, reads, exact, function, reader, truths, follows, text
        )
        _metrics[name] = made
        return made

    return declared


def all_metrics() -> tuple[Metric, ...]:
    """Every declared metric, by name."""
    return tuple(_metrics[name] for name in sorted(_metrics))


def get(name: str) -> Metric:
    """The metric called ``name``. Raises ``KeyError``."""
    return _metrics[name]
