"""Answers leave the few threads as fast as they are made, however slowly somebody reads them.

A thread that waited for a slow reader would be lost to everybody else; eight such readers would stop the
pages. So what a thread makes is kept, a little in memory and the rest in a file without a name, and the event
loop sends it. A file that lies on the disk anyway (a pack, a style sheet) is not copied: the thread hands it
over open. Who reads more slowly than `SLOWEST` is let go.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Protocol

from plumbline.server.arrival import Receive, Scope, Send

IN_MEMORY = 131_072
"""Bytes of one answer kept in memory."""
ALL_IN_MEMORY = 16_777_216
"""Bytes of all answers on their way kept in memory; over it, even small ones go to a file."""
ALL_KEPT = 2_147_483_648
"""Bytes of all answers on their way; a long one that would need more is cut off."""
SLOWEST = 16_384
"""Bytes a second that a reader takes at the least."""
PATIENCE = 30.0
"""Seconds a reader may be behind that."""
PIECE = 65_536
"""Bytes sent at once."""
_TURN = 1_048_576
"""Bytes of one answer written at once; then others have their turn."""
DROP = "plumbline.drop"
"""Name in the scope's ``state`` of the function that ends the connection at once."""
_HELD = "plumbline.held"
_log = logging.getLogger(__name__)


class Readable(Protocol):
    """An open file, as a response of a web framework holds it."""

    def read(self, size: int, /) -> bytes: ...

    def tell(self) -> int: ...

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class Room:
    """What all answers on their way together hold."""

    def __init__(self, folder: Path | None, in_memory: int, kept: int) -> None:
        """Files without a name go into ``folder`` (default: the system's own)."""
        self.folder = str(folder) if folder else None
        self._memory_limit, self._limit = in_memory, kept
        self.memory = self.kept = 0

    def crowded(self, size: int) -> bool:
        """Whether ``size`` bytes more would be too many in memory."""
        return self.memory + size > self._memory_limit

    def full(self, size: int) -> bool:
        """Whether ``size`` bytes more would be too many."""
        return self.kept + size > self._limit


class Held:
    """One answer on its way: its head, its bytes so far, perhaps an open file after them."""

    def __init__(self, room: Room) -> None:
        self.head: dict[str, Any] | None = None
        self.over = self.dropped = False
        self.file: tuple[int, int, int] | None = None
        """Descriptor, first byte and the byte after the last of a file that was handed over."""
        self._room, self._news = room, asyncio.Event()
        self._body: SpooledTemporaryFile[bytes] | None = None
        self._written = self._read = self._in_memory = 0

    async def put(self, message: dict[str, Any]) -> None:
        """Keep what the application sends; never waits, and throws away what nobody will read."""
        if message["type"] == "http.response.start":
            self.head = message
        else:
            piece = message.get("body", b"")
            if self._written + len(piece) > IN_MEMORY and self._room.full(len(piece)):
                self.close()
            if piece and not self.dropped:
                try:
                    await self._keep(piece)
                except OSError:  # raised further, it would leave the thread waiting for good
                    _log.warning("an answer was cut off, it could not be kept on its way", exc_info=True)
                    self.close()
            self.over = not message.get("more_body", False)
        self._news.set()

    async def _keep(self, content: bytes) -> None:
        for start in range(0, len(content), _TURN):
            self._write(content[start : start + _TURN])
            if start + _TURN < len(content):
                await asyncio.sleep(0)
            if self.dropped:
                return

    def _write(self, piece: bytes) -> None:
        if self._body is None:
            self._body = SpooledTemporaryFile(dir=self._room.folder)  # noqa: SIM115 - closed in `close`
        in_file = self._written > self._in_memory
        if not in_file and (self._written + len(piece) > IN_MEMORY or self._room.crowded(len(piece))):
            self._body.rollover()
            self._room.memory -= self._in_memory
            self._in_memory, in_file = 0, True
        if not in_file:
            self._in_memory += len(piece)
            self._room.memory += len(piece)
        self._body.seek(self._written)
        self._body.write(piece)
        self._written += len(piece)
        self._room.kept += len(piece)

    def take(self, file: Readable) -> bool:
        """Take over an open file of the disk, from where it stands; called in the thread that made it."""
        try:
            at, descriptor = file.tell(), os.dup(file.fileno())
        except (AttributeError, OSError):
            return False
        self.file = (descriptor, at, os.fstat(descriptor).st_size)
        return True

    async def news(self) -> None:
        """Wait until the application has sent more."""
        await self._news.wait()
        self._news.clear()

    def piece(self) -> bytes:
        """The next bytes that were kept and not yet read."""
        if self._body is None or self._read == self._written:
            return b""
        self._body.seek(self._read)
        found = self._body.read(PIECE)
        self._read += len(found)
        return found

    @property
    def read_up(self) -> bool:
        """Whether nothing that was kept is unread."""
        return self._read == self._written

    def close(self) -> None:
        """Give back what is held; what comes afterwards is thrown away."""
        self.dropped = True
        self._room.memory -= self._in_memory
        self._room.kept -= self._written
        self._in_memory = self._written = self._read = 0
        if self._body is not None:
            self._body.close()
            self._body = None
        if self.file is not None:
            os.close(self.file[0])
            self.file = None


class Departure:
    """ASGI middleware: ``app`` never waits for who reads its answers."""

    def __init__(
        self,
        app: Any,
        folder: Path | None = None,
        *,
        patience: float = PATIENCE,
        in_memory: int = ALL_IN_MEMORY,
        kept: int = ALL_KEPT,
    ) -> None:
        """Keep answers on their way in memory and in files without a name in ``folder``."""
        self._app, self._patience = app, patience
        self.room = Room(folder, in_memory, kept)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        held = Held(self.room)
        courier = asyncio.ensure_future(self._carry(held, scope, send))
        try:
            await self._app({**scope, _HELD: held}, receive, held.put)
            if held.over:  # else the sender hung up, and nothing more is to come
                await courier
        finally:
            courier.cancel()
            held.close()

    async def _carry(self, held: Held, scope: Scope, send: Send) -> None:
        pace = _Pace(send, self._patience)
        try:
            while held.head is None:
                await held.news()
            await pace.send(held.head, 0)
            while held.dropped or not (held.over and held.read_up):
                piece = held.piece()
                if held.dropped:
                    raise TimeoutError
                if piece:
                    last = held.over and held.read_up and held.file is None
                    await pace.send(_body(piece, more=not last), len(piece))
                    if last:
                        return
                else:
                    await held.news()
            if held.file is not None and scope["method"] != "HEAD":
                await _send_file(*held.file, pace)
            await pace.send(_body(b"", more=False), 0)
        except TimeoutError:
            await _drop(scope)
        finally:
            held.dropped = True


class _Pace:
    """Sends, and counts the time spent waiting for the reader against what was taken."""

    def __init__(self, send: Send, patience: float) -> None:
        self._send, self._left, self._most = send, patience, patience

    async def send(self, message: dict[str, Any], size: int) -> None:
        """Send one message. Raises ``TimeoutError`` when the reader is too far behind."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with asyncio.timeout(self._left):
            await self._send(message)
        self._left = min(self._left - (loop.time() - begun) + size / SLOWEST, self._most)
        if self._left <= 0:
            raise TimeoutError


def _body(piece: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


async def _send_file(descriptor: int, at: int, end: int, pace: _Pace) -> None:
    while at < end:
        piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE, end - at), at)
        if not piece:
            return
        at += len(piece)
        await pace.send(_body(piece, more=True), len(piece))


async def _drop(scope: Scope) -> None:
    """End the connection without sending what is still in its buffer."""
    drop: Callable[[], None] | None = scope.get("state", {}).get(DROP)
    if drop is not None:
        drop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class _Handed:
    """The body of an answer that is an open file (PEP 3333, ``wsgi.file_wrapper``)."""

    def __init__(self, held: Held, file: Readable, size: int = PIECE) -> None:
        self._held, self._file, self._size = held, file, size

    def __iter__(self) -> Iterator[bytes]:
        if not self._held.take(self._file):
            yield from iter(lambda: self._file.read(self._size), b"")

    def close(self) -> None:
        """Close the file as its maker wants it closed."""
        self._file.close()


def handing_over(wsgi: Any) -> Any:
    """``wsgi`` with a file wrapper, by which it hands over open files instead of reading them out."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        held = environ["asgi.scope"].get(_HELD)
        if held is not None:
            environ["wsgi.file_wrapper"] = lambda file, size=PIECE: _Handed(held, file, size)
        made: Iterable[bytes] = wsgi(environ, start_response)
        return made

    return application
