"""From columns of events to tallies by hour: pure, so that replay gives the same points."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import numpy as np

from plumbline.metrics.declare import Array, Metric, Rows, Tally, all_metrics

Entry = tuple[str, str, datetime, Tally]
"""Metric, group, hour, tally."""


def moment(instant: datetime) -> np.datetime64:
    """``instant`` as numpy keeps it: UTC without a zone, microseconds."""
    return np.datetime64(instant.astimezone(UTC).replace(tzinfo=None), "us")


def hours_of(times: Array) -> Iterator[tuple[datetime, slice]]:
    """The hours in ``times`` (which are in order), each with the slice of its rows."""
    if not times.size:
        return
    hours, first = np.unique(times.astype("datetime64[h]"), return_index=True)
    bounds = [*first.tolist(), times.size]
    for place, hour in enumerate(hours):
        moment_of = cast(datetime, hour.astype("datetime64[us]").item())
        yield moment_of.replace(tzinfo=UTC), slice(bounds[place], bounds[place + 1])


def _cut(columns: Mapping[str, Array], part: slice, edges: Array | None = None) -> Rows:
    cut = {name: values[part] for name, values in columns.items()}
    return Rows(cut) if edges is None else Rows(cut, edges)


def _tallies(metrics: Collection[Metric], rows: Rows, group: str, hour: datetime) -> Iterator[Entry]:
    for made in metrics:
        tally = made.tally(rows)
        if tally != Tally() and (tally.count or tally.denominator or sum(tally.bins)):
            yield made.name, group, hour, tally


def of_system(
    columns: Mapping[str, Array], truths: Mapping[str, Array], hours: Collection[datetime]
) -> list[Entry]:
    """Tallies of every metric over systems for those ``hours`` that have rows."""
    metrics = [made for made in all_metrics() if made.over == "system" and not made.exact]
    found: list[Entry] = []
    for source, wanted in (
        (columns, [made for made in metrics if not made.truths]),
        (truths, [made for made in metrics if made.truths]),
    ):
        for hour, part in hours_of(source["time"]):
            if hour in hours:
                found += _tallies(wanted, _cut(source, part), "", hour)
    return found


def of_features(
    features: Mapping[str, Array], edges: Mapping[str, Array], hours: Collection[datetime]
) -> list[Entry]:
    """Tallies of every metric over features for those ``hours``, for the features that have ``edges``."""
    metrics = [made for made in all_metrics() if made.over == "feature" and not made.exact]
    found: list[Entry] = []
    names: Array = features["name"]
    for name, inner in edges.items():
        mine: Any = names == name
        one = {"time": features["time"][mine], "number": features["number"][mine]}
        for hour, part in hours_of(one["time"]):
            if hour in hours:
                found += _tallies(metrics, _cut(one, part, inner), name, hour)
    return found
