"""What can be asked of points: a series to draw, the measures of a window, what has changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
from django.db.models import Max, Min, Sum

from plumbline.kernel import clock
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.metrics import registry
from plumbline.metrics.declare import Metric, Tally, summed
from plumbline.metrics.library.oversight import least_intervening
from plumbline.metrics.models import SUMS, Cursor, Point, Reference
from plumbline.telemetry.store.port import Reader

Step = Literal["hour", "day", "month"]


@dataclass(frozen=True)
class Reading:
    """One value of a metric; ``population`` is how many values it is made of, None is read from nothing.

    A value that is compared with a reference has the number of values in that reference as its ``base``,
    and the number of ``bins`` that both are parted into, where they are. An approximation says ``between``
    what the true value lies.
    """

    value: float | None
    population: int
    numerator: float | None = None
    denominator: float | None = None
    base: int | None = None
    bins: int | None = None
    between: tuple[float, float] | None = None


@dataclass(frozen=True)
class SeriesPoint:
    """One step of a series: when it starts, and what was read in it."""

    start: datetime
    value: float | None
    population: int
    numerator: float
    denominator: float


def _known(name: str) -> Metric:
    metric = registry.get(name)
    if metric is None:
        names = [metric.name for metric in registry.all_metrics()]
        remedy = say("fault.one-of", "one of: {names}", names=listing(names, shown=len(names)))
        raise Invalid("There is no such metric.", [Fault("metric", "is unknown", remedy)])
    return metric


def _floor(hour: datetime, step: Step) -> datetime:
    if step == "hour":
        return hour
    day = clock.day_of(hour)
    return clock.day_start(day if step == "day" else day.replace(day=1))


def series(
    metric: str, system: str, group: str = "", *, start: datetime, end: datetime, step: Step = "day"
) -> list[SeriesPoint]:
    """``metric`` of ``system`` (and feature ``group``) from ``start`` to ``end``, by hour, day or month.

    Steps without points are left out. Raises `Invalid` for an unknown metric or one that has no points.
    """
    declared = _known(metric)
    if not declared.has_points:
        fault = Fault("metric", "has no points", "take the results of the check that reads it")
        raise Invalid("This metric is computed from exact values and has no series.", [fault])
    points = Point.objects.filter(
        metric=metric, system=system, group=group, hour__gte=start, hour__lt=end
    ).order_by("hour")
    steps: dict[datetime, list[Tally]] = {}
    for point in points:
        steps.setdefault(_floor(point.hour, step), []).append(point.tally)
    series = []
    for start_of_step, tallies in steps.items():
        total = summed(tallies)
        value = declared.value(total)
        series.append(SeriesPoint(start_of_step, value, total.count, total.numerator, total.denominator))
    return series


def groups(metric: str, system: str) -> list[str]:
    """The features of ``system`` that ``metric`` has points for."""
    rows = Point.objects.filter(metric=metric, system=system).exclude(group="")
    return sorted(rows.order_by().values_list("group", flat=True).distinct())


def measures(
    names: Iterable[str],
    system: str,
    start: datetime,
    end: datetime,
    store: Reader,
    references: Sequence[Reference] | None = None,
) -> dict[str, dict[str, Reading]]:
    """Each of the metrics ``names`` for ``system`` in the window, by feature (``""`` where it has none).

    Compared with ``references``, or those by which a window is judged that begins at ``start``.
    Metrics without points ask the ``store``; one without anything in the window is empty. A feature of the
    reference that does not come in the window, while others do, is there without a value.
    """
    wanted = [_known(name) for name in names]
    sums = _sums({name for metric in wanted for name in metric.follows or (metric.name,)}, system, start, end)
    if references is None:
        references = references_at(system, start)
    readings: dict[str, dict[str, Reading]] = {}
    for metric in wanted:
        if metric.has_points:
            readings[metric.name] = {
                group: Reading(
                    metric.value(tally),
                    tally.count,
                    tally.numerator,
                    tally.denominator,
                    between=metric.between(tally),
                )
                for group, tally in sums[metric.name].items()
            }
        elif metric.asks == "reviewers":
            readings[metric.name] = _by_reviewer(metric, system, start, end, store, sums[metric.follows[0]])
        elif metric.asks == "presence":
            readings[metric.name] = _present(metric, system, sums, references)
        elif metric.asks == "scores":
            readings[metric.name] = _scored(metric, system, start, end, store, sums[metric.follows[0]])
        else:
            # Without any point there was no event, so no feature is missing from them.
            seen = {feature for name in metric.follows for feature in sums[name]}
            readings[metric.name] = {
                row.feature: _drifted(metric, system, start, end, store, row)
                if row.feature in seen
                else Reading(None, 0, base=row.size)
                for row in references
                if seen and _compares(metric, row)
            }
    return readings


def _present(
    metric: Metric, system: str, sums: Mapping[str, Mapping[str, Tally]], references: Sequence[Reference]
) -> dict[str, Reading]:
    """How far each feature of the reference is missing from the decisions of the window."""
    counted, *kinds_of_value = metric.follows
    decisions = sums[counted].get("", Tally()).count
    readings: dict[str, Reading] = {}
    if not (decisions and references):
        return readings
    # The features of a reference are all taken from one period.
    period = references[0].start, references[0].end
    then = _sums({counted}, system, *period)[counted].get("", Tally()).count
    for row in references:
        seen = sum(sums[name].get(row.feature, Tally()).count for name in kinds_of_value)
        readings[row.feature] = Reading(
            metric.function(seen, decisions, row.size, then), decisions, base=row.size
        )
    return readings


def _compares(metric: Metric, reference: Reference) -> bool:
    """Whether a metric compares features of this sort: both, texts, or numbers."""
    return metric.asks == "bins" or (metric.asks == "categories") == bool(reference.categories)


def _sums(names: set[str], system: str, start: datetime, end: datetime) -> dict[str, dict[str, Tally]]:
    rows = Point.objects.filter(system=system, metric__in=names, hour__gte=start, hour__lt=end)
    figures = rows.order_by("hour", "group").values_list("metric", "group", *SUMS, "bins")
    parts: dict[str, dict[str, list[Any]]] = {name: {} for name in names}
    for metric, group, *row in figures:
        parts[metric].setdefault(group, []).append(row)
    return {
        name: {group: _summed(rows) for group, rows in sorted(by_group.items())}
        for name, by_group in parts.items()
    }


def _summed(rows: list[Any]) -> Tally:
    *sums, all_bins = zip(*rows, strict=True)
    packed = [bytes(bins) for bins in all_bins if bins]
    bins: tuple[int, ...] = ()
    if packed:
        table = np.frombuffer(b"".join(packed), dtype="<u4").reshape(len(packed), -1)
        bins = tuple(int(count) for count in table.sum(axis=0))
    figures: dict[str, Any] = {name: math.fsum(values) for name, values in zip(SUMS, sums, strict=True)}
    return replace(Tally(bins=bins), **{**figures, "count": int(figures["count"])})


def _drifted(
    metric: Metric, system: str, start: datetime, end: datetime, store: Reader, reference: Reference
) -> Reading:
    feature, size = reference.feature, reference.size
    if metric.asks == "values":
        sample = store.values(system, feature, start, end)
        usual = store.values(system, feature, reference.start, reference.end)
        return Reading(metric.function(sample, usual), int(sample.size), base=size)
    if reference.categories:
        counts = store.category_bins(system, feature, reference.category_names, start, end)
    else:
        if not reference.inner_edges:
            return Reading(None, 0, base=size)
        counts = store.feature_bins(system, feature, reference.inner_edges, start, end)
    bins = tuple(counts)
    value = metric.function(bins, reference.counts)
    between = metric.bounds(bins, reference.counts) if metric.bounds and value is not None else None
    if between and between[0] == between[1]:
        between = None  # nothing was taken together, so the value is exact
    return Reading(value, sum(bins), base=size, bins=len(bins), between=between)


def _scored(
    metric: Metric, system: str, start: datetime, end: datetime, store: Reader, followed: Mapping[str, Tally]
) -> dict[str, Reading]:
    if not any(tally.numerator for tally in followed.values()):
        return {}
    score, truth = store.scores_truth(system, start, end)
    return {"": Reading(metric.function(score, truth), int(score.size))} if score.size else {}


def _by_reviewer(
    metric: Metric, system: str, start: datetime, end: datetime, store: Reader, followed: Mapping[str, Tally]
) -> dict[str, Reading]:
    """The reading of one reviewer, made of that one's reviews."""
    if not followed:
        return {}
    reviewers = store.reviewers(system, start, end)
    least = least_intervening(reviewers)
    return {"": Reading(metric.function(*reviewers), least[0], least[1], least[0])} if least else {}


@dataclass(frozen=True)
class Total:
    """The sums of one metric of a system over a period, and the end of the last hour that has any of it."""

    count: int
    numerator: float
    denominator: float
    until: datetime


def totals(names: Iterable[str], system: str, start: datetime, end: datetime) -> dict[str, Total]:
    """The sums of each of the metrics ``names`` in the period, by name, added up by the database; a metric
    without a point there is left out."""
    rows = Point.objects.filter(
        system=system, metric__in=list(names), group="", hour__gte=start, hour__lt=end
    ).order_by()
    found = rows.values_list("metric").annotate(
        Sum("count"), Sum("numerator"), Sum("denominator"), Max("hour")
    )
    return {
        metric: Total(count, numerator, denominator, last + timedelta(hours=1))
        for metric, count, numerator, denominator, last in found
    }


def hourly_names(names: Iterable[str]) -> set[str]:
    """The metrics kept by the hour that the metrics ``names`` are, or follow."""
    return {name for metric in map(_known, names) for name in metric.follows or (metric.name,)}


def is_behind(store: Reader) -> bool:
    """Whether the store has events that are in no point yet."""
    cursor = Cursor.objects.filter(name="rollup").values_list("leaf", flat=True).first()
    return store.watermark() > (-1 if cursor is None else cursor)


def newest() -> int:
    """Number of the newest point; 0 for none."""
    return Point.objects.aggregate(last=Max("id"))["last"] or 0


def changed(since: int, until: int) -> list[tuple[str, str, datetime]]:
    """Metric, system and hour of the points written after number ``since`` and up to ``until``."""
    rows = Point.objects.filter(id__gt=since, id__lte=until).order_by("system", "metric", "hour")
    return list(rows.values_list("metric", "system", "hour").distinct())


def systems() -> dict[str, tuple[datetime, datetime]]:
    """Every system with points: start of its first and end of its last hour."""
    rows = Point.objects.order_by().values("system").annotate(first=Min("hour"), last=Max("hour"))
    return {row["system"]: (row["first"], row["last"] + timedelta(hours=1)) for row in rows}


def last_hours(system: str, start: datetime, end: datetime) -> dict[str, datetime]:
    """End of the last hour in the window that has a point, by metric."""
    rows = Point.objects.filter(system=system, hour__gte=start, hour__lt=end).order_by()
    last = rows.values_list("metric").annotate(last=Max("hour"))
    return {metric: hour + timedelta(hours=1) for metric, hour in last}


def last_measured(metric: str, system: str) -> datetime | None:
    """End of the last hour with a count of ``metric`` for ``system``; None for never, or no such metric."""
    declared = registry.get(metric)
    names = (declared.follows or (declared.name,)) if declared is not None else ()
    rows = Point.objects.filter(system=system, metric__in=names)
    last = rows.aggregate(last=Max("hour"))["last"]
    return last + timedelta(hours=1) if last is not None else None


def newest_reference() -> int:
    """Number of the newest reference; 0 for none."""
    return Reference.objects.aggregate(last=Max("id"))["last"] or 0


def referenced_since(since: int) -> list[str]:
    """Systems whose reference was taken after number ``since``."""
    rows = Reference.objects.filter(id__gt=since).order_by("system")
    return list(rows.values_list("system", flat=True).distinct())


def compared_hours(system: str) -> list[tuple[str, str, datetime]]:
    """Metric, system and hour of everything counted for ``system`` that is compared with its reference."""
    # Decisions are among it: of an input that has vanished nothing else is left.
    names = hourly_names(metric.name for metric in registry.all_metrics() if metric.compares)
    rows = Point.objects.filter(system=system, metric__in=names).order_by()
    return list(rows.values_list("metric", "system", "hour").distinct())


def compare_with_reference(names: Iterable[str]) -> bool:
    """Whether any of the metrics ``names`` compares a window with the reference."""
    return any(metric.compares for metric in map(_known, names))


def period_of(references: Sequence[Reference]) -> tuple[datetime, datetime] | None:
    """The period from which references are taken; None without any."""
    return (references[0].start, references[0].end) if references else None


def references_at(system: str, start: datetime) -> list[Reference]:
    """The references by which a window that begins at ``start`` is judged, by feature.

    They are those in force when it began. Before there was any it is the first: there was none to move. A
    reference that had lapsed by then judges nothing.
    """
    rows = list(Reference.objects.filter(system=system).order_by("since", "feature"))
    since = max((row.since for row in rows if row.since <= start), default=rows[0].since if rows else None)
    return [row for row in rows if row.since == since and (row.until is None or start <= row.until)]
