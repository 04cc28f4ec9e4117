"""A page while the flow works through a backlog of decisions, against the same page when it is done.

The list of AI systems over HTTP from one server process, as ``plumbline serve`` runs it with its flow.

    python bench/busy.py [--repetitions 15]
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import installation
import table
from table import Cost, Promise, Row, Scale

LIST = "/records/ai-systems/"
BUSY_RATIO = 2.0
EVENTS, PAGES = 20_000, 200


def backlog(count: int) -> None:
    """Seal ``count`` decisions of eight systems over two months, that nobody has moved yet."""
    from django.conf import settings

    from plumbline.telemetry import intake

    draw, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(0, count, 1000):
        events = [
            {
                "id": str(UUID(int=draw.getrandbits(128))),
                "time": (start + timedelta(seconds=draw.randrange(5_000_000))).isoformat(),
                "system": f"busy-{draw.randrange(8)}",
                "type": "decision",
                "latency_ms": round(draw.uniform(5, 90), 2),
                "features": {name: round(draw.gauss(0, 1), 4) for name in ("a", "b", "c", "d")},
            }
            for _ in range(1000)
        ]
        body = json.dumps({"source": f"bench-{first}", "events": events}).encode()
        intake.accept(body, intake.JSON_TYPE, "", "tok_bench", settings.PLUMBLINE)


def get(port: int, cookie: str) -> float:
    """One GET of the list page; milliseconds until its last byte. Raises `SystemExit` for a refusal."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", LIST, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"the page answered {answer.status}")
    return (time.perf_counter() - begun) * 1000


def rows(scale: Scale) -> Iterator[Row]:
    """Median and 95th percentile of the latency of a page."""
    from plumbline.work import queries

    pages = scale.size(PAGES, least=20)
    with installation.in_process() as folder:
        backlog(scale.size(EVENTS, least=4_000))
        cookie = "; ".join(f"{name}={item.value}" for name, item in installation.browser().cookies.items())
        busy: list[float] = []
        with installation.serving(folder) as server:
            for _ in range(5):
                get(server.port, cookie)
            while len(busy) < pages and not queries.is_settled():
                busy += [get(server.port, cookie) for _ in range(10)]
            if not busy:
                raise SystemExit("the flow was done before the first page was measured")
            installation.wait_until_settled()
            idle = [get(server.port, cookie) for _ in range(pages)]
    for name, of in (("median", statistics.median), ("95th percentile", _percentile)):
        promise = Promise("ratio", BUSY_RATIO) if name == "median" else None
        yield Row(
            f"list page while the flow is busy, {name}",
            "when it rests",
            Cost(of(busy)),
            Cost(of(idle)),
            promise,
        )


def _percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    table.run(rows)
