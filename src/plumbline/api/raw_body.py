"""Reading the body of a raw ASGI request, within limits of size and time.

The types and problems here serve every ASGI application of the server, the buffering middlewares included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from plumbline.kernel.problems import Fault, Malformed, Problem, TooLarge

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class MethodNotAllowed(Problem):
    """The address exists but does not take this method."""

    status, code, title = 405, "method-not-taken", "This address does not take this method"


class RequestTimeout(Problem):
    """The body did not arrive in time."""

    status, code, title = 408, "slow", "The body did not arrive in time"


class ClientDisconnected(Exception):
    """The sender hung up."""


class Headers:
    """The headers of a request by lower-case name; one that was sent twice counts as not sent.

    Two values for one header are how a request says one thing to a proxy and another to us.
    """

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in raw:
            key = name.decode("latin-1").lower()
            self._values[key] = "" if key in self._values else value.decode("latin-1").strip()

    def get(self, name: str) -> str:
        """The value of the header, or an empty text."""
        return self._values.get(name, "")


async def read_body(receive: Receive, headers: Headers, limit: int, seconds: float) -> bytes:
    """The whole body, at most ``limit`` bytes, within ``seconds``.

    A body that is announced as too large is refused before any of it is read. Raises `TooLarge`,
    `Malformed` for a length that is not a number, `RequestTimeout`, and `ClientDisconnected` when the
    sender hangs up.
    """
    announced = headers.get("content-length")
    if announced and not (announced.isascii() and announced.isdigit()):
        raise Malformed(
            "Content-Length is not a number.",
            [Fault("Content-Length", "is not a number", "Send the size in bytes.")],
        )
    if announced and (len(announced) > 12 or int(announced) > limit):
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(receive, limit)
    except TimeoutError:
        raise RequestTimeout(
            f"The body did not arrive within {seconds:g} seconds. Send smaller batches."
        ) from None


async def _collect(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    total, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        piece = message.get("body", b"")
        total += len(piece)
        if total > limit:
            raise _too_large(limit)
        pieces.append(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large(limit: int) -> TooLarge:
    remedy = "Send fewer events in one request, or compress the body with gzip."
    return TooLarge(f"The body may have at most {limit} bytes.", [Fault("", "is too large", remedy)])
