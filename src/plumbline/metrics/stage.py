"""The rollup: pulls what the store has gained after its own cursor and writes the touched hours anew.

The store counts a touched hour from all its events, so doing it twice, or all over from nothing, gives
the same points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from plumbline.kernel import clock
from plumbline.metrics import commands, references, registry
from plumbline.metrics.declare import Tally
from plumbline.metrics.library.completeness import log_coverage
from plumbline.metrics.models import SUMS, Cursor, Point, Reference, pack
from plumbline.metrics.references import Period
from plumbline.records import bulk_insert, kinds
from plumbline.records import queries as records
from plumbline.records.models import Revision
from plumbline.telemetry.store.port import FeatureRow, HourRow, Reader

STEP = 16
"""Trail entries read at a time (each is at most one sealed batch of events)."""
CHUNK = 100
"""Hours written in one transaction, so that nobody waits long for the database."""


_COLUMNS = ("metric", "group", "hour", *SUMS, "bins")


class Rollup:
    """The stage ``rollup``: evidence store → points."""

    name = "rollup"

    def __init__(
        self,
        store: Reader,
        declared: Callable[[], Mapping[str, Period]] | None = None,
        lapses: Callable[[], Mapping[str, datetime]] | None = None,
    ) -> None:
        self.store = store
        records_say = DeclaredPeriods()
        self.declared = declared or records_say
        self.lapses = lapses or (records_say.lapses if declared is None else dict)
        self._looked: tuple[Mapping[str, Period], Mapping[str, datetime], int] | None = None

    def advance(self) -> bool:
        """Roll up the next few segments; take declared references. False when there is nothing new."""
        cursor, _ = Cursor.objects.get_or_create(name=self.name)
        mark = self.store.watermark()
        if cursor.leaf >= mark:
            return commands.count_arrivals("arrivals") or self._take_references()
        until = min(mark, cursor.leaf + STEP)
        touched = self.store.touched(cursor.leaf, until)
        if touched:
            self._write(touched, cursor.leaf, until)
        Cursor.objects.filter(name=self.name).update(leaf=until)
        return True

    def _take_references(self) -> bool:
        """Take the declared references that are complete and have changed; whether there was one."""
        declared, newest = self.declared(), Point.objects.aggregate(last=Max("id"))["last"] or 0
        lapses = self.lapses()
        if self._looked == (declared, lapses, newest):
            return False
        self._looked = (dict(declared), dict(lapses), newest)
        rows = Reference.objects.order_by("since").values_list("system", "start", "end", "point", "since")
        taken = {system: ((start, end), point, since) for system, start, end, point, since in rows.distinct()}
        changed = False
        for system, period in sorted(declared.items()):
            known, point, since = taken.get(system, (None, 0, None))
            if known != period:
                changed = self._take(system, period, clock.now()) or changed
            elif since is not None and is_newer(system, period, point):
                changed = self._take(system, period, since) or changed
            elif since is not None:
                # Reviewed anew: the same reference goes on, without another number that has all judged again.
                kept = Reference.objects.filter(system=system, since=since)
                kept.exclude(until=lapses.get(system)).update(until=lapses.get(system))
        return changed

    def _take(self, system: str, period: Period, since: datetime) -> bool:
        """Bin the reference of each feature. Waits until events from after the period are there.

        Only then is the period known to be complete; a reference of half a period would drift by itself. A
        reference of another period stays: the windows that ran under it go on being judged by it.
        """
        span = self.store.span(system)
        if span is None or span[1] < period[1]:
            return False
        newest = Point.objects.aggregate(last=Max("id"))["last"] or 0
        rows = references.take(system, period, self.store, point=newest, since=since)
        for row in rows:
            row.until = self.lapses().get(system)
        with transaction.atomic():
            Reference.objects.filter(system=system, since=since).delete()
            Reference.objects.bulk_create(rows)
        return bool(rows)

    def _write(self, touched: list[tuple[str, datetime]], since: int, until: int) -> None:
        fresh: dict[tuple[str, datetime], list[Point]] = {}
        rows: list[HourRow | FeatureRow] = [*self.store.hourly_events(since, until)]
        rows += self.store.hourly_features(since, until)
        for row in rows:
            fresh.setdefault((row.system, row.hour), []).extend(points_of(row))
        by_system: dict[str, list[datetime]] = {}
        for system, hour in touched:
            by_system.setdefault(system, []).append(hour)
        for system, hours in sorted(by_system.items()):
            for part in _chunks(sorted(hours)):
                _replace(system, part, [point for hour in part for point in fresh.get((system, hour), ())])


def _hourly() -> list[str]:
    """The metrics whose points the rollup writes; those of the log come from what arrived."""
    return [metric.name for metric in registry.all_metrics() if metric.has_points and metric.over != "log"]


def _replace(system: str, hours: list[datetime], points: list[Point]) -> None:
    """Make ``points`` the points of ``hours``; those that say the same already stay as they are."""
    current = Point.objects.filter(system=system, hour__in=hours, metric__in=_hourly())
    old: dict[tuple[object, ...], int] = {
        (*row[1:-1], bytes(row[-1])): row[0] for row in current.values_list("pk", *_COLUMNS)
    }
    # A point that is written anew gets a higher number, by which the checks see that it is new. One that says
    # what it said keeps its number, so that a replay judges nothing again.
    fresh = []
    for point in points:
        figures = tuple(getattr(point, name) for name in _COLUMNS)
        if old.pop(figures, None) is None:
            fresh.append(point)
    gone = list(old.values())
    with transaction.atomic():
        if gone:
            Point.objects.filter(pk__in=gone).delete()
        bulk_insert.insert(Point, fresh)


class DeclaredPeriods:
    """`declared_periods`, read anew only when a record of an AI system has changed or a day has passed.

    The rollup asks for it all the time, even when nothing happens.
    """

    def __init__(self) -> None:
        self._stamp: tuple[int | None, date] | None = None
        self._periods: dict[str, tuple[Period, datetime | None]] = {}

    def __call__(self) -> dict[str, Period]:
        """The periods declared now."""
        return {slug: period for slug, (period, _) in self._read().items()}

    def lapses(self) -> dict[str, datetime]:
        """Until when each of them is in date, where its record says."""
        return {slug: until for slug, (_, until) in self._read().items() if until is not None}

    def _read(self) -> dict[str, tuple[Period, datetime | None]]:
        newest = Revision.objects.filter(record__kind="ai-system").aggregate(last=Max("id"))["last"]
        stamp = newest, clock.today()
        if stamp != self._stamp:
            self._stamp, self._periods = stamp, declared_periods()
        return self._periods


def declared_periods() -> dict[str, tuple[Period, datetime | None]]:
    """The reference period of each AI system whose record in force declares one, by slug, whole days; and the
    end of the day until which it is in date, the next review of that record.

    A draft moves no goal post: the period is that of the newest approved revision.
    """
    if not kinds.exists("ai-system"):
        return {}
    return {
        row["slug"]: (
            (_start(row["reference_from"]), _start(row["reference_until"], days=1)),
            clock.day_end(date.fromisoformat(row["next_review"])) if row["next_review"] else None,
        )
        for row in records.in_force("ai-system")
        if row["reference_from"] and row["reference_until"]
    }


def _start(day: str, days: int = 0) -> datetime:
    return clock.day_start(date.fromisoformat(day) + timedelta(days=days))


def is_newer(system: str, period: Period, point: int) -> bool:
    """Whether the period has points that were counted after the one with this number."""
    rows = Point.objects.filter(system=system, hour__gte=period[0], hour__lt=period[1], id__gt=point)
    return rows.exclude(metric=log_coverage.name).exists()


def points_of(row: HourRow | FeatureRow) -> Iterator[Point]:
    """The points of every metric that has something to say of ``row``."""
    over, group = ("feature", row.feature) if isinstance(row, FeatureRow) else ("system", "")
    for metric in registry.all_metrics():
        if not metric.has_points or metric.over != over:
            continue
        tally = metric.tally(row)
        if tally != Tally():
            yield Point(
                metric=metric.name,
                system=row.system,
                group=group,
                hour=row.hour,
                **{name: getattr(tally, name) for name in SUMS},
                bins=pack(tally.bins),
            )


def _chunks(hours: list[datetime]) -> Iterable[list[datetime]]:
    return (hours[start : start + CHUNK] for start in range(0, len(hours), CHUNK))
