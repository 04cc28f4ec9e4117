"""Ingest over the whole HTTP path, against the same bytes merely decoded and inserted.

Ours: batches of 500 decisions with free text, sent over loopback to one server process that checks host,
token and rate, decodes, examines, redacts, seals, makes durable, logs the root in the trail and answers.
The yardstick: the same bodies decoded with the same JSON library and inserted, one row per event with its
id as key, into a SQLite table in a file with a write-ahead log and ``synchronous=FULL``, one commit per
batch. Both are run in turns; medians are compared. ``cpu_ratio`` compares the CPU time of the yardstick with
that of the server for the same bytes, which other work on the machine hardly changes.

    python bench/ingest.py [--rounds 5] [--batches 40]

Prints one JSON line; exits with 1 when the ratio is below 0.3.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SIZE = 500
TARGET = 0.3
SENDERS = 3
PATH = "/api/v1/telemetry/batches"
SERVER = """
from plumbline import config
from plumbline.cli import install
install.web_server(config.load()).run()
"""


def bodies(count: int, seed: int) -> list[bytes]:
    """``count`` batches of `SIZE` decisions of a claims system: numbers, categories, and some free text."""
    from plumbline.kernel.ids import uuid7

    draw = random.Random(seed)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    made = []
    for number in range(count):
        events = [
            _event(draw, start + timedelta(seconds=number * SIZE + n), str(uuid7())) for n in range(SIZE)
        ]
        made.append(
            json.dumps({"source": f"bench-{seed}", "counter": number * SIZE + 1, "events": events}).encode()
        )
    return made


def _event(draw: random.Random, when: datetime, name: str) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": name,
        "time": when.isoformat(),
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


class Table:
    """The yardstick."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE event (id TEXT PRIMARY KEY, time TEXT, system TEXT, type TEXT, body BLOB)"
        )

    def take(self, body: bytes) -> None:
        """Decode one batch and insert it."""
        import msgspec

        events = msgspec.json.decode(body)["events"]
        rows = [
            (one["id"], one["time"], one["system"], one["type"], msgspec.json.encode(one)) for one in events
        ]
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")


def prepare() -> str:
    """Make the database and a token with scope ingest; answers the token."""
    import django

    django.setup()
    from django.core.management import call_command

    from plumbline.identity import commands
    from plumbline.identity.actors import Actor
    from plumbline.records import guard

    with guard.opened("migrate"):
        call_command("migrate", verbosity=0)
    operator = Actor.installation()
    person = commands.create_person(operator, email="bench@example.org", full_name="Bench")
    commands.give_grant(operator, person, "aims-manager")
    expires = datetime.now(UTC) + timedelta(hours=1)
    return commands.issue_token(operator, name="bench", scopes=["ingest"], expires=expires, owner=person).text


def serve(port: int) -> subprocess.Popen[bytes]:
    """Start one process of the server as it is shipped, without the flow, and wait until it listens."""
    server = subprocess.Popen([sys.executable, "-c", SERVER], env={**os.environ, "PLUMBLINE_PORT": str(port)})
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not start")


def send(port: int, token: str, share: list[bytes]) -> None:
    """Post bodies one after the other over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for body in share:
        connection.request("POST", PATH, body, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 201:
            raise SystemExit(f"{response.status}: {answer.decode()}")
    connection.close()


def cpu_seconds(process: int) -> float:
    """CPU time that a process has used, where ``/proc`` tells; else 0."""
    file = Path(f"/proc/{process}/stat")
    if not file.exists():
        return 0.0
    fields = file.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(rounds: int, batches: int) -> dict[str, float]:
    """Events per second of both, medians over ``rounds``, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        os.environ |= {
            "PLUMBLINE_DATA": folder,
            "PLUMBLINE_INGEST_RATE": "1000000",
            "DJANGO_SETTINGS_MODULE": "plumbline.server.settings",
        }
        token, table = prepare(), Table(Path(folder))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(port)
        ours, plain, cpu = [], [], []
        try:
            with ThreadPoolExecutor(SENDERS) as pool:
                send(port, token, bodies(3, 10_000))
                for number in range(rounds):
                    work = bodies(batches, number)
                    started, used = time.perf_counter(), time.process_time()
                    for body in work:
                        table.take(body)
                    plain.append(SIZE * batches / (time.perf_counter() - started))
                    used = time.process_time() - used
                    started, before = time.perf_counter(), cpu_seconds(server.pid)
                    list(pool.map(lambda n: send(port, token, work[n::SENDERS]), range(SENDERS)))  # noqa: B023
                    ours.append(SIZE * batches / (time.perf_counter() - started))
                    cpu.append(used / max(cpu_seconds(server.pid) - before, 1e-3))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    ingest, yardstick = statistics.median(ours), statistics.median(plain)
    return {
        "ingest": round(ingest),
        "plain": round(yardstick),
        "ratio": round(ingest / yardstick, 3),
        "cpu_ratio": round(statistics.median(cpu), 3),
        "target": TARGET,
    }


def main() -> int:
    """Measure, print, and say by the exit code whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=40)
    options = parser.parse_args()
    result = measure(options.rounds, options.batches)
    print(json.dumps({"bench": "ingest", "unit": "events/s", **result}))
    return 0 if result["ratio"] >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
