"""Request bodies for the pages and the API are read in full before a worker thread sees the request.

Django runs in a pool of eight threads. A thread that read the body itself would be blocked for as long as
the client takes to send it, so eight slow clients would stop every page. The event loop reads the body
instead, within limits of size and time, and the thread starts with the whole body at hand.
"""

from __future__ import annotations

import asyncio
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec

from plumbline.api.raw_body import ClientDisconnected, Receive, RequestTimeout, Scope, Send
from plumbline.kernel.problems import Fault, Malformed, Problem, TooLarge

MEMORY_LIMIT = 262_144
"""Bytes of one body kept in memory; anything longer continues in an unnamed temporary file."""
MIN_RATE = 65_536
"""Bytes per second. A body declared as long gets this much extra time, so large uploads are not cut off."""
FORM_OVERHEAD = 1_048_576
"""Bytes a multipart form may need around the file it carries."""
_CHUNK = 65_536


class BufferRequestMiddleware:
    """ASGI middleware: ``app`` is called once the whole body has arrived, with its true length."""

    def __init__(self, app: Any, limit: int, seconds: float) -> None:
        """Accept bodies of up to ``limit`` bytes that arrive within ``seconds``, long ones at `MIN_RATE`."""
        self._app, self._limit, self._seconds = app, limit, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; a body that is too long or too slow is refused with a problem document."""
        try:
            declared = _declared_length(scope)
            if declared == 0:
                await self._app(scope, receive, send)
                return
            if declared is not None and declared > self._limit:
                raise _too_large(self._limit)
            with SpooledTemporaryFile(MEMORY_LIMIT) as body:
                size = await self._read_body(receive, body, declared or 0)
                body.seek(0)
                await self._app(_with_length(scope, size), _replay(body, size), send)
        except ClientDisconnected:
            return
        except Problem as problem:
            await _send_problem(send, problem)

    async def _read_body(self, receive: Receive, body: Any, declared: int) -> int:
        total, more = 0, True
        try:
            async with asyncio.timeout(self._seconds + declared / MIN_RATE):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientDisconnected
                    chunk = message.get("body", b"")
                    # The declared length is only a claim: what actually arrives is counted as well.
                    total += len(chunk)
                    if total > self._limit:
                        raise _too_large(self._limit)
                    body.write(chunk)
                    more = message.get("more_body", False)
        except TimeoutError:
            raise RequestTimeout(
                "The body did not arrive in time. Nothing was changed; send it again."
            ) from None
        return total


def _declared_length(scope: Scope) -> int | None:
    """Bytes the client announced: 0 for no body at all, ``None`` for a chunked body of unknown length."""
    lengths = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
    if not lengths:
        chunked = any(name.lower() == b"transfer-encoding" for name, _ in scope["headers"])
        return None if chunked else 0
    # Two lengths, or one that is not plain digits, is how requests are smuggled past a proxy
    # (RFC 9112 section 6.3): such a request is refused, not guessed at.
    if len(lengths) > 1 or not lengths[0].isdigit() or len(lengths[0]) > 15:
        raise Malformed("Content-Length is not a number.", [Fault("Content-Length", "is not a number")])
    return int(lengths[0])


def _with_length(scope: Scope, size: int) -> Scope:
    """``scope`` with the length that was counted, so that nothing downstream relies on the client's claim."""
    replaced = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in replaced]
    return {**scope, "headers": [*headers, (b"content-length", str(size).encode())]}


def _replay(body: Any, size: int) -> Receive:
    """A ``receive`` that hands the buffered body on in chunks."""
    remaining = size

    async def receive() -> dict[str, Any]:
        nonlocal remaining
        chunk = body.read(_CHUNK)
        remaining -= len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": remaining > 0 and bool(chunk)}

    return receive


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body may have at most {limit} bytes.", [Fault("", "is too large", "send less")])


async def _send_problem(send: Send, problem: Problem) -> None:
    content = msgspec.json.encode(problem.as_dict())
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        # The rest of the body is never read, so the connection cannot carry another request.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
