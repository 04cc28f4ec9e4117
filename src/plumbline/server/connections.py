"""HTTP connections that end when they sit idle.

Uvicorn waits without limit for a first request, for the rest of a request's head, and for a client to take
the last bytes of a response. The number of connections is limited, so each of these would keep somebody
else out.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from plumbline.server.response_buffering import ABORT

IDLE_LIMIT = 30.0
"""Seconds without a request in progress; longer than uvicorn keeps a connection alive for the next one."""
_CHECK_INTERVAL = 5.0


class IdleTimeoutProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with a limit on waiting."""

    idle_limit, check_interval = IDLE_LIMIT, _CHECK_INTERVAL

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin the regular check of this connection, and give requests a way to end it."""
        super().connection_made(transport)
        self._idle_since = self.loop.time()
        self.app_state = {**self.app_state, ABORT: transport.abort}
        self._timer = self.loop.call_later(self.check_interval, self._check)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop checking."""
        self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Count idle time from the end of the response."""
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def _check(self) -> None:
        # A request in progress has limits of its own (see the two buffering modules), so only the time
        # between requests counts here.
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy and self.loop.time() - self._idle_since > self.idle_limit:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(self.check_interval, self._check)
