"""Slow and endless bodies hold up nobody else, on the pages and the API as at the ingest doors."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings
from tests.waiting import PATIENCE

from plumbline.server.request_buffering import BufferRequestMiddleware


def told(**headers: str) -> dict[str, Any]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "POST", "path": "/x", "headers": pairs}


class Browser:
    """One request: what it sends, and what came back."""

    def __init__(self, pieces: list[bytes], *, ends: bool = True) -> None:
        self.pieces, self.ends, self.pulled = pieces, ends, 0
        self.status, self.body = 0, b""

    async def receive(self) -> dict[str, Any]:
        if self.pulled >= len(self.pieces):
            await asyncio.sleep(60)
        piece = self.pieces[self.pulled]
        self.pulled += 1
        return {
            "type": "http.request",
            "body": piece,
            "more_body": not self.ends or self.pulled < len(self.pieces),
        }

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the body, and with the length it was told."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    length = dict(scope["headers"]).get(b"content-length", b"none")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": length + b" " + body})


def asked(browser: Browser, scope: dict[str, Any], **more: Any) -> Browser:
    app = BufferRequestMiddleware(echo, more.get("limit", 1_000_000), more.get("seconds", PATIENCE))
    asyncio.run(app(scope, browser.receive, browser.send))
    return browser


def test_a_body_arrives_whole_with_its_true_length() -> None:
    long = [b"x" * 60_000] * 10
    for scope, length in (
        (told(content_length="600000"), b"600000"),
        (told(transfer_encoding="chunked"), b"600000"),
    ):
        made = asked(Browser(long), scope)
        assert (made.status, made.body) == (200, length + b" " + b"x" * 600_000)
    assert asked(Browser([b""]), told()).body == b"none "


@pytest.mark.parametrize("length", ["1000001", "9" * 15, "-1", "1e3", "9" * 40])
def test_what_is_announced_as_too_long_is_refused_unread(length: str) -> None:
    made = asked(Browser([b"x"]), told(content_length=length))
    assert made.status in (400, 413)
    assert made.pulled == 0


def test_what_grows_too_long_is_cut_off() -> None:
    made = asked(Browser([b"x" * 100_000] * 50), told(transfer_encoding="chunked"))
    assert (made.status, made.pulled) == (413, 11)


def test_two_lengths_are_none() -> None:
    scope = told(content_length="3")
    scope["headers"].append((b"Content-Length", b"5"))
    assert asked(Browser([b"abc"]), scope).status == 400


def test_a_slow_sender_is_let_go() -> None:
    made = asked(Browser([b"x"], ends=False), told(content_length="100"), seconds=0.1)
    assert made.status == 408


@pytest.mark.django_db(transaction=True)  # the page of an address that leads nowhere names the organization
def test_slow_senders_take_no_thread() -> None:
    """Twelve senders that never finish, more than there are threads; the thirteenth request is answered."""
    from plumbline.server import asgi

    form = {"content_length": "500", "content_type": "application/x-www-form-urlencoded"}
    form["cookie"] = f"{settings.CSRF_COOKIE_NAME}={'a' * 32}"

    async def scene() -> tuple[int, list[int]]:
        slow = [Browser([b"email="], ends=False) for _ in range(12)]
        scope = {"query_string": b"", "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80)}

        def one(method: str, path: str, browser: Browser, **headers: str) -> Any:
            mine = {**told(host="localhost", **headers), **scope, "method": method, "path": path}
            return asgi.application(mine, browser.receive, browser.send)

        waiting: list[Any] = [asyncio.ensure_future(one("POST", "/sign-in/", each, **form)) for each in slow]
        async with asyncio.timeout(PATIENCE):
            while not all(each.pulled for each in slow):
                await asyncio.sleep(0.01)
            last = Browser([b""])
            await one("GET", "/nowhere/", last)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return last.status, [each.status for each in slow]

    status, others = asyncio.run(scene())
    assert status == 404
    assert others == [0] * 12
