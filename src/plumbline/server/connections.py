"""A connection of the server: one that keeps nothing under way for long is ended.

Uvicorn waits without end for the first request, for the rest of a request's head, and for a reader to take
the last bytes of an answer. Connections are counted, so each of these would take a place from somebody else.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from plumbline.server.departure import DROP

IDLE = 30.0
"""Seconds a connection may be without a request under way; longer than it is kept alive for the next one."""
_LOOK = 5.0


class Connection(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to waiting."""

    idle, look = IDLE, _LOOK

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to look at the connection now and then."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self.app_state = {**self.app_state, DROP: transport.abort}
        self._timer = self.loop.call_later(self.look, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking."""
        self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Count from the end of the answer."""
        self._since = self.loop.time()
        super().on_response_complete()

    def _look(self) -> None:
        under_way: Any = self.cycle is not None and not self.cycle.response_complete
        if not under_way and self.loop.time() - self._since > self.idle:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(self.look, self._look)
