"""Responses leave their worker thread as fast as they are produced, however slowly the client reads them.

Django runs in a pool of eight threads. A thread that waited for a slow client would be lost to everyone
else, so eight slow clients would stop every page. Whatever a thread produces is buffered instead, a little
in memory and the rest in an unnamed temporary file, and the event loop sends it. A response that is a file
on disk already (a pack, a style sheet) is not copied: the thread hands over the open file. A client that
reads more slowly than `MIN_RATE` for longer than `GRACE` is disconnected.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple, Protocol

from plumbline.api.raw_body import Receive, Scope, Send

MEMORY_LIMIT = 131_072
"""Bytes of one response kept in memory."""
TOTAL_MEMORY_LIMIT = 16_777_216
"""Bytes of all pending responses kept in memory; beyond it, even short ones go to a file."""
TOTAL_LIMIT = 2_147_483_648
"""Bytes of all pending responses together; a long one that would exceed it is cut off."""
MIN_RATE = 16_384
"""Bytes per second a client has to read on average."""
GRACE = 30.0
"""Seconds a client may fall behind `MIN_RATE`."""
CHUNK = 65_536
"""Bytes sent at once."""
_WRITE_SLICE = 1_048_576
"""Bytes written to the buffer before the event loop serves other clients again."""
ABORT = "plumbline.abort"
"""Key in the scope's ``state`` of the function that ends the connection immediately."""
_RESPONSE = "plumbline.response"
_log = logging.getLogger(__name__)


class Readable(Protocol):
    """An open file, as a framework's response holds it."""

    def read(self, size: int, /) -> bytes: ...

    def tell(self) -> int: ...

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class FileRange(NamedTuple):
    """An open descriptor, the first byte to send and the byte after the last."""

    descriptor: int
    start: int
    end: int


class BufferBudget:
    """How much all pending responses together may occupy, and how much they do.

    Touched only from the event loop, so that no lock is needed.
    """

    def __init__(self, folder: Path | None, memory_limit: int, total_limit: int) -> None:
        """Unnamed temporary files are made in ``folder`` (default: the system's own)."""
        self.folder = str(folder) if folder else None
        self._memory_limit, self._total_limit = memory_limit, total_limit
        self.memory = self.total = 0

    def exceeds_memory(self, size: int) -> bool:
        """Whether ``size`` more bytes would be too many in memory."""
        return self.memory + size > self._memory_limit

    def exceeds_total(self, size: int) -> bool:
        """Whether ``size`` more bytes would be too many altogether."""
        return self.total + size > self._total_limit


class BufferedResponse:
    """One pending response: its start message, the bytes produced so far, perhaps an open file after them."""

    def __init__(self, budget: BufferBudget) -> None:
        self.start: dict[str, Any] | None = None
        self.complete = self.discarded = False
        self.file: FileRange | None = None
        self._budget, self._changed = budget, asyncio.Event()
        self._body: SpooledTemporaryFile[bytes] | None = None
        self._written = self._read = self._in_memory = 0

    async def receive(self, message: dict[str, Any]) -> None:
        """Buffer what the application sends; never waits for the client.

        Once the client is gone, whatever still comes is discarded.
        """
        if message["type"] == "http.response.start":
            self.start = message
        else:
            chunk = message.get("body", b"")
            # Only responses beyond `MEMORY_LIMIT` are cut off when the budget is spent: a few large
            # downloads must not be able to stop ordinary pages.
            if self._written + len(chunk) > MEMORY_LIMIT and self._budget.exceeds_total(len(chunk)):
                self.close()
            if chunk and not self.discarded:
                try:
                    await self._store(chunk)
                except OSError:  # raised further, it would leave the worker thread waiting forever
                    _log.warning("a response was cut off because it could not be buffered", exc_info=True)
                    self.close()
            self.complete = not message.get("more_body", False)
        self._changed.set()

    async def _store(self, content: bytes) -> None:
        for start in range(0, len(content), _WRITE_SLICE):
            self._write(content[start : start + _WRITE_SLICE])
            if start + _WRITE_SLICE < len(content):
                await asyncio.sleep(0)
            if self.discarded:  # closed while others had their turn
                return

    def _write(self, chunk: bytes) -> None:
        if self._body is None:
            self._body = SpooledTemporaryFile(dir=self._budget.folder)  # noqa: SIM115 - closed in `close`
        in_file = self._written > self._in_memory
        too_long = self._written + len(chunk) > MEMORY_LIMIT or self._budget.exceeds_memory(len(chunk))
        if not in_file and too_long:
            self._body.rollover()
            self._budget.memory -= self._in_memory
            self._in_memory, in_file = 0, True
        if not in_file:
            self._in_memory += len(chunk)
            self._budget.memory += len(chunk)
        self._body.seek(self._written)
        self._body.write(chunk)
        self._written += len(chunk)
        self._budget.total += len(chunk)

    def adopt_file(self, file: Readable) -> bool:
        """Take over an open file from its current position; called in the thread that opened it.

        The descriptor is duplicated, because the framework closes its own as soon as the thread is done.
        """
        try:
            start, descriptor = file.tell(), os.dup(file.fileno())
        except (AttributeError, OSError):  # not a file on disk, for example an ``io.BytesIO``
            return False
        self.file = FileRange(descriptor, start, os.fstat(descriptor).st_size)
        return True

    async def wait_for_change(self) -> None:
        """Wait until the application has sent more."""
        await self._changed.wait()
        self._changed.clear()

    def next_chunk(self) -> bytes:
        """The next buffered bytes that have not been sent; empty when there are none yet."""
        if self._body is None or self.drained:
            return b""
        self._body.seek(self._read)
        chunk = self._body.read(CHUNK)
        self._read += len(chunk)
        return chunk

    @property
    def drained(self) -> bool:
        """Whether everything that was buffered has been taken."""
        return self._read == self._written

    def close(self) -> None:
        """Release the buffer; anything that still arrives is discarded. May be called more than once."""
        self.discarded = True
        self._budget.memory -= self._in_memory
        self._budget.total -= self._written
        self._in_memory = self._written = self._read = 0
        if self._body is not None:
            self._body.close()
            self._body = None
        if self.file is not None:
            os.close(self.file.descriptor)
            self.file = None


class BufferResponseMiddleware:
    """ASGI middleware: ``app`` never waits for the client that reads its response."""

    def __init__(
        self,
        app: Any,
        folder: Path | None = None,
        *,
        grace: float = GRACE,
        memory_limit: int = TOTAL_MEMORY_LIMIT,
        total_limit: int = TOTAL_LIMIT,
    ) -> None:
        """Buffer in memory and in unnamed temporary files in ``folder``."""
        self._app, self._grace = app, grace
        self.budget = BufferBudget(folder, memory_limit, total_limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        response = BufferedResponse(self.budget)
        delivery = asyncio.ensure_future(self._deliver(response, scope, send))
        try:
            await self._app({**scope, _RESPONSE: response}, receive, response.receive)
            # Not complete means the client hung up before its request was whole: nothing more will come,
            # and waiting for the delivery would wait forever.
            if response.complete:
                await delivery
        finally:
            delivery.cancel()
            response.close()

    async def _deliver(self, response: BufferedResponse, scope: Scope, send: Send) -> None:
        paced = _PacedSend(send, self._grace)
        try:
            while response.start is None:
                await response.wait_for_change()
            await paced.send(response.start, 0)
            while response.discarded or not (response.complete and response.drained):
                chunk = response.next_chunk()
                if response.discarded:
                    # Cut off by the budget. The response must not be ended as if it were whole.
                    raise TimeoutError
                if chunk:
                    last = response.complete and response.drained and response.file is None
                    await paced.send(_body(chunk, more=not last), len(chunk))
                    if last:
                        return
                else:
                    await response.wait_for_change()
            if response.file is not None and scope["method"] != "HEAD":
                await _send_file(response.file, paced)
            await paced.send(_body(b"", more=False), 0)
        except TimeoutError:
            await _abort(scope)
        finally:
            response.discarded = True


class _PacedSend:
    """Sends, and weighs the time spent waiting for the client against the bytes it took.

    Only time inside ``send`` counts: the time the application needs to produce a response is not the
    client's fault.
    """

    def __init__(self, send: Send, grace: float) -> None:
        self._send, self._left, self._grace = send, grace, grace

    async def send(self, message: dict[str, Any], size: int) -> None:
        """Send one message. Raises ``TimeoutError`` when the client is too far behind."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with asyncio.timeout(self._left):
            await self._send(message)
        # Credit earned by fast reading is capped, so that nobody saves it up for hours of waiting.
        self._left = min(self._left - (loop.time() - started) + size / MIN_RATE, self._grace)
        if self._left <= 0:
            raise TimeoutError


def _body(chunk: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def _send_file(file: FileRange, paced: _PacedSend) -> None:
    position = file.start
    while position < file.end:
        # The disk may be slow, so it is read in a thread of the loop's own pool, not of the workers'.
        chunk = await asyncio.to_thread(os.pread, file.descriptor, min(CHUNK, file.end - position), position)
        if not chunk:
            return
        position += len(chunk)
        await paced.send(_body(chunk, more=True), len(chunk))


async def _abort(scope: Scope) -> None:
    """End the connection without sending what is still in its buffer.

    The two empty waits let the loop run the callbacks of the aborted transport before the caller goes on.
    """
    abort: Callable[[], None] | None = scope.get("state", {}).get(ABORT)
    if abort is not None:
        abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class _FileBody:
    """A response body that is an open file (PEP 3333, ``wsgi.file_wrapper``)."""

    def __init__(self, response: BufferedResponse, file: Readable, size: int = CHUNK) -> None:
        self._response, self._file, self._size = response, file, size

    def __iter__(self) -> Iterator[bytes]:
        if not self._response.adopt_file(self._file):
            yield from iter(lambda: self._file.read(self._size), b"")

    def close(self) -> None:
        """Close the file, as PEP 3333 asks of every response body."""
        self._file.close()


def with_file_wrapper(wsgi: Any) -> Any:
    """``wsgi`` with a file wrapper that hands over open files instead of reading them through the thread."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = environ["asgi.scope"].get(_RESPONSE)
        if response is not None:
            environ["wsgi.file_wrapper"] = lambda file, size=CHUNK: _FileBody(response, file, size)
        body: Iterable[bytes] = wsgi(environ, start_response)
        return body

    return application
