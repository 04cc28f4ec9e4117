"""Sends the demonstration's decisions to the ingest door of a running server, as a caller would."""

from __future__ import annotations

import gzip
import http.client
import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from plumbline.kernel.problems import Unavailable

_PATH = "/api/v1/telemetry/batches"
_PATIENCE = 30.0


def send(
    address: str,
    token: str,
    batches: Iterable[Mapping[str, Any]],
    total: int,
    progress: Callable[[int, int], None],
) -> int:
    """POST every batch and return how many events were new. Raises `Unavailable` when the door refuses.

    Batches that were taken before, in a run that was cut off, add nothing.
    """
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=_PATIENCE)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    accepted = 0
    try:
        for number, batch in enumerate(batches, 1):
            body = gzip.compress(json.dumps(batch).encode(), 3)
            connection.request("POST", _PATH, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status not in (200, 201):  # 200: all of it was taken in a run that was cut off
                raise Unavailable(f"The ingest door answered {answer.status} to batch {number}.")
            accepted += int(json.loads(content)["accepted"])
            progress(number, total)
    finally:
        connection.close()
    return accepted


def wait_for(address: str, seconds: float = _PATIENCE) -> None:
    """Return when a server answers at ``address``. Raises `Unavailable` after ``seconds``."""
    parts = urlsplit(address)
    until = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=2)
        try:
            connection.request("GET", "/sign-in/")
            connection.getresponse().read()
        except OSError:
            if time.monotonic() > until:
                raise Unavailable(f"No server came up at {address}.") from None
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
