"""What operators ask: ``/healthz``, ``/readyz`` and ``/metrics``, beside pages and API.

``/healthz`` says that the process answers, and touches nothing. ``/readyz`` asks every check of
`plumbline.work.readiness` and answers 200 or 503. ``/metrics`` is text for Prometheus. The first two are
open, since whatever balances load has no token, and therefore name reasons and nothing else; details,
remedies and metrics are for whoever sends the token of the settings or asks from this machine itself.

None of them looks at the host name: probes ask by address, and nothing here makes a link.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Any, Final, TypeVar

import msgspec
from django.db import close_old_connections, connections

from plumbline.api.raw_body import Headers, Receive, Scope, Send
from plumbline.config import Config
from plumbline.kernel.measurements import exposition
from plumbline.server import metrics
from plumbline.work import readiness
from plumbline.work.readiness import Check

Result = TypeVar("Result")
HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
PATHS: Final = frozenset({HEALTH, READY, METRICS})
PROXY_HEADERS: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
JSON: Final = b"application/json"
TEXT: Final = b"text/plain; version=0.0.4; charset=utf-8"
_AGE: Final = 1.0
"""Seconds for which an answer is given again: anybody may ask, and each answer takes a dozen queries."""


class OperatorDoor:
    """The ASGI application for the addresses in `PATHS`."""

    def __init__(self, config: Config) -> None:
        """Answer for the installation of ``config``. The thread starts with the first question."""
        self._config = config
        # One thread: questions wait for one another and not for a worker of the pages.
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="operators")
        self._checks: tuple[float, list[Check]] = (-_AGE, [])
        self._metrics: tuple[float, bytes] = (-_AGE, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one GET or HEAD request."""
        headers = Headers(scope["headers"])
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(scope, send, 405, JSON, b'{"status":"method not taken"}')
        elif scope["path"] == HEALTH:
            await _answer(scope, send, 200, JSON, b'{"status":"alive"}')
        elif scope["path"] == READY:
            found = await self._run(self._asked)
            ready, trusted = readiness.is_ready(found), self._is_trusted(scope, headers)
            status = 200 if ready else 503
            await _answer(scope, send, status, JSON, _document(found, ready=ready, whole=trusted))
        elif self._is_trusted(scope, headers):
            await _answer(scope, send, 200, TEXT, await self._run(self._measured))
        else:
            refusal = b'{"status":"send PLUMBLINE_METRICS_TOKEN as a bearer token"}'
            await _answer(scope, send, 401, JSON, refusal)

    def close(self) -> None:
        """Close the connections of the thread and let it end."""
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=True)

    def _is_trusted(self, scope: Scope, headers: Headers) -> bool:
        """Whether the request brings the token, or comes from this machine through no proxy."""
        kind, _, token = headers.get("authorization").partition(" ")
        if self._config.metrics_token and kind.lower() == "bearer":
            return hmac.compare_digest(token.strip().encode(), self._config.metrics_token.encode())
        if self._config.metrics_token or any(headers.get(name) for name in PROXY_HEADERS):
            return False
        try:
            return ip_address(str(scope["client"][0])).is_loopback if scope.get("client") else False
        except ValueError:
            return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(_with_connection, work))

    def _asked(self) -> list[Check]:
        if time.monotonic() - self._checks[0] >= _AGE:
            self._checks = (time.monotonic(), readiness.checks(self._config))
        return self._checks[1]

    def _measured(self) -> bytes:
        if time.monotonic() - self._metrics[0] >= _AGE:
            families = metrics.families(self._config, self._asked())
            self._metrics = (time.monotonic(), exposition(families).encode())
        return self._metrics[1]


def _document(found: list[Check], *, ready: bool, whole: bool) -> bytes:
    rows: list[dict[str, Any]] = []
    for check in found:
        row: dict[str, Any] = {"name": check.name, "ok": check.ok}
        if not check.ok:
            row |= {"required": check.required, "reason": check.reason}
            row |= {"detail": str(check.detail), "remedy": str(check.remedy)} if whole else {}
        elif whole and check.detail:
            row["detail"] = str(check.detail)
        rows.append(row)
    return msgspec.json.encode({"status": "ready" if ready else "not ready", "checks": rows})


def _with_connection(work: Callable[[], Result]) -> Result:
    close_old_connections()
    return work()


async def _answer(scope: Scope, send: Send, status: int, media_type: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="plumbline"'))
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
