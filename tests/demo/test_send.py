"""Sending the demonstration's decisions again after a run that was cut off."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from plumbline.demo import send
from plumbline.kernel.problems import Unavailable


class Door(BaseHTTPRequestHandler):
    """Answers as the ingest door does: 201 to what is new, 200 to a batch that was taken before."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status = self.server.answers.pop(0)  # type: ignore[attr-defined]  # set below
        body = json.dumps({"accepted": 3 if status == 201 else 0}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def sent(door: HTTPServer, *answers: int) -> int:
    door.answers = list(answers)  # type: ignore[attr-defined]  # read by the handler
    batches = [{"source": "demo", "events": []}] * len(answers)
    address = f"http://127.0.0.1:{door.server_port}"
    return send.send(address, "plb_x_y", batches, len(answers), lambda done, total: None)


def test_batches_that_were_taken_before_do_not_stop_it(door: HTTPServer) -> None:
    assert sent(door, 200, 200, 201) == 3


def test_a_refusal_does(door: HTTPServer) -> None:
    with pytest.raises(Unavailable, match="batch 2"):
        sent(door, 201, 503)
