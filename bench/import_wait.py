"""How long ingest waits at its HTTP door while a real register is imported, and how fast the import is.

A server with its pump, as ``plumbline serve`` runs it. A client posts a batch of one decision about every
20 ms on one connection and takes the time until the durable answer: first with nothing else to do, then while
the pump writes the 2024 US federal inventory (uploaded and confirmed through the API). Every run has an
installation of its own.

    python bench/import_wait.py [--runs 3]

Prints the distribution of each run. Promises: at least 100 rows a second, and no batch waits 200 ms longer
than the slowest one at rest; exits with 1 when one is broken.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parents[1]
ROWS_A_SECOND = 100
WAIT = 200.0  # ms
EMAIL = "bench@example.org"
REST = 300
"""Batches sent at rest."""


class Installation:
    """A data folder, its server, and one connection to it."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
        self.environ = kept | {"PLUMBLINE_DATA": folder, "PYTHONPATH": str(ROOT / "src")}
        self.environ |= {"PLUMBLINE_INGEST_RATE": "0", "PLUMBLINE_API_RATE": "0"}
        self.run("init", "--email", EMAIL)
        self.ingest = self.token("ingest")
        self.write = self.token("write")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "plumbline.cli.main", "serve", "--port", str(self.port)],
            env=self.environ,
            stdout=subprocess.DEVNULL,
        )
        self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.awake()

    def run(self, *words: str) -> str:
        """What a command printed."""
        command = [sys.executable, "-m", "plumbline.cli.main", *words]
        return subprocess.run(command, env=self.environ, check=True, capture_output=True, text=True).stdout

    def token(self, scope: str) -> str:
        """A token with one scope."""
        return self.run("token", "issue", "--for", EMAIL, "--scope", scope, "--name", scope).strip()

    def awake(self) -> None:
        """Wait until the server answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port)):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not start")

    def ask(
        self, method: str, path: str, token: str, body: bytes = b"", kind: str = "application/json"
    ) -> Any:
        """The document that a request is answered with."""
        self.link.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": kind})
        answer = self.link.getresponse()
        told = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{path}: {answer.status} {told[:300]!r}")
        return json.loads(told)

    def send(self) -> float:
        """Post one decision; milliseconds until it is durable."""
        event = {"id": str(uuid4()), "time": datetime.now(UTC).isoformat(), "system": "s", "type": "decision"}
        body = json.dumps({"source": "bench", "events": [event]}).encode()
        began = time.perf_counter()
        self.ask("POST", "/api/v1/telemetry/batches", self.ingest, body)
        return (time.perf_counter() - began) * 1000

    def upload(self) -> str:
        """Upload the inventory; the address of the import."""
        content = gzip.decompress((ROOT / "tests/data/ai-inventories/us_federal_2024_v1.csv.gz").read_bytes())
        chosen = (ROOT / "examples/imports/us-federal-2024.yaml").read_bytes()
        head = b'--edge\r\nContent-Disposition: form-data; name="'
        body = b"".join(
            (
                head + b'map"\r\n\r\n' + chosen + b"\r\n",
                head + b'file"; filename="inventory.csv"\r\n\r\n' + content + b"\r\n--edge--\r\n",
            )
        )
        made = self.ask("POST", "/api/v1/imports", self.write, body, "multipart/form-data; boundary=edge")
        return f"/api/v1/imports/{made['id']}"

    def close(self) -> None:
        """Stop the server."""
        self.link.close()
        self.server.send_signal(signal.SIGINT)
        self.server.wait(60)


def waits(one: Installation, over: Callable[[int], bool]) -> list[float]:
    """Times of batch after batch, sorted, until ``over`` says so of their number."""
    found: list[float] = []
    while not over(len(found)):
        found.append(one.send())
        time.sleep(0.02)
    return sorted(found)


def told(name: str, times: list[float]) -> None:
    """Print a distribution."""
    shares = {
        f"{share:g} %": times[min(len(times) - 1, int(len(times) * share / 100))] for share in (50, 95, 99)
    }
    words = ", ".join(f"{share} {value:.0f}" for share, value in shares.items())
    late = sum(1 for value in times if value > WAIT)
    print(
        f"  {name}: {words}, worst {times[-1]:.0f} ms of {len(times)}; {late} over {WAIT:.0f} ms", flush=True
    )


def measured() -> tuple[float, float]:
    """One run: rows a second of the import, and by how much the worst wait beside it is longer."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        one = Installation(folder)
        try:
            waits(one, lambda count: count >= 20)
            place = one.upload()
            rest = waits(one, lambda count: count >= REST)
            began = time.monotonic()
            one.ask("POST", f"{place}/confirmation", one.write)

            def done(count: int) -> bool:
                return count % 25 == 0 and one.ask("GET", place, one.write)["state"] != "running"

            beside = waits(one, done)
            took = time.monotonic() - began
            job = one.ask("GET", place, one.write)
        finally:
            one.close()
    if job["state"] != "done":
        raise SystemExit(f"the import is {job['state']}: {job['error']}")
    rate = job["written"] / took
    print(f"{job['written']} rows in {took:.1f} s, {rate:.0f} a second")
    told("at rest", rest)
    told("beside the import", beside)
    return rate, beside[-1] - rest[-1]


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    options.add_argument("--runs", type=int, default=3)
    runs = [measured() for _ in range(options.parse_args().runs)]
    rates, more = [rate for rate, _ in runs], [wait for _, wait in runs]
    print(f"slowest import {min(rates):.0f} rows/s (promise {ROWS_A_SECOND})")
    print(f"longest wait {max(more):.0f} ms more than at rest (promise {WAIT:.0f})")
    return 0 if min(rates) >= ROWS_A_SECOND and max(more) <= WAIT else 1


if __name__ == "__main__":
    sys.exit(main())
