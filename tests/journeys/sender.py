"""A sender of telemetry that knows what it was promised."""

from __future__ import annotations

import http.client
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.journeys.installation import BATCHES
from tests.waiting import PATIENCE

START = datetime(2026, 2, 1, tzinfo=UTC)
SIZE = 200
"""Events in a batch."""


class Sender(threading.Thread):
    """Sends batch after batch until told to end, or until the server is gone.

    It keeps the ids of the events that were acknowledged, the leaves of their receipts, and the batch that is
    on its way or had no answer.
    """

    def __init__(self, port: int, token: str, name: str) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.source = port, token, name
        self.acknowledged: list[str] = []
        self.leaves: list[int] = []
        self.open: dict[str, Any] | None = None
        self.over = threading.Event()
        self.refusal = ""

    def run(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        counter = 1
        while not self.over.is_set():
            self.open = self.batch(counter)
            try:
                link.request("POST", BATCHES, json.dumps(self.open), headers)
                answer = link.getresponse()
                receipt = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.refusal = repr(error)
                return
            if answer.status != 201:
                self.refusal = f"{answer.status}: {receipt}"
                return
            self.acknowledged += [event["id"] for event in self.open["events"]]
            self.leaves.append(receipt["leaf"])
            counter += SIZE
            self.open = None

    def batch(self, counter: int) -> dict[str, Any]:
        events = [
            {
                "id": str(uuid4()),
                "time": (START + timedelta(seconds=counter + number)).isoformat(),
                "system": "killed",
                "type": "decision",
                "latency_ms": 5,
            }
            for number in range(SIZE)
        ]
        return {"source": self.source, "counter": counter, "events": events}
