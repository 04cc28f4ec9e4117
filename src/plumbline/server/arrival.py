"""Bodies of requests to the pages and the API arrive whole before one of the few threads takes them up.

A thread that waited for a slow sender would be lost to everybody else; eight such senders would stop the
pages. So the event loop gathers the body, up to a limit and within a time, and hands it on at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec

from plumbline.kernel.problems import Fault, Malformed, Problem, TooLarge

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

IN_MEMORY = 262_144
"""Bytes of a body kept in memory; the rest of it lies in a file without a name."""
SLOWEST = 65_536
"""Bytes a second; a body that is announced as long has longer to arrive."""
AROUND_A_FILE = 1_048_576
"""Bytes of a form around the file in it."""
_PIECE = 65_536


class Slow(Problem):
    """The body did not arrive in time."""

    status, code, title = 408, "slow", "The body did not arrive in time"


class Gone(Exception):
    """The sender hung up."""


class Whole:
    """ASGI middleware: ``app`` sees a request when its body is there, with its true length."""

    def __init__(self, app: Any, limit: int, seconds: float) -> None:
        """Take bodies of at most ``limit`` bytes that arrive within ``seconds``, long ones at `SLOWEST`."""
        self._app, self._limit, self._seconds = app, limit, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; a body that is too long or too slow is refused with a problem document."""
        try:
            announced = _announced(scope)
            if announced == 0:
                await self._app(scope, receive, send)
                return
            if announced is not None and announced > self._limit:
                raise _too_large(self._limit)
            with SpooledTemporaryFile(IN_MEMORY) as body:
                size = await self._gather(receive, body, announced or 0)
                body.seek(0)
                await self._app(_with_length(scope, size), _reader(body, size), send)
        except Gone:
            return
        except Problem as problem:
            await _refuse(send, problem)

    async def _gather(self, receive: Receive, body: Any, announced: int) -> int:
        total, more = 0, True
        try:
            async with asyncio.timeout(self._seconds + announced / SLOWEST):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    piece = message.get("body", b"")
                    total += len(piece)
                    if total > self._limit:
                        raise _too_large(self._limit)
                    body.write(piece)
                    more = message.get("more_body", False)
        except TimeoutError:
            raise Slow("The body did not arrive in time. Nothing was changed; send it again.") from None
        return total


def _announced(scope: Scope) -> int | None:
    """Bytes the sender speaks of; 0 for no body at all, ``None`` for one of unknown length."""
    lengths = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
    if not lengths:
        chunked = any(name.lower() == b"transfer-encoding" for name, _ in scope["headers"])
        return None if chunked else 0
    if len(lengths) > 1 or not lengths[0].isdigit() or len(lengths[0]) > 15:
        raise Malformed("Content-Length is no number.", [Fault("Content-Length", "is no number")])
    return int(lengths[0])


def _with_length(scope: Scope, size: int) -> Scope:
    dropped = (b"content-length", b"transfer-encoding")
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in dropped]
    return {**scope, "headers": [*kept, (b"content-length", str(size).encode())]}


def _reader(body: Any, size: int) -> Receive:
    left = size

    async def receive() -> dict[str, Any]:
        nonlocal left
        piece = body.read(_PIECE)
        left -= len(piece)
        return {"type": "http.request", "body": piece, "more_body": left > 0 and bool(piece)}

    return receive


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body may have at most {limit} bytes.", [Fault("", "is too large", "send less")])


async def _refuse(send: Send, problem: Problem) -> None:
    content = msgspec.json.encode(problem.as_dict())
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
