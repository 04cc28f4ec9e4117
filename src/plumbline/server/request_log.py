"""Each request timed, given an id, and, when the settings ask for it, written to the log as one line.

A line names the request's id (also in the answer, ``X-Request-ID``), the door, the method, the status, the
duration and what became of it. It names no address, no query and no person beyond an opaque id: logs are
copied and read by many, and an address here holds references, handles and secrets.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from plumbline.api.raw_body import Receive, Scope, Send
from plumbline.identity.models import Person
from plumbline.kernel import ids, request_notes
from plumbline.kernel.measurements import HTTP_DURATION

REQUEST_ID: Final = b"x-request-id"
_log = logging.getLogger("plumbline.request")
_DOORS: Final = (
    ("/api/v1/telemetry/", "ingest"),
    ("/v1/", "ingest"),
    ("/api/", "api"),
    ("/static/", "static"),
    ("/healthz", "operator"),
    ("/readyz", "operator"),
    ("/metrics", "operator"),
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def door_of(path: str) -> str:
    """Which door an address belongs to, in a word."""
    return next((door for prefix, door in _DOORS if path.startswith(prefix)), "page")


class RequestLog:
    """ASGI middleware around all doors: id, duration and outcome of each request."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and say how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Always our own: an id that a visitor chose could be that of another line.
        request_id = ids.opaque("req")
        begun, status = time.monotonic(), 0
        others = [pair for pair in scope["headers"] if pair[0] != REQUEST_ID]
        scope = {**scope, "headers": [*others, (REQUEST_ID, request_id.encode())]}

        async def sent(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (REQUEST_ID, request_id.encode())]}
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            seconds = time.monotonic() - begun
            actor = request_notes.take(request_id)
            door, method = door_of(scope["path"]), scope["method"] if scope["method"] in _METHODS else "other"
            HTTP_DURATION.observe(seconds, door=door, status=f"{status // 100}xx" if status else "none")
            if _log.isEnabledFor(logging.INFO):
                _log.info(
                    "request",
                    extra={
                        "request_id": request_id,
                        "actor": actor,
                        "door": door,
                        "method": method,
                        "status": status,
                        "duration_ms": round(seconds * 1_000, 3),
                        "outcome": _outcome(status),
                    },
                )


class NoteActor:
    """Django middleware: who is signed in, for the line at the end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            request_notes.note(request.headers.get("X-Request-ID", ""), request.user.handle)
        return self.get_response(request)


def _outcome(status: int) -> str:
    if not status:
        return "disconnected"
    return "done" if status < 400 else "refused" if status < 500 else "failed"
