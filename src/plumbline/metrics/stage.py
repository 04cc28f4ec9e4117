"""The rollup: pulls the events that the store has gained and recomputes the points of every hour they touch.

Each system has a cursor of its own. A touched hour is computed afresh from all its events, so doing it
twice, or all over from nothing, gives the same points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from plumbline.kernel import clock
from plumbline.metrics import library, rolling
from plumbline.metrics.library.drift import binned, reference_edges
from plumbline.metrics.models import Cursor, Point, Reference, pack
from plumbline.metrics.source import Source

Period = tuple[datetime, datetime]
HOUR = timedelta(hours=1)
CHUNK = 400
"""Hours written in one transaction, so that nobody waits long for the database."""
_GAP = timedelta(hours=24)
_EVERYTHING = ""

assert library  # importing it declares the metrics


def no_references() -> Mapping[str, Period]:
    """Nobody declared a reference."""
    return {}


class Rollup:
    """The stage ``rollup``. ``references`` answers the declared reference period of each system by slug."""

    name = "rollup"

    def __init__(
        self, source: Source, references: Callable[[], Mapping[str, Period]] = no_references
    ) -> None:
        self.source = source
        self.references = references

    def advance(self) -> bool:
        """Write the points of up to `CHUNK` touched hours of one system. False when nothing is new."""
        mark = self.source.watermark()
        declared = self.references()
        whole, _ = Cursor.objects.get_or_create(system=_EVERYTHING)
        cursors = {cursor.system: cursor for cursor in Cursor.objects.exclude(system=_EVERYTHING)}
        waiting = {name for name, cursor in cursors.items() if cursor.target > cursor.leaf}
        waiting |= {
            name for name, cursor in cursors.items() if cursor.declared != _spelled(declared.get(name))
        }
        if mark > whole.leaf:
            waiting |= set(self.source.systems(whole.leaf, mark))
        for system in sorted(waiting):
            cursor = cursors.get(system) or Cursor.objects.create(system=system)
            if self._step(cursor, mark, declared.get(system)):
                return True
        if mark > whole.leaf:
            Cursor.objects.filter(system=_EVERYTHING).update(leaf=mark)
            return True
        return False

    def _step(self, cursor: Cursor, mark: int, period: Period | None) -> bool:
        redo = cursor.declared != _spelled(period) and self._declare(cursor, period)
        if cursor.target <= cursor.leaf:
            if cursor.leaf >= mark:
                return redo
            cursor.target, cursor.hour = mark, None
            if self._late(cursor, period):
                self._declare(cursor, period)
                cursor.target = mark
        touched = self.source.touched(cursor.system, cursor.leaf, cursor.target)
        hours = [hour for hour in touched if cursor.hour is None or hour > cursor.hour]
        todo = hours[:CHUNK]
        entries = self._entries(cursor.system, todo)
        with transaction.atomic():
            if todo:
                _write(cursor, todo, entries)
                cursor.hour = todo[-1]
            if len(hours) <= CHUNK:
                cursor.leaf, cursor.hour = cursor.target, None
            cursor.save()
        return True

    def _declare(self, cursor: Cursor, period: Period | None) -> bool:
        """Take the declared reference into force and start the system over. False while it is not complete."""
        bounds = self.source.span(cursor.system)
        if period is not None and (bounds is None or bounds[1] < period[1]):
            return False
        rows = list(self._referenced(cursor.system, period)) if period is not None else []
        with transaction.atomic():
            Reference.objects.filter(system=cursor.system).delete()
            Reference.objects.bulk_create(rows)
            Point.objects.filter(system=cursor.system).exclude(group="").delete()
            cursor.declared = _spelled(period)
            cursor.leaf, cursor.target, cursor.hour = -1, -1, None
            cursor.save()
        return True

    def _late(self, cursor: Cursor, period: Period | None) -> bool:
        """Whether new events fall into a reference period that is already in force."""
        if period is None or cursor.declared != _spelled(period) or cursor.leaf < 0:
            return False
        touched = self.source.touched(cursor.system, cursor.leaf, cursor.target)
        return any(period[0] <= hour < period[1] for hour in touched)

    def _referenced(self, system: str, period: Period) -> Iterator[Reference]:
        table = self.source.features(system, *period)
        for feature in sorted(set(table["name"].tolist())):
            values = table["number"][table["name"] == feature]
            known = values[~np.isnan(values)]
            if not known.size:
                continue
            edges = reference_edges(known)
            yield Reference(
                system=system,
                feature=feature,
                start=period[0],
                end=period[1],
                size=int(known.size),
                edges=edges.astype("<f8").tobytes(),
                bins=pack(binned(known, edges)),
            )

    def _entries(self, system: str, hours: list[datetime]) -> list[rolling.Entry]:
        rows = Reference.objects.filter(system=system)
        edges = {row.feature: np.frombuffer(bytes(row.edges), dtype="<f8") for row in rows}
        wanted = frozenset(hours)
        found: list[rolling.Entry] = []
        for start, end in _runs(hours):
            columns = self.source.columns(system, start, end)
            found += rolling.of_system(columns, self.source.truths(system, start, end), wanted)
            if edges:
                found += rolling.of_features(self.source.features(system, start, end), edges, wanted)
        return found


def _spelled(period: Period | None) -> str:
    return "/".join(clock.rfc3339(end) for end in period) if period else ""


def _runs(hours: list[datetime]) -> Iterator[Period]:
    """The periods that hold ``hours``, parted where more than a day is not asked for."""
    start = last = None
    for hour in hours:
        if start is None or last is None:
            start = hour
        elif hour - last > _GAP:
            yield start, last + HOUR
            start = hour
        last = hour
    if start is not None and last is not None:
        yield start, last + HOUR


def _write(cursor: Cursor, hours: list[datetime], entries: list[rolling.Entry]) -> None:
    Point.objects.filter(system=cursor.system, hour__in=hours).delete()
    Point.objects.bulk_create(
        (
            Point(
                metric=metric,
                system=cursor.system,
                group=group,
                hour=hour,
                count=tally.count,
                total=tally.total,
                numerator=tally.numerator,
                denominator=tally.denominator,
                bins=pack(tally.bins),
            )
            for metric, group, hour, tally in entries
        ),
        batch_size=500,
    )
