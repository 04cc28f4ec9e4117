"""What can be asked of points: a series to draw, the measures of a window, what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
from django.db.models import Max, Min

from plumbline.kernel.problems import Fault, Invalid
from plumbline.metrics import declare, library
from plumbline.metrics.declare import Array, Metric, Tally, summed
from plumbline.metrics.library.performance import labels
from plumbline.metrics.models import Point, Reference, unpack
from plumbline.metrics.source import Source

Step = Literal["hour", "day", "month"]

assert library  # importing it declares the metrics


@dataclass(frozen=True)
class Reading:
    """One value of a metric; ``population`` is how many values it is made of, None is read from nothing."""

    value: float | None
    population: int
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True)
class SeriesPoint:
    """One step of a series: when it starts, and what was read in it."""

    start: datetime
    value: float | None
    population: int
    numerator: float
    denominator: float


def _known(name: str) -> Metric:
    try:
        return declare.get(name)
    except KeyError:
        names = ", ".join(made.name for made in declare.all_metrics())
        raise Invalid(
            "There is no such metric.", [Fault("metric", "is unknown", f"one of: {names}")]
        ) from None


def _floor(hour: datetime, step: Step) -> datetime:
    if step == "hour":
        return hour
    day = hour.replace(hour=0)
    return day if step == "day" else day.replace(day=1)


def _references(system: str) -> dict[str, Reference]:
    return {row.feature: row for row in Reference.objects.filter(system=system)}


def _value(made: Metric, tally: Tally, reference: Reference | None) -> float | None:
    if made.over == "feature":
        return made.value(tally, unpack(reference.bins)) if reference is not None else None
    return made.value(tally)


def series(
    metric: str, system: str, group: str = "", *, start: datetime, end: datetime, step: Step = "day"
) -> list[SeriesPoint]:
    """``metric`` of ``system`` (and feature ``group``) from ``start`` to ``end``, by hour, day or month.

    Steps without points are left out. Raises `Invalid` for an unknown metric or one that has no points.
    """
    made = _known(metric)
    if made.exact:
        raise Invalid(
            "This metric is computed from exact values and has no series.", [Fault("metric", "has no points")]
        )
    points = Point.objects.filter(
        metric=metric, system=system, group=group, hour__gte=start, hour__lt=end
    ).order_by("hour")
    reference = Reference.objects.filter(system=system, feature=group).first() if group else None
    steps: dict[datetime, list[Tally]] = {}
    for point in points:
        steps.setdefault(_floor(point.hour, step), []).append(point.tally)
    found = []
    for begun, tallies in steps.items():
        total = summed(tallies)
        value = _value(made, total, reference)
        found.append(SeriesPoint(begun, value, total.count, total.numerator, total.denominator))
    return found


def groups(metric: str, system: str) -> list[str]:
    """The features of ``system`` that ``metric`` has points for."""
    rows = Point.objects.filter(metric=metric, system=system).exclude(group="")
    return sorted(rows.order_by().values_list("group", flat=True).distinct())


def measures(
    names: Iterable[str], system: str, start: datetime, end: datetime, source: Source
) -> dict[str, dict[str, Reading]]:
    """Each of the metrics ``names`` for ``system`` in the window, by feature (``""`` where it has none).

    Exact metrics ask the ``source`` for their values; a metric without anything in the window is empty.
    """
    wanted = [_known(name) for name in names]
    tallied = {made.name for made in wanted if not made.exact}
    followed = {made.follows for made in wanted if made.exact}
    sums = _sums(tallied | followed, system, start, end)
    references = _references(system) if any(made.over == "feature" for made in wanted) else {}
    found: dict[str, dict[str, Reading]] = {}
    for made in wanted:
        if made.exact:
            found[made.name] = _exact(made, system, start, end, source, references, sums[made.follows])
            continue
        readings = {}
        for group, tally in sums[made.name].items():
            value = _value(made, tally, references.get(group))
            readings[group] = Reading(value, tally.count, tally.numerator, tally.denominator)
        found[made.name] = readings
    return found


def _sums(names: set[str], system: str, start: datetime, end: datetime) -> dict[str, dict[str, Tally]]:
    rows = Point.objects.filter(system=system, metric__in=names, hour__gte=start, hour__lt=end).values_list(
        "metric", "group", "count", "total", "numerator", "denominator", "bins"
    )
    parts: dict[str, dict[str, list[Any]]] = {name: {} for name in names}
    for metric, group, *figures in rows.order_by("hour", "group"):
        parts[metric].setdefault(group, []).append(figures)
    return {
        name: {group: _summed(rows) for group, rows in sorted(by_group.items())}
        for name, by_group in parts.items()
    }


def _summed(rows: list[Any]) -> Tally:
    packed = [bytes(row[4]) for row in rows if row[4]]
    bins: tuple[int, ...] = ()
    if packed:
        table = np.frombuffer(b"".join(packed), dtype="<u4").reshape(len(packed), -1)
        bins = tuple(int(count) for count in table.sum(axis=0))
    return Tally(
        sum(row[0] for row in rows),
        sum(row[1] for row in rows),
        sum(row[2] for row in rows),
        sum(row[3] for row in rows),
        bins,
    )


def _exact(
    made: Metric,
    system: str,
    start: datetime,
    end: datetime,
    source: Source,
    references: Mapping[str, Reference],
    followed: Mapping[str, Tally],
) -> dict[str, Reading]:
    if made.over == "feature":
        found = {}
        for feature in followed:
            row = references[feature]
            sample = source.values(system, feature, start, end)
            value = made.function(sample, source.values(system, feature, row.start, row.end))
            found[feature] = Reading(value, int((~np.isnan(sample)).sum()))
        return found
    if not followed:
        return {}
    pairs = source.truths(system, start, end)
    truth: Array = labels(pairs["truth"])
    score = pairs["score"].astype(float)
    population = int((~np.isnan(truth) & ~np.isnan(score)).sum())
    return {"": Reading(made.function(score, truth), population)} if population else {}


def newest() -> int:
    """Number of the newest point; 0 for none."""
    return Point.objects.aggregate(last=Max("id"))["last"] or 0


def changed(since: int, until: int) -> list[tuple[str, str, datetime]]:
    """Metric, system and hour of the points written after number ``since`` and up to ``until``."""
    rows = Point.objects.filter(id__gt=since, id__lte=until).order_by("system", "metric", "hour")
    return list(rows.values_list("metric", "system", "hour").distinct())


def changed_systems(since: int, until: int) -> list[str]:
    """Systems with points written after number ``since`` and up to ``until``."""
    rows = Point.objects.filter(id__gt=since, id__lte=until).order_by("system")
    return list(rows.values_list("system", flat=True).distinct())


def systems() -> dict[str, tuple[datetime, datetime]]:
    """Every system with points: start of its first and end of its last hour."""
    rows = Point.objects.order_by().values("system").annotate(first=Min("hour"), last=Max("hour"))
    return {row["system"]: (row["first"], row["last"] + timedelta(hours=1)) for row in rows}


def last_hour(system: str, names: Iterable[str], start: datetime, end: datetime) -> datetime | None:
    """End of the last hour in the window that has a point of one of the metrics ``names``."""
    rows = Point.objects.filter(system=system, metric__in=list(names), hour__gte=start, hour__lt=end)
    last = rows.aggregate(last=Max("hour"))["last"]
    return last + timedelta(hours=1) if last is not None else None


def reference_period(system: str) -> tuple[datetime, datetime] | None:
    """The period that the reference in force of ``system`` is taken from."""
    row = Reference.objects.filter(system=system).first()
    return (row.start, row.end) if row is not None else None
