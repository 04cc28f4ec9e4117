"""Ingest over the whole HTTP path with the flow running, against the same bytes merely decoded and inserted.

Here: batches of 500 decisions with free text, sent over loopback by three senders to a server that checks
host, token and rate, decodes, examines, redacts, seals, makes durable, logs the root in the trail and
answers, while its flow moves what came before into the evidence store and judges it. The anchor: the same
bodies decoded with the same JSON library and inserted, one row an event with its id as key, into a SQLite
table in a file with a write-ahead log and ``synchronous=FULL``, one commit a batch. CPU is that of the
process that answers.

Measured with an empty history and with a long one, with ids in order of time as the SDK makes them and with
random ids, and one event at a time.

    python bench/ingest.py [--repetitions 15]
"""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import installation
import table
from table import Cost, Promise, Row, Scale

SIZE = 500
BATCHES, SINGLES, HISTORY = 12, 60, 200_000
SENDERS = 3
RATIO = 1 / 0.3
"""At least three tenths of what the bare table takes."""
SINGLE_CPU_MS = 6.0
PATH = "/api/v1/telemetry/batches"


class Batches:
    """Batches of decisions of a claims system: numbers, categories, and some free text; each is new."""

    def __init__(self, *, random_ids: bool = False) -> None:
        self._draw = random.Random(7)
        self._random_ids = random_ids
        self._when = datetime(2026, 3, 1, tzinfo=UTC)
        self._counter = 0

    def take(self, count: int, size: int = SIZE) -> list[bytes]:
        """``count`` bodies of ``size`` events."""
        return [self._body(size) for _ in range(count)]

    def _body(self, size: int) -> bytes:
        first, self._counter = self._counter + 1, self._counter + size
        events = [self._event() for _ in range(size)]
        return json.dumps({"source": "bench", "counter": first, "events": events}).encode()

    def _event(self) -> dict[str, Any]:
        from plumbline.kernel.ids import uuid7

        draw = self._draw
        self._when += timedelta(seconds=1)
        event: dict[str, Any] = {
            "id": str(UUID(int=draw.getrandbits(128), version=4) if self._random_ids else uuid7()),
            "time": self._when.isoformat(),
            "system": "claims-triage",
            "type": "decision",
            "model": {"name": "triage", "version": "7.2"},
            "outcome": draw.choice(["pay", "refuse", "escalate"]),
            "score": round(draw.random(), 4),
            "latency_ms": round(draw.uniform(5, 90), 2),
            "subject": f"sub_{draw.getrandbits(48):012x}",
            "features": {
                "amount": round(draw.lognormvariate(6, 1), 2),
                "age": draw.randint(18, 90),
                "previous": draw.randint(0, 9),
                "region": draw.choice(["north", "south", "east", "west"]),
            },
        }
        if draw.random() < 0.2:
            address = f"jo.{draw.randint(1, 999)}@example.org"
            event["input"] = f"Claimant wrote from {address} about a broken window, call 030 901820."
        return event


class BareTable:
    """The anchor."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE event (id TEXT PRIMARY KEY, time TEXT, system TEXT, type TEXT, body BLOB)"
        )

    def insert(self, bodies: Sequence[bytes]) -> None:
        """Decode each body and insert its events, in a transaction for each."""
        import msgspec

        for body in bodies:
            rows = [
                (event["id"], event["time"], event["system"], event["type"], msgspec.json.encode(event))
                for event in msgspec.json.decode(body)["events"]
            ]
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")


class Senders:
    """Three connections that post bodies at the same time."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._pool = ThreadPoolExecutor(SENDERS)

    def send(self, bodies: Sequence[bytes]) -> None:
        """Post all of them and wait for the last answer. Raises `SystemExit` for a refusal."""
        for _ in self._pool.map(self._send, (bodies[place::SENDERS] for place in range(SENDERS))):
            pass

    def _send(self, bodies: Sequence[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        for body in bodies:
            connection.request("POST", PATH, body, self._headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != 201:
                raise SystemExit(f"{response.status}: {answer.decode()}")
        connection.close()


def measure(
    bodies: Callable[[], list[bytes]], senders: Senders, bare: BareTable, server: int, repetitions: int
) -> tuple[Cost, Cost]:
    """Costs of one body here and in the bare table; what is sent is made before the clock runs."""
    pairs = []
    for _ in range(repetitions + 1):
        work = bodies()
        here = table.time_once(partial(senders.send, work), partial(installation.cpu_of, [server]))
        anchor = table.time_once(partial(bare.insert, work))
        pairs.append([(wall / len(work), cpu / len(work)) for wall, cpu in (here, anchor)])
    counted = pairs[1:]  # the first pays for connections and caches
    return table.median_cost([pair[0] for pair in counted]), table.median_cost([pair[1] for pair in counted])


def rows(scale: Scale) -> Iterator[Row]:
    """Batches with an empty and a long history, with random ids, and single events."""
    with installation.in_process() as folder, installation.serving(folder) as server:
        senders = Senders(server.port, installation.issue_token("ingest"))
        bare, door = BareTable(folder / "bare.db"), server.processes[0]
        ordered, unordered = Batches(), Batches(random_ids=True)

        def row(work: str, bodies: Callable[[], list[bytes]], promise: Promise | None) -> Row:
            here, anchor = measure(bodies, senders, bare, door, scale.repetitions)
            return Row(f"ingest, flow running: {work}", "decode and insert", here, anchor, promise)

        batches = scale.size(BATCHES, least=SENDERS)
        promise = Promise("cpu ratio", RATIO)
        yield row(f"{SIZE} events, no history", lambda: ordered.take(batches), promise)
        history = scale.size(HISTORY, least=2_000)
        for _ in range(0, history, SIZE * SENDERS):
            senders.send(ordered.take(SENDERS))
        installation.wait_until_settled()
        work = f"{SIZE} events, history of {history:,}"
        yield row(work, lambda: ordered.take(batches), promise)
        yield row(f"{work}, random ids", lambda: unordered.take(batches), promise)
        singles = scale.size(SINGLES, least=SENDERS)
        yield row("a single event", lambda: ordered.take(singles, size=1), Promise("cpu", SINGLE_CPU_MS))


if __name__ == "__main__":
    table.run(rows)
