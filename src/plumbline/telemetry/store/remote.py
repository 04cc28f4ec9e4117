"""The evidence store as other processes see it: the same questions, asked over the local socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from plumbline.kernel.problems import Unavailable
from plumbline.telemetry.store import wire
from plumbline.telemetry.store.port import (
    EventRow,
    Feature,
    FeatureRow,
    HourRow,
    Numbers,
    Reader,
    SystemSeen,
)

_FILE = "evidence.duckdb"
_SOCKET = "evidence.sock"


class RemoteStore:
    """A `Reader` that asks the process which has the store open. Every method may raise `Unavailable`."""

    def __init__(self, data: Path, *, timeout: float = 30.0) -> None:
        """Ask the process of the data folder ``data``; wait at most ``timeout`` seconds for an answer."""
        self._file = data / _SOCKET
        self._timeout = timeout

    def watermark(self) -> int:
        """See `Reader.watermark`."""
        return int(self._ask("watermark"))

    def systems(self) -> list[SystemSeen]:
        """See `Reader.systems`."""
        return list(self._ask("systems"))

    def touched(self, since_leaf: int, until_leaf: int) -> list[tuple[str, datetime]]:
        """See `Reader.touched`."""
        return list(self._ask("touched", since_leaf, until_leaf))

    def hourly_events(self, since_leaf: int, until_leaf: int) -> list[HourRow]:
        """See `Reader.hourly_events`."""
        return list(self._ask("hourly_events", since_leaf, until_leaf))

    def hourly_features(self, since_leaf: int, until_leaf: int) -> list[FeatureRow]:
        """See `Reader.hourly_features`."""
        return list(self._ask("hourly_features", since_leaf, until_leaf))

    def features(self, system: str) -> list[Feature]:
        """See `Reader.features`."""
        return list(self._ask("features", system))

    def values(self, system: str, feature: str, start: datetime, end: datetime) -> Numbers:
        """See `Reader.values`."""
        numbers: Numbers = self._ask("values", system, feature, start, end)
        return numbers

    def feature_bins(
        self, system: str, feature: str, edges: Sequence[float], start: datetime, end: datetime
    ) -> list[int]:
        """See `Reader.feature_bins`."""
        return list(self._ask("feature_bins", system, feature, list(edges), start, end))

    def categories(self, system: str, feature: str, start: datetime, end: datetime) -> dict[str, int]:
        """See `Reader.categories`."""
        return dict(self._ask("categories", system, feature, start, end))

    def category_bins(
        self, system: str, feature: str, categories: Sequence[str], start: datetime, end: datetime
    ) -> list[int]:
        """See `Reader.category_bins`."""
        return list(self._ask("category_bins", system, feature, list(categories), start, end))

    def scores_truth(self, system: str, start: datetime, end: datetime) -> tuple[Numbers, Numbers]:
        """See `Reader.scores_truth`."""
        scores, truths = self._ask("scores_truth", system, start, end)
        return scores, truths

    def counts(self, system: str, start: datetime, end: datetime) -> dict[str, int]:
        """See `Reader.counts`."""
        return dict(self._ask("counts", system, start, end))

    def span(self, system: str) -> tuple[datetime, datetime] | None:
        """See `Reader.span`."""
        first_and_last: tuple[datetime, datetime] | None = self._ask("span", system)
        return first_and_last

    def events(
        self, system: str, start: datetime, end: datetime, limit: int, type: str | None = None
    ) -> list[EventRow]:
        """See `Reader.events`."""
        return list(self._ask("events", system, start, end, limit, type))

    def event(self, id: UUID) -> EventRow | None:
        """See `Reader.event`."""
        found: EventRow | None = self._ask("event", id)
        return found

    def following(self, id: UUID, limit: int) -> list[EventRow]:
        """See `Reader.following`."""
        return list(self._ask("following", id, limit))

    def _ask(self, method: str, *arguments: Any) -> Any:
        try:
            with socket.socket(socket.AF_UNIX) as connection, wire.address(self._file) as name:
                connection.settimeout(self._timeout)
                connection.connect(name)
                wire.write_frame(connection, wire.encode((method, arguments)))
                answer = wire.read_frame(connection, wire.ANSWER_LIMIT)
        except OSError as error:
            raise Unavailable("The evidence store does not answer. Is the server running?") from error
        try:
            if answer[:1] == b"\x00":
                return wire.decode(answer[1:], wire.METHODS[method][1])
            reason = wire.decode(answer[1:], str) if answer else "The evidence store broke off."
        except msgspec.MsgspecError as error:
            raise Unavailable("The evidence store gave an answer that cannot be read.") from error
        raise Unavailable(reason)

    def answers(self) -> bool:
        """Whether somebody answers on the socket."""
        try:
            self.watermark()
        except Unavailable:
            return False
        return True


@contextmanager
def open_reader(data: Path) -> Iterator[Reader]:
    """A reader for a command: the running server's store if there is one, else the file itself."""
    remote = RemoteStore(data)
    if remote.answers():
        yield remote
        return
    from plumbline.telemetry.store.duckdb import DuckStore

    store = DuckStore(data / _FILE)
    try:
        yield store
    finally:
        store.close()
