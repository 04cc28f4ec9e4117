"""Slow readers hold up nobody else: an answer leaves its thread as fast as it is made."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from a2wsgi import WSGIMiddleware
from tests.waiting import PATIENCE, run_without_waiting, until

from plumbline.server import response_buffering
from plumbline.server.connections import IdleTimeoutProtocol
from plumbline.server.request_buffering import BufferRequestMiddleware
from plumbline.server.response_buffering import BufferResponseMiddleware, with_file_wrapper

BIG = 12_000_000


def content(size: int) -> bytes:
    """``size`` bytes of which no two stretches look alike."""
    return b"".join(b"%015d\n" % number for number in range(size // 16 + 1))[:size]


class House:
    """A WSGI application whose answers are long, behind the same middleware as the pages."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.ended = self.answered = 0
        (folder / "pack").write_bytes(content(BIG))
        self.app = BufferResponseMiddleware(
            WSGIMiddleware(with_file_wrapper(self.wsgi), workers=2), folder, **more
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, and count it once nothing more is sent for it."""
        await self.app(scope, receive, send)
        self.answered += 1

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        headers = [("Content-Type", "application/octet-stream")]
        if path == "/short":
            start_response("200 OK", [*headers, ("Content-Length", "2")])
            return [b"ok"]
        if path == "/unchanged":
            start_response("304 Not Modified", [("ETag", '"x"')])
            return []
        if path == "/breaks":
            start_response("200 OK", headers)
            return self.breaking()
        if path == "/pack":
            start_response("200 OK", [*headers, ("Content-Length", str(BIG - 7))])
            file = (self.folder / "pack").open("rb")
            file.seek(7)
            wrap: Callable[..., Iterable[bytes]] = environ["wsgi.file_wrapper"]
            return wrap(file)
        if path == "/made":
            start_response("200 OK", [*headers, ("Content-Length", str(BIG))])
            wrap = environ["wsgi.file_wrapper"]
            return wrap(io.BytesIO(content(BIG)))
        start_response("200 OK", headers)
        return self.stream()

    def stream(self) -> Iterator[bytes]:
        whole = memoryview(content(BIG))
        try:
            for start in range(0, BIG, 100_000):
                yield bytes(whole[start : start + 100_000])
        finally:
            self.ended += 1

    def breaking(self) -> Iterator[bytes]:
        yield b"x" * 10
        raise OSError("the disk is gone")


@contextmanager
def served(app: Any, kind: type[IdleTimeoutProtocol] = IdleTimeoutProtocol) -> Iterator[int]:
    """The port at which ``app`` is served by the server of an installation."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=kind, ws="none", log_config=None, lifespan="off", timeout_graceful_shutdown=25
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def ask(port: int, path: str, method: str = "GET", buffer: int = 0) -> socket.socket:
    """A connection over which one request has been sent; with ``buffer``, one that reads little at once."""
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(PATIENCE)
    made.connect(("127.0.0.1", port))
    made.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    return made


def whole(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the answer, until the connection ends."""
    parts = []
    with connection:
        while part := connection.recv(1_000_000):
            parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return head, body


def descriptors() -> int:
    """Files and sockets this process has open; 0 where that cannot be told."""
    place = Path("/proc/self/fd")
    return len(list(place.iterdir())) if place.exists() else 0


def joined(body: bytes) -> bytes:
    """A chunked body without its chunk sizes."""
    stream, parts = io.BytesIO(body), []
    while size := int(stream.readline(), 16):
        parts.append(stream.read(size))
        stream.readline()
    return b"".join(parts)


def test_more_slow_readers_than_threads_stop_nobody(tmp_path: Path) -> None:
    house = House(tmp_path, grace=10 * PATIENCE)  # nobody is let go before the test is given up
    with served(house) as port:
        slow = [ask(port, path, buffer=4_096) for path in ("/stream", "/pack", "/made") * 4]
        assert whole(ask(port, "/short"))[1] == b"ok"
        until(lambda: house.answered, "the short answer was not noticed")
        assert house.answered == 1, "the slow readers are still there"
        for each in slow:
            each.close()


def test_a_full_disk_cuts_long_answers_off_and_costs_no_thread(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.app.budget.folder = str(tmp_path / "gone")
    with served(house.app) as port:
        for _ in range(4):  # twice as many as there are threads
            with suppress(ConnectionError):
                assert len(whole(ask(port, "/stream"))[1]) < BIG
        assert whole(ask(port, "/short"))[1] == b"ok"
    assert (house.app.budget.memory, house.app.budget.total) == (0, 0)


def test_everything_arrives_as_it_was_made(tmp_path: Path) -> None:
    with served(House(tmp_path).app) as port:
        assert joined(whole(ask(port, "/stream"))[1]) == content(BIG)
        assert whole(ask(port, "/pack"))[1] == content(BIG)[7:]
        assert whole(ask(port, "/made"))[1] == content(BIG)


def test_heads_stay_as_they_were(tmp_path: Path) -> None:
    with served(House(tmp_path).app) as port:
        head, body = whole(ask(port, "/pack", "HEAD"))
        assert f"content-length: {BIG - 7}".encode() in head.lower()
        assert body == b""
        head, body = whole(ask(port, "/unchanged"))
        assert head.startswith(b"HTTP/1.1 304")
        assert (b"transfer-encoding" in head.lower(), body) == (False, b"")
        head, body = whole(ask(port, "/short"))
        assert (b"content-length: 2" in head.lower(), body) == (True, b"ok")


def test_an_answer_that_breaks_off_is_not_ended_as_if_it_were_whole(tmp_path: Path) -> None:
    with served(House(tmp_path).app) as port:
        assert not whole(ask(port, "/breaks"))[1].endswith(b"0\r\n\r\n")


def test_little_is_kept_in_memory_and_nothing_afterwards(tmp_path: Path) -> None:
    house = House(tmp_path, memory_limit=200_000)
    budget = house.app.budget
    open_before = descriptors()
    with served(house.app) as port:
        slow = [ask(port, "/stream", buffer=4_096) for _ in range(4)]
        until(lambda: house.ended == 4, "the answers were not made to their end")
        assert budget.memory <= 200_000
        assert 4 * BIG - 24_000_000 < budget.total <= 4 * BIG
        assert [file.name for file in tmp_path.iterdir()] == ["pack"]
        for each in slow:
            each.close()
        until(lambda: (budget.total, budget.memory) == (0, 0), "what was kept for answers is not given back")
    assert descriptors() <= open_before + 2


def test_what_all_answers_keep_is_bounded(tmp_path: Path) -> None:
    house = House(tmp_path, total_limit=4_000_000)
    with served(house.app) as port:
        cut = ask(port, "/stream", buffer=4_096)
        until(lambda: house.ended, "the answer was not made to its end")
        assert house.app.budget.total <= 4_000_000
        assert whole(ask(port, "/short"))[1] == b"ok"
        with suppress(ConnectionResetError):
            assert len(whole(cut)[1]) < BIG


@pytest.mark.parametrize("path", ["/stream", "/pack"])
def test_who_reads_too_slowly_is_let_go(tmp_path: Path, path: str) -> None:
    house = House(tmp_path, grace=0.5)
    with served(house) as port:
        slow = ask(port, path, buffer=4_096)
        until(lambda: house.answered, "the slow reader was not let go")
        with suppress(ConnectionResetError):
            assert len(whole(slow)[1]) < BIG // 4
        assert house.app.budget.total == 0
        assert whole(ask(port, "/short"))[1] == b"ok"


def test_time_in_which_the_application_works_is_not_the_readers() -> None:
    """An answer that takes four times a reader's patience to make arrives."""

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(4):
            await asyncio.sleep(0.1)
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    got = b""

    async def reader(message: dict[str, Any]) -> None:
        nonlocal got
        got += message.get("body", b"")

    run_without_waiting(
        BufferResponseMiddleware(slow, grace=0.1)({"type": "http", "method": "GET"}, None, reader)
    )  # type: ignore[arg-type]
    assert got == b"xxxx"


def test_a_request_whose_sender_hung_up_is_over() -> None:
    """Nothing is answered to it, and nothing waits for an answer."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the body never arrived")

    arriving = [
        {"type": "http.request", "body": b"half of it", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return arriving.pop(0)

    async def send(message: dict[str, Any]) -> None:
        raise AssertionError("nobody is there")

    async def served() -> None:
        scope = {"type": "http", "method": "POST", "headers": [(b"content-length", b"20")]}
        async with asyncio.timeout(PATIENCE):
            await BufferResponseMiddleware(BufferRequestMiddleware(app, 1_000, 10))(scope, receive, send)

    asyncio.run(served())


def test_a_steady_pace_is_enough() -> None:
    """Sixteen pieces, each within its own time, together far beyond the patience."""
    pieces = 16

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * response_buffering.CHUNK * pieces})

    taken = 0

    async def reader(message: dict[str, Any]) -> None:
        nonlocal taken
        await asyncio.sleep(0.05)
        taken += len(message.get("body", b""))

    run_without_waiting(
        BufferResponseMiddleware(app, grace=0.2)({"type": "http", "method": "GET"}, None, reader)
    )  # type: ignore[arg-type]
    assert taken == response_buffering.CHUNK * pieces


class Hasty(IdleTimeoutProtocol):
    """A connection whose idle time is short, for the test."""

    idle_limit, check_interval = 0.3, 0.1


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\nHost: lo", b"GET /short HTTP/1.1\r\nHost: localhost\r\n\r\nGET"]
)
def test_a_connection_that_asks_for_nothing_is_ended(tmp_path: Path, sent: bytes) -> None:
    with served(House(tmp_path).app, Hasty) as port, socket.create_connection(("127.0.0.1", port)) as mute:
        mute.settimeout(PATIENCE)
        mute.sendall(sent)
        with suppress(ConnectionResetError):
            while mute.recv(4_096):  # raises TimeoutError where nobody ends it
                pass


def test_the_pages_are_behind_it_and_hand_over_files() -> None:
    from plumbline.server import asgi

    assert isinstance(asgi._pages, BufferResponseMiddleware)
    assert asgi._threads.app.__qualname__.startswith("with_file_wrapper")
