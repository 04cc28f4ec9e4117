"""How long ingest waits at its HTTP door while a real register is imported, and how fast the import is.

A client posts a batch of one decision about every 20 ms on one connection and takes the time until the
durable answer: first with nothing else to do, then while the flow writes the 2024 US federal inventory of
AI use cases, uploaded and confirmed through the API.

    python bench/import_wait.py
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import installation
import table
from installation import Server
from table import Cost, Promise, Row, Scale

ROOT = Path(__file__).parents[1]
MS_A_ROW = 10.0
WAIT = 200.0
AT_REST = 300
"""Batches sent at rest."""
PAUSE = 0.02


def send(server: Server, token: str) -> float:
    """Post one decision; milliseconds until it is durable."""
    event = {"id": str(uuid4()), "time": datetime.now(UTC).isoformat(), "system": "s", "type": "decision"}
    body = json.dumps({"source": "bench", "events": [event]}).encode()
    begun = time.perf_counter()
    server.ask("POST", "/api/v1/telemetry/batches", token, body)
    return (time.perf_counter() - begun) * 1000


def upload(server: Server, token: str) -> str:
    """Upload the inventory; the address of the import."""
    content = gzip.decompress((ROOT / "tests/data/ai-inventories/us_federal_2024_v1.csv.gz").read_bytes())
    mapping = (ROOT / "examples/imports/us-federal-2024.yaml").read_bytes()
    head = b'--edge\r\nContent-Disposition: form-data; name="'
    body = b"".join(
        (
            head + b'map"\r\n\r\n' + mapping + b"\r\n",
            head + b'file"; filename="inventory.csv"\r\n\r\n' + content + b"\r\n--edge--\r\n",
        )
    )
    job = server.ask("POST", "/api/v1/imports", token, body, "multipart/form-data; boundary=edge")
    return f"/api/v1/imports/{job['id']}"


def waits(server: Server, token: str, is_over: Callable[[int], bool]) -> list[float]:
    """Times of batch after batch until ``is_over`` says so of their number."""
    found: list[float] = []
    while not is_over(len(found)):
        found.append(send(server, token))
        time.sleep(PAUSE)
    return found


def rows(scale: Scale) -> Iterator[Row]:
    """Time of a row of the import, and how much longer the longest wait beside it is."""
    with installation.in_process() as folder:
        ingest, write = installation.issue_token("ingest"), installation.issue_token("write")
        with installation.serving(folder) as server:
            waits(server, ingest, lambda count: count >= 20)
            place = upload(server, write)
            rest = waits(server, ingest, lambda count: count >= scale.size(AT_REST, least=30))
            begun = time.monotonic()
            server.ask("POST", f"{place}/confirmation", write)

            def is_done(count: int) -> bool:
                return count % 25 == 0 and server.ask("GET", place, write)["state"] != "running"

            beside = waits(server, ingest, is_done)
            took = time.monotonic() - begun
            job = server.ask("GET", place, write)
    if job["state"] != "done":
        raise SystemExit(f"the import is {job['state']}: {job['error']}")
    yield Row(
        f"a row of an import of {job['written']:,}, ingest beside it", "", Cost(took * 1000 / job["written"]),
        promise=Promise("value", MS_A_ROW),
    )  # fmt: skip
    yield Row(
        "longest wait of a batch during an import, more than at rest", f"longest at rest: {max(rest):.0f} ms",
        Cost(max(beside) - max(rest)), promise=Promise("value", WAIT),
    )  # fmt: skip


if __name__ == "__main__":
    table.run(rows)
