"""From an event to the state: how long after a batch is sent its verdict is the reading that everybody sees.

A batch of decisions of one system, those of every other batch above its limit, over HTTP to a server with
its flow. The anchor is the answer to the batch itself, which promises only that it is kept.

    python bench/reaction.py [--repetitions 15]
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import installation
import table
from table import Cost, Promise, Row, Scale

BATCHES, RESULTS = "/api/v1/telemetry/batches", "/api/v1/results?check=error-rate&subject=reaction&size=1"
WITHIN = 5_000
"""Milliseconds from an event to the state, at most (median)."""
PATIENCE = 60.0
"""Seconds after which a verdict that does not come is a failure."""


def ask(port: int, token: str, method: str, path: str, body: bytes | None = None) -> bytes:
    """One request; the body of the answer. Raises `SystemExit` for a refusal."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status not in (200, 201):
        raise SystemExit(f"{path} answered {answer.status}: {content[:200]!r}")
    return content


def batch(number: int) -> bytes:
    """A hundred decisions of the last minutes; those of every other batch ended in an error."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    events = [
        {
            "id": str(uuid4()),
            "time": (now + timedelta(seconds=place)).isoformat(),
            "system": "reaction",
            "type": "decision",
            **({"error": "timeout"} if number % 2 else {}),
        }
        for place in range(100)
    ]
    return json.dumps({"source": "bench", "events": events}).encode()


def newest(port: int, token: str) -> int:
    """Number of the newest result of the check on the system; 0 for none."""
    items = json.loads(ask(port, token, "GET", RESULTS))["items"]
    return int(items[0]["id"]) if items else 0


def rows(scale: Scale) -> Iterator[Row]:
    """Median and slowest time from sending a batch to its verdict."""
    answered: list[float] = []
    judged: list[float] = []
    with installation.in_process() as folder:
        ingest, read = installation.issue_token("ingest"), installation.issue_token("read")
        with installation.serving(folder) as server:
            for number in range(scale.repetitions):
                before, begun = newest(server.port, read), time.perf_counter()
                ask(server.port, ingest, "POST", BATCHES, batch(number))
                answered.append((time.perf_counter() - begun) * 1000)
                while newest(server.port, read) == before:
                    if time.perf_counter() - begun > PATIENCE:
                        raise SystemExit("the verdict did not come")
                    time.sleep(0.02)
                judged.append((time.perf_counter() - begun) * 1000)
    anchor = Cost(statistics.median(answered))
    yield Row(
        "from an event to the state, median",
        "the answer to its batch",
        Cost(statistics.median(judged)),
        anchor,
        Promise("value", WITHIN),
    )
    yield Row("from an event to the state, slowest", "the answer to its batch", Cost(max(judged)), anchor)


if __name__ == "__main__":
    table.run(rows)
