"""The evidence store in one DuckDB file (``evidence.duckdb``), opened by one process only.

Rows and watermark commit in one engine transaction. Times are kept in UTC without a zone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import duckdb
import numpy as np

from plumbline.kernel.clock import in_utc
from plumbline.telemetry.store import bins, sql
from plumbline.telemetry.store.columns import EVENT_KINDS, FEATURE_KINDS, event_columns, feature_columns
from plumbline.telemetry.store.event_values import naive
from plumbline.telemetry.store.port import (
    EventRow,
    Feature,
    FeatureRow,
    FeatureValue,
    HourRow,
    MovedSegment,
    Numbers,
    Receipts,
    SegmentRow,
    SystemSeen,
)

_HOUR: Final = timedelta(hours=1)
Row = TypeVar("Row")


class DuckStore:
    """An `EvidenceStore` on DuckDB. Safe to use from many threads; each question is one at a time."""

    def __init__(self, file: Path, *, memory_limit: str = "128MB", threads: int = 1) -> None:
        """Open or make ``file`` for its owner only."""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = file
        self._config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(file.parent / "evidence.tmp"),
        }
        self._connection = self._connect()
        self._lock = threading.RLock()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        before = os.umask(0o077)
        try:
            connection = duckdb.connect(str(self._file), config=self._config)
        finally:
            os.umask(before)
        for statement in sql.SCHEMA:
            connection.execute(statement)
        present = self._file.stat()
        self._identity = present.st_dev, present.st_ino
        return connection

    def file_identity(self) -> tuple[int, int]:
        """See `store_check.SegmentCounter`."""
        with self._lock:
            return self._identity

    def close(self) -> None:
        """Write everything to the file and close it."""
        with self._lock:
            self._connection.close()

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, list(values)).fetchall()

    def _typed(self, row: type[Row], statement: str, values: Any) -> list[Row]:
        """The answer to ``statement`` as rows of type ``row``, each value by the name of its column."""
        with self._lock:
            answer = self._connection.execute(statement, values)
            names = [column[0] for column in answer.description or ()]
            return [
                row(**{name: _from_engine(value) for name, value in zip(names, values_of_row, strict=True)})
                for values_of_row in answer.fetchall()
            ]

    def _table(self, name: str, columns: dict[str, Any]) -> AbstractContextManager[None]:
        return _Registered(self._connection, name, columns)

    def segment_count(self) -> int:
        """See `EvidenceStore.segment_count`."""
        return int(self._rows("SELECT count(*) FROM segments")[0][0])

    # Writing

    def append(self, segments: Sequence[MovedSegment]) -> None:
        """See `EvidenceStore.append`."""
        with self._lock:
            known = {
                row[0] for row in self._rows("SELECT id FROM segments WHERE leaf >= ?", _lowest(segments))
            }
            fresh = [segment for segment in segments if segment.id not in known and segment.events]
            if not fresh:
                return
            tables = {"events": (EVENT_KINDS, event_columns(fresh))}
            features = feature_columns(fresh)
            if features is not None:
                tables["features"] = (FEATURE_KINDS, features)
            with ExitStack() as stack:
                for name, (_, columns) in tables.items():
                    stack.enter_context(self._table(f"new_{name}", columns))
                self._commit(fresh, {name: kinds for name, (kinds, _) in tables.items()})

    def _commit(self, fresh: Sequence[MovedSegment], tables: dict[str, dict[str, str]]) -> None:
        """Rows, segments and watermark in one engine transaction."""
        self._connection.execute("BEGIN")
        try:
            for table, kinds in tables.items():
                casts = ", ".join(f"CAST({name} AS {kind})" for name, kind in kinds.items())
                statement = f"INSERT INTO {table} ({', '.join(kinds)}) SELECT {casts} FROM new_{table}"  # noqa: S608
                self._connection.execute(statement)
            self._connection.executemany(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        segment.id,
                        segment.leaf,
                        segment.size or len(segment.events),
                        naive(segment.recorded),
                        segment.source,
                    )
                    for segment in fresh
                ],
            )
            self._connection.execute(
                "UPDATE mark SET leaf = greatest(leaf, ?)", [max(segment.leaf for segment in fresh)]
            )
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def erase(self, ids: Collection[UUID]) -> None:
        """See `EvidenceStore.erase`.

        The engine frees the blocks of deleted rows without overwriting them, so the rows that stay are copied
        into a new file, which takes the place of the old one.
        """
        if not ids:
            return
        with self._lock:
            wanted = np.array([str(id) for id in ids], dtype=object)
            with self._table("wanted", {"id": wanted}):
                for table, column in (("events", "id"), ("features", "event_id")):
                    self._connection.execute(
                        f"DELETE FROM {table} WHERE {column} IN (SELECT CAST(id AS UUID) FROM wanted)"  # noqa: S608
                    )
            self._rewrite()

    def _rewrite(self) -> None:
        fresh = self._file.with_name(f"{self._file.stem}-rewritten.duckdb")
        fresh.unlink(missing_ok=True)  # left behind by a process that was killed
        name = self._rows("SELECT current_database()")[0][0]
        self._connection.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS rewritten")
        self._connection.execute(f'COPY FROM DATABASE "{name}" TO rewritten')
        self._connection.execute("DETACH rewritten")
        self._connection.close()
        fresh.replace(self._file)
        self._file.with_name(f"{self._file.name}.wal").unlink(missing_ok=True)
        self._connection = self._connect()

    # Reading

    def copy_to(self, file: str, before_leaf: int) -> int:
        """See `Reader.copy_to`."""
        if Path(file).exists():
            raise ValueError("the copy would overwrite a file")
        with self._lock:
            self._connection.execute(f"ATTACH '{file.replace(chr(39), 2 * chr(39))}' AS copied")
            try:
                self._connection.execute("BEGIN")  # one snapshot for all of them
                for statement in sql.COPIES:
                    self._connection.execute(statement, [before_leaf])
                self._connection.execute("COMMIT")
                return int(self._rows("SELECT count(*) FROM copied.events")[0][0])
            finally:
                self._connection.execute("DETACH copied")

    def speaking_of(self, ids: list[UUID]) -> list[tuple[UUID, int, int]]:
        """See `Reader.speaking_of`."""
        with self._lock, self._table("wanted", {"id": np.array([str(id) for id in ids], dtype=object)}):
            return self._connection.execute(
                "SELECT id, leaf, position FROM events WHERE about IN (SELECT CAST(id AS UUID) FROM wanted)"
            ).fetchall()

    def watermark(self) -> int:
        """See `Reader.watermark`."""
        return int(self._rows("SELECT leaf FROM mark")[0][0])

    def systems(self) -> list[SystemSeen]:
        """See `Reader.systems`."""
        return self._typed(SystemSeen, sql.SYSTEMS, [])

    def touched(self, since_leaf: int, until_leaf: int) -> list[tuple[str, datetime]]:
        """See `Reader.touched`."""
        rows = self._rows(sql.TOUCHED, since_leaf, until_leaf, since_leaf, until_leaf)
        return [(system, in_utc(hour)) for system, hour in rows]

    def hourly_events(self, since_leaf: int, until_leaf: int) -> list[HourRow]:
        """See `Reader.hourly_events`."""
        return self._over_hours(HourRow, sql.HOURLY_EVENTS, since_leaf, until_leaf)

    def hourly_features(self, since_leaf: int, until_leaf: int) -> list[FeatureRow]:
        """See `Reader.hourly_features`."""
        return self._over_hours(FeatureRow, sql.HOURLY_FEATURES, since_leaf, until_leaf)

    def _over_hours(self, row: type[Row], statement: str, since_leaf: int, until_leaf: int) -> list[Row]:
        with self._lock:
            return self._in_hours(row, statement, self.touched(since_leaf, until_leaf), until_leaf)

    def events_in_hours(self, hours: list[tuple[str, datetime]], until_leaf: int) -> list[HourRow]:
        """See `Reader.events_in_hours`."""
        return self._in_hours(HourRow, sql.HOURLY_EVENTS, hours, until_leaf)

    def features_in_hours(self, hours: list[tuple[str, datetime]], until_leaf: int) -> list[FeatureRow]:
        """See `Reader.features_in_hours`."""
        return self._in_hours(FeatureRow, sql.HOURLY_FEATURES, hours, until_leaf)

    def _in_hours(
        self, row: type[Row], statement: str, hours: list[tuple[str, datetime]], until_leaf: int
    ) -> list[Row]:
        with self._lock:
            if not hours:
                return []
            columns = {
                "system": np.array([system for system, _ in hours], dtype=object),
                "hour": np.array([naive(hour) for _, hour in hours], dtype="datetime64[us]"),
            }
            first, last = min(hour for _, hour in hours), max(hour for _, hour in hours)
            with self._table("hours", columns):
                # The join alone would be right; the bounds on time let the engine skip whole row groups.
                window = {"first": naive(first), "last": naive(last) + _HOUR, "until": until_leaf}
                return self._typed(row, statement, window)

    def features(self, system: str) -> list[Feature]:
        """See `Reader.features`."""
        return self._typed(Feature, sql.FEATURES, [system])

    def values(self, system: str, feature: str, start: datetime, end: datetime) -> Numbers:
        """See `Reader.values`."""
        with self._lock:
            answer = self._connection.execute(
                sql.VALUES, [system, feature, naive(start), naive(end)]
            ).fetchnumpy()
        return np.asarray(answer["number"], dtype=np.float64)

    def feature_bins(
        self, system: str, feature: str, edges: Sequence[float], start: datetime, end: datetime
    ) -> list[int]:
        """See `Reader.feature_bins`. Raises ``ValueError`` for edges that do not ascend."""
        if not edges or any(low >= high for low, high in pairwise(edges)):
            raise ValueError("edges must ascend and there must be one at least")
        rows = self._rows(sql.BINS, list(edges), system, feature, naive(start), naive(end))
        counts = dict(rows)
        return [int(counts.get(place, 0)) for place in range(len(edges) + 1)]

    def categories(self, system: str, feature: str, start: datetime, end: datetime) -> dict[str, int]:
        """See `Reader.categories`."""
        return dict(self._rows(sql.CATEGORIES, system, feature, naive(start), naive(end)))

    def category_bins(
        self, system: str, feature: str, categories: Sequence[str], start: datetime, end: datetime
    ) -> list[int]:
        """See `Reader.category_bins`."""
        rows = self._rows(sql.CATEGORY_BINS, list(categories), system, feature, naive(start), naive(end))
        counts = dict(rows)
        return [int(counts.get(place, 0)) for place in (*range(1, len(categories) + 1), 0)]

    def bins_by_day(
        self,
        system: str,
        feature: str,
        edges: Sequence[float],
        categories: Sequence[str],
        start: datetime,
        end: datetime,
    ) -> list[tuple[int, list[int]]]:
        """See `Reader.bins_by_day`."""
        kind, parts = bins.parts_of(edges, categories)
        first = naive(start)
        rows = self._rows(sql.BINS_BY_DAY[kind], parts, first, system, feature, first, naive(end))
        return list(bins.by_key(rows, edges, categories).items())

    def bins_by_group(
        self,
        system: str,
        feature: str,
        edges: Sequence[float],
        categories: Sequence[str],
        group: str,
        start: datetime,
        end: datetime,
    ) -> dict[str, list[int]]:
        """See `Reader.bins_by_group`."""
        kind, parts = bins.parts_of(edges, categories)
        rows = self._rows(sql.BINS_BY_GROUP[kind], parts, group, system, feature, naive(start), naive(end))
        return bins.by_key(rows, edges, categories)

    def scores_truth(self, system: str, start: datetime, end: datetime) -> tuple[Numbers, Numbers]:
        """See `Reader.scores_truth`."""
        with self._lock:
            answer = self._connection.execute(
                sql.SCORES_TRUTH, [system, naive(start), naive(end)]
            ).fetchnumpy()
        return np.asarray(answer["score"], np.float64), np.asarray(answer["truth"], np.float64)

    def reviewers(self, system: str, start: datetime, end: datetime) -> list[tuple[int, int]]:
        """See `Reader.reviewers`."""
        return self._rows(sql.REVIEWERS, system, naive(start), naive(end))

    def undecided(self, system: str) -> int:
        """See `Reader.undecided`."""
        return int(self._rows(sql.UNDECIDED, system)[0][0])

    def counts(self, system: str, start: datetime, end: datetime) -> dict[str, int]:
        """See `Reader.counts`."""
        return dict(self._rows(sql.COUNTS, system, naive(start), naive(end)))

    def receipts(self, system: str, start: datetime, end: datetime, closed: datetime) -> Receipts:
        """See `Reader.receipts`."""
        window = {"system": system, "first": naive(start), "last": naive(end), "closed": naive(closed)}
        return self._typed(Receipts, sql.RECEIPTS, window)[0]

    def span(self, system: str) -> tuple[datetime, datetime] | None:
        """See `Reader.span`."""
        first, last = self._rows("SELECT min(time), max(time) FROM events WHERE system = ?", system)[0]
        return None if first is None else (in_utc(first), in_utc(last))

    def events(
        self, system: str, start: datetime, end: datetime, limit: int, type: str | None = None
    ) -> list[EventRow]:
        """See `Reader.events`."""
        window = [system, naive(start), naive(end)]
        return self._typed(EventRow, sql.EVENTS, [*window, type, type, limit])

    def event(self, id: UUID) -> EventRow | None:
        """See `Reader.event`."""
        rows = self._typed(EventRow, sql.EVENT, [id])
        return rows[0] if rows else None

    def following(self, id: UUID, limit: int) -> list[EventRow]:
        """See `Reader.following`."""
        return self._typed(EventRow, sql.FOLLOWING, [id, id, limit])

    def stored(self, first_leaf: int, stop_leaf: int) -> list[EventRow]:
        """See `Reader.stored`."""
        return self._typed(EventRow, sql.STORED, [first_leaf, stop_leaf])

    def stored_features(self, first_leaf: int, stop_leaf: int) -> list[FeatureValue]:
        """See `Reader.stored_features`."""
        return self._typed(FeatureValue, sql.STORED_FEATURES, [first_leaf, stop_leaf])

    def stored_segments(self, first_leaf: int, stop_leaf: int) -> list[SegmentRow]:
        """See `Reader.stored_segments`."""
        return self._typed(SegmentRow, sql.STORED_SEGMENTS, [first_leaf, stop_leaf])


class _Registered(AbstractContextManager[None]):
    """A table of arrays that a statement can read, for the time of a block."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, Any]) -> None:
        self._connection, self._name, self._columns = connection, name, columns

    def __enter__(self) -> None:
        self._connection.register(self._name, self._columns)

    def __exit__(self, *_: object) -> None:
        self._connection.unregister(self._name)


def _lowest(segments: Sequence[MovedSegment]) -> int:
    return min((segment.leaf for segment in segments), default=0)


def _from_engine(value: Any) -> Any:
    """A value as the port has it: times with their zone, lists that do not change."""
    if isinstance(value, datetime):
        return in_utc(value)
    return tuple(value) if isinstance(value, list) else value
