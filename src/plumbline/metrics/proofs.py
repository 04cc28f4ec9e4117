"""What points, references and arrivals follow from: events, and the counters in the entries of segments."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db import transaction

from plumbline.metrics import references, stage
from plumbline.metrics.library.completeness import log_coverage
from plumbline.metrics.models import SUMS, Counted, Cursor, Point, Reference
from plumbline.telemetry.store.port import FeatureRow, HourRow, Reader
from plumbline.telemetry.store.remote import walked_reader
from plumbline.trail.commitments import queries as committed
from plumbline.trail.entry_rows import span_of
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

POINT, REFERENCE, COUNTED = "metrics.Point", "metrics.Reference", "metrics.Counted"
Hour = tuple[str, datetime]


def _opened() -> AbstractContextManager[Reader]:
    """The evidence store, opened once for a whole walk."""
    return walked_reader(settings.PLUMBLINE.data)


def _rolled_up() -> int:
    """Up to which entry the points have been counted."""
    return Cursor.objects.filter(name=stage.Rollup.name).values_list("leaf", flat=True).first() or -1


def _check_touched(start: int, stop: int) -> Iterator[Difference]:
    """The hours that the segments of a range have events of."""
    until = _rolled_up()
    if start > until:
        return
    with _opened() as store:
        yield from _hours_differ(store, store.touched(start - 1, min(stop - 1, until)), until)


def _check_points(start: int, stop: int) -> Iterator[Difference]:
    """The hours that a range of points is about."""
    rows = list(Point.objects.filter(pk__gte=start, pk__lt=stop).exclude(metric=log_coverage.name))
    with _opened() as store:
        expected = _recounted(store, {(row.system, row.hour) for row in rows}, _rolled_up())
    for row in rows:
        key = (row.system, row.metric, row.hour, row.group)
        yield from _point_differs(key, expected.get(key), _figures(row))


PointKey = tuple[str, str, datetime, str]


def _recounted(store: Reader, hours: Collection[Hour], until: int) -> dict[PointKey, dict[str, object]]:
    """The points of some hours of systems, counted anew."""
    counted: list[HourRow | FeatureRow] = [*store.events_in_hours(sorted(hours), until)]
    counted += store.features_in_hours(sorted(hours), until)
    return {
        (point.system, point.metric, point.hour, point.group): _figures(point)
        for row in counted
        for point in stage.points_of(row)
    }


def _hours_differ(store: Reader, hours: Sequence[Hour], until: int) -> Iterator[Difference]:
    """Points that should be there for some hours, against those that are."""
    wanted = set(hours)
    rows = Point.objects.filter(
        system__in={system for system, _ in wanted}, hour__in={hour for _, hour in wanted}
    )
    found = {(row.system, row.metric, row.hour, row.group): _figures(row) for row in rows}
    for key, figures in _recounted(store, wanted, until).items():
        yield from _point_differs(key, figures, found.get(key, {}))


def _point_differs(
    key: PointKey, expected: Mapping[str, object] | None, found: Mapping[str, object]
) -> Iterator[Difference]:
    name = " ".join(str(part) for part in key if part)
    if expected is None:
        yield without_entry(POINT, name)
    elif not found or not _alike(expected, found):
        yield from compare(POINT, name, None, expected, found)


def _alike(expected: Mapping[str, object], found: Mapping[str, object]) -> bool:
    """Whether two sums are equal but for the order in which the store has added them up."""
    return all(
        math.isclose(value, other, rel_tol=1e-9) if isinstance(value, float) else value == other
        for value, other in ((value, cast(Any, found[name])) for name, value in expected.items())
    )


def _figures(point: Point) -> dict[str, object]:
    return {name: getattr(point, name) for name in SUMS} | {"bins": bytes(point.bins)}


def _rebuild_points() -> int:
    """Forget all points but those of coverage and count them anew; how many points there are."""
    with transaction.atomic():
        Point.objects.exclude(metric=log_coverage.name).delete()
        Cursor.objects.filter(name=stage.Rollup.name).delete()
    with _opened() as store:
        rollup = stage.Rollup(store)
        while rollup.advance():
            pass
    return Point.objects.count()


# References: as they were taken, from the values of their period


def _check_references(start: int, stop: int) -> Iterator[Difference]:
    declared = stage.declared_periods()
    newest = {row.system: row.since for row in Reference.objects.order_by("since")}
    with _opened() as store:
        for row in Reference.objects.order_by("pk"):
            name = f"{row.feature} of {row.system} since {row.since.isoformat()}"
            # Data that came after it was taken belongs to the next one, which the rollup will take.
            if stage.is_newer(row.system, (row.start, row.end), row.point):
                continue
            expected = references.binning_of(store, row.system, row.feature, (row.start, row.end))
            if expected is None:
                yield without_entry(REFERENCE, name)
                continue
            found = {field: getattr(row, field) for field in expected}
            for field, value in found.items():
                found[field] = bytes(value) if isinstance(value, memoryview) else value
            yield from compare(REFERENCE, name, None, expected, found)
            period, until = declared.get(row.system, (None, None))
            if period == (row.start, row.end) and row.since == newest[row.system]:
                said, kept = ({"until": str(instant or "")} for instant in (until, row.until))
                yield from compare(REFERENCE, name, None, said, kept)


def _rebuild_references() -> int:
    """Bin every reference again from the values of its period; how many there are."""
    with _opened() as store:
        for row in Reference.objects.order_by("pk"):
            expected = references.binning_of(store, row.system, row.feature, (row.start, row.end))
            if expected is None:
                row.delete()
            else:
                Reference.objects.filter(pk=row.pk).update(**expected)
    return Reference.objects.count()


# Arrivals: the numbered runs in the entries of segments


def _arrived() -> dict[tuple[str, int], dict[str, Any]]:
    """What the entries that were counted say came of each source, by its first number."""
    reached = Cursor.objects.filter(name="arrivals").values_list("leaf", flat=True).first()
    runs: dict[tuple[str, int], dict[str, Any]] = {}
    last = -1 if reached is None else reached
    for start in range(0, last + 1, 5_000):
        for view in committed.between(start, min(last + 1, start + 5_000), {"telemetry.segment"}):
            span = view.facts.get("counters") if committed.is_readable(view) else None
            if span and view.facts.get("systems"):
                runs.setdefault((str(view.facts["source"]), span[0]), {"last": span[1], "_entry": view.index})
    return runs


def _check_counted(start: int, stop: int) -> Iterator[Difference]:
    expected = _arrived()
    found = {(row.source, row.first): {"last": row.last} for row in Counted.objects.all()}
    for key, fields in expected.items():
        index = fields.pop("_entry")
        if key not in found:
            yield without_row(COUNTED, f"{key[0]} from {key[1]}", index)
        else:
            yield from compare(COUNTED, f"{key[0]} from {key[1]}", index, fields, found[key])
    for source, first in found.keys() - expected.keys():
        yield without_entry(COUNTED, f"{source} from {first}")
    yield from _runs_differ()


def _runs_differ() -> Iterator[Difference]:
    """What is missing before each run, from the one before it; and the points of coverage, from the runs."""
    sums: dict[Hour, list[int]] = {}
    before: Counted | None = None
    for row in Counted.objects.order_by("source", "first"):
        seen = before.last if before and before.source == row.source else min(row.first, 1) - 1
        name = f"{row.source} from {row.first}"
        missing = max(0, row.first - 1 - seen)
        yield from compare(COUNTED, name, None, {"missing": missing}, {"missing": row.missing})
        received = max(0, row.last - max(row.first - 1, seen))
        yield from compare(COUNTED, name, None, {"received": received}, {"received": row.received})
        counted = sums.setdefault((row.system, row.hour), [0, 0])
        counted[0] += row.received
        counted[1] += row.missing
        before = row
    points = {(row.system, row.hour): row for row in Point.objects.filter(metric=log_coverage.name)}
    for key, (came, gap) in sums.items():
        tally, point = log_coverage.function(came, gap), points.get(key)
        expected = {"numerator": tally.numerator, "denominator": tally.denominator, "count": tally.count}
        found = {} if point is None else {name: getattr(point, name) for name in expected}
        yield from compare(POINT, f"{key[0]} {log_coverage.name} {key[1]}", None, expected, found)
    for system, hour in points.keys() - sums.keys():
        yield without_entry(POINT, f"{system} {log_coverage.name} {hour}")


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        POINT,
        "Counted from the events of the hour up to the entry that was rolled up last; coverage from the "
        "counters of arrivals.",
        (
            Pass("hours", lambda: (0, _rolled_up() + 1), _check_touched, 256, _opened),
            Pass("points", lambda: span_of(Point.objects.all()), _check_points, 2_000, _opened),
        ),
        rebuild=_rebuild_points,
    ),
    Proof(
        REFERENCE,
        "Bins of the values of the feature in the reference period.",
        (Pass("references", whole, _check_references, 1, _opened),),
        rebuild=_rebuild_references,
    ),
    Proof(
        COUNTED,
        "The counters in the entries of segments; what is missing follows from the runs before.",
        (Pass("arrivals", whole, _check_counted),),
    ),
    NoProof("metrics.Cursor", "How far the rollup has read; what it has counted is compared up to there."),
)
