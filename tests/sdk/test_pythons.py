"""The recorder on every Python that is here, from the oldest it promises to run on."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from plumbline.telemetry.event import decode_batch

SOURCE = Path(__file__).parents[2] / "sdk" / "python" / "src"
PROGRAM = """
import asyncio, sys
from plumbline_sdk import Recorder

recorder = Recorder(sys.argv[1], "plb_x", "claims-triage", redact=True, interval=0.05)

with recorder.decision(model="triage", model_version="7", features={"amount": 12.5}) as decision:
    decision.outcome = "pay"
    decision.input = "write to jo@example.org"

@recorder.watch(model="triage")
def plain(amount):
    return amount > 10

@recorder.watch(model="triage")
async def waited(amount):
    await asyncio.sleep(0.02)
    return amount

assert plain(12) is True and asyncio.run(waited(3)) == 3
assert plain.__name__ == "plain" and asyncio.iscoroutinefunction(waited)
recorder.call(model="m", tokens_in=4)
recorder.review(decision.id, "override", reviewer="rev_1")
recorder.outcome(decision.id, truth="refuse")
assert recorder.flush(timeout=120), recorder.statistics()
assert recorder.statistics().delivered == 6 and recorder.faults == 0
recorder.record(outcome="sent at the end of the program")
"""


def pythons() -> list[str]:
    """This Python, and the newest of every other minor version from 3.9 on."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {}
    for minor in range(9, 20):
        for place in sorted(home.glob(f"3.{minor}.*/bin/python")):
            if minor != sys.version_info[1]:
                found[minor] = str(place)
    return [sys.executable, *found.values()]


class Taken(BaseHTTPRequestHandler):
    """Keeps what is sent."""

    bodies: list[bytes] = []

    def do_POST(self) -> None:
        self.bodies.append(gzip.decompress(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(201)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("python", pythons(), ids=lambda path: "-".join(Path(path).parts[-3:]))
def test_a_program_records_and_loses_nothing(python: str) -> None:
    """With warnings as errors and nothing but the standard library."""
    taken = type("Taken", (Taken,), {"bodies": []})
    with HTTPServer(("127.0.0.1", 0), taken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        strict = ["-S", "-W", "error", "-W", "ignore::DeprecationWarning:asyncio"]
        done = subprocess.run(
            [python, *strict, "-c", PROGRAM, f"http://127.0.0.1:{server.server_address[1]}"],
            env={"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        server.shutdown()
    assert (done.returncode, done.stderr) == (0, "")
    events = [event for body in taken.bodies for event in decode_batch(body).events]
    assert [event.type for event in events] == [*["decision"] * 3, "call", "review", "outcome", "decision"]
    assert events[0].input == "write to [email]"
    assert [event.outcome for event in events[:3]] == ["pay", "True", "3"]
    assert (events[2].latency_ms or 0) >= 15
    assert events[4].about == events[0].id
    assert json.loads(taken.bodies[0])["counter"] == 1
