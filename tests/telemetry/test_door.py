"""The raw ingest door, driven as an ASGI server drives it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plumbline.api.telemetry import BATCHES, IN_FLIGHT_LIMIT, PATHS, TRACES, IngestDoor
from plumbline.config import Config
from plumbline.identity import commands
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Token
from plumbline.kernel import clock
from plumbline.telemetry.spool import spool_of
from plumbline.trail import log

from .conftest import DATA, batch, event

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
CAPTURE = DATA / "telemetry" / "openinference-openai.traces"


@dataclass
class Response:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Sender:
    """Sends requests to a door; keeps count of how much of the last body the door asked for."""

    def __init__(self, config: Config, token: str) -> None:
        self.config, self.token = config, token
        self.door = IngestDoor(config)
        self.pulled = 0

    def post(
        self,
        body: bytes | Callable[[], AsyncIterator[bytes]],
        path: str = BATCHES,
        *,
        method: str = "POST",
        **headers: str | None,
    ) -> Response:
        given = {
            "host": "localhost:8042",
            "content-type": "application/json",
            "authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if isinstance(body, bytes):
            given.setdefault("content-length", str(len(body)))
        return asyncio.run(self._exchange(body, path, method, given))

    async def _exchange(self, body: Any, path: str, method: str, headers: dict[str, str | None]) -> Response:
        self.pulled = 0
        pieces = body() if callable(body) else _whole(body)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            piece = await anext(pieces, None)
            if piece is None:
                return {"type": "http.request", "body": b"", "more_body": False}
            self.pulled += len(piece)
            return {"type": "http.request", "body": piece, "more_body": True}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        raw = [
            (name.encode(), value.encode("latin-1")) for name, value in headers.items() if value is not None
        ]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": raw,
            "client": ("127.0.0.1", 5000),
        }
        await self.door(scope, receive, send)
        start, content = sent
        named = {name.decode(): value.decode() for name, value in start["headers"]}
        return Response(start["status"], named, content["body"])

    def close(self) -> None:
        self.door.close()


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.fixture
def owner() -> Person:
    person = Person.objects.create(email="sender@example.org", full_name="Sender", is_active=True)
    commands.give_grant(Actor.installation(), person, "aims-manager")
    return person


def issue(owner: Person, *scopes: str) -> str:
    expires = clock.now() + timedelta(days=1)
    return commands.issue_token(
        Actor.installation(), name="t", scopes=scopes, expires=expires, owner=owner
    ).text


@pytest.fixture
def sender(config: Config, owner: Person) -> Iterator[Sender]:
    opened = Sender(config, issue(owner, "ingest"))
    yield opened
    opened.close()


def refused(response: Response, status: int, *, field: str | None = None) -> dict[str, Any]:
    assert response.status == status, response.body
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json
    assert problem["status"] == status
    assert problem["detail"]
    if field is not None:
        assert field in [fault["field"] for fault in problem["errors"]]
        assert all(fault["remedy"] for fault in problem["errors"])
    return dict(problem)


def test_a_batch_is_answered_with_its_segment_and_leaf(sender: Sender) -> None:
    response = sender.post(batch(event(), event(input="write to jo@example.org")))
    assert response.status == 201
    answer = response.json
    assert (answer["accepted"], answer["duplicates"], answer["removed"]) == (2, 0, {"email": 1})
    assert json.loads(log.leaf(answer["leaf"]).body)["facts"]["root"] == answer["root"]
    assert response.headers["cache-control"] == "no-store"
    assert sender.post(batch(event()), content_type="application/json; charset=utf-8").status == 201


def test_a_gzip_batch_is_taken(sender: Sender) -> None:
    assert sender.post(gzip.compress(batch(event())), content_encoding="gzip").status == 201


def test_the_other_otlp_doors_say_not_yet(sender: Sender) -> None:
    for path in ("/v1/logs", "/v1/metrics"):
        problem = refused(sender.post(b"{}", path), 501)
        assert problem["type"] == "urn:plumbline:problem:not-yet"
        assert TRACES in problem["detail"]


@pytest.mark.parametrize("path", sorted(PATHS))
def test_an_unknown_host_name_is_refused_on_every_path(sender: Sender, path: str) -> None:
    refused(sender.post(batch(event()), path, host="evil.example"), 400, field="Host")
    refused(sender.post(batch(event()), path, host=None), 400, field="Host")


def test_only_a_token_with_scope_ingest_gets_in(sender: Sender, owner: Person) -> None:
    for wrong in (None, "Bearer", "Bearer nonsense", "Basic YTpi", f"Bearer plb_{'0' * 20}_{'0' * 64}"):
        response = sender.post(batch(event()), authorization=wrong)
        refused(response, 401)
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert sender.pulled == 0
    problem = refused(sender.post(batch(event()), authorization=f"Bearer {issue(owner, 'read')}"), 403)
    assert "ingest" in json.dumps(problem)
    assert sender.pulled == 0
    assert log.search(entry_type="telemetry.segment") == []


def test_an_expired_and_a_revoked_token_are_refused(sender: Sender, owner: Person) -> None:
    Token.objects.filter(owner=owner).update(expires=clock.now() - timedelta(seconds=1))
    assert "expired" in refused(sender.post(batch(event())), 401)["detail"]
    Token.objects.filter(owner=owner).update(expires=clock.now() + timedelta(1), revoked_at=clock.now())
    assert "revoked" in refused(sender.post(batch(event())), 401)["detail"]


def test_a_body_announced_as_a_gigabyte_is_refused_unread(sender: Sender) -> None:
    refused(sender.post(_zeros, content_length="1000000000"), 413, field="")
    assert sender.pulled == 0
    refused(sender.post(_zeros, content_length="9" * 40), 413)
    refused(sender.post(_zeros, content_length="-1"), 400, field="Content-Length")


def test_a_gigabyte_without_announcement_is_cut_at_the_limit(sender: Sender) -> None:
    response = sender.post(_zeros)
    refused(response, 413)
    assert sender.pulled <= sender.config.body_limit + 65_536
    assert response.headers["connection"] == "close"


async def _zeros() -> AsyncIterator[bytes]:
    for _ in range(16_384):
        yield bytes(65_536)


def test_a_gzip_bomb_is_refused(sender: Sender) -> None:
    bomb = gzip.compress(bytes(100_000_000))
    assert len(bomb) < sender.config.body_limit
    refused(sender.post(bomb, content_encoding="gzip"), 413)
    members = gzip.compress(bytes(1_000_000)) * 100
    refused(sender.post(members, content_encoding="gzip"), 413)


def test_a_broken_stream_or_unknown_encoding_is_refused(sender: Sender) -> None:
    whole = gzip.compress(batch(event()))
    refused(sender.post(whole[:-9], content_encoding="gzip"), 400)
    refused(sender.post(b"no gzip", content_encoding="gzip"), 400)
    refused(sender.post(whole, content_encoding="br"), 415, field="Content-Encoding")


def test_a_slow_body_ends_with_the_time(config: Config, owner: Person) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    slow = Sender(replace(config, body_timeout=0.2), issue(owner, "ingest"))
    refused(slow.post(drip), 408)
    slow.close()


def test_the_rate_of_a_token_is_limited(config: Config, owner: Person) -> None:
    limited = Sender(replace(config, ingest_rate=3), issue(owner, "ingest"))
    statuses = [limited.post(batch(event())).status for _ in range(4)]
    response = limited.post(batch(event()))
    limited.close()
    assert statuses == [201, 201, 201, 429]
    refused(response, 429)
    assert int(response.headers["retry-after"]) >= 1


def test_bodies_on_their_way_in_are_limited_and_leave_their_place_afterwards(sender: Sender) -> None:
    """As many slow senders as there are places: one more is asked to wait, and takes the first free place."""

    async def scene() -> tuple[Response, list[Response], Response]:
        arrive = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            await arrive.wait()
            yield batch(event())

        def send(body: Any) -> Any:
            headers = {
                "host": "localhost:8042",
                "content-type": "application/json",
                "authorization": f"Bearer {sender.token}",
            }
            return sender._exchange(body, BATCHES, "POST", headers)

        waiting = [asyncio.ensure_future(send(slow)) for _ in range(IN_FLIGHT_LIMIT)]
        async with asyncio.timeout(300):
            while sender.door._in_flight < IN_FLIGHT_LIMIT:
                await asyncio.sleep(0.01)
        turned_away = await send(batch(event()))
        arrive.set()
        return turned_away, await asyncio.gather(*waiting), await send(batch(event()))

    turned_away, in_time, afterwards = asyncio.run(scene())
    refused(turned_away, 503)
    assert turned_away.headers["retry-after"] == "1"
    assert [response.status for response in in_time] == [201] * IN_FLIGHT_LIMIT
    assert afterwards.status == 201
    assert sender.door._in_flight == 0


def test_a_refused_body_leaves_its_place(sender: Sender) -> None:
    for _ in range(3):
        refused(sender.post(b"no JSON"), 400)
    assert sender.door._in_flight == 0


def test_wrong_tokens_from_one_address_are_limited(
    sender: Sender, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds for who guesses; a right token from the same address still counts."""
    monkeypatch.setattr(sender.door._wrong_tokens, "limit", 3)
    wrong = f"plb_{'0' * 20}_{'0' * 64}"
    statuses = [sender.post(batch(event()), authorization=f"Bearer {wrong}").status for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert sender.post(batch(event())).status == 201


def test_wrong_method_and_media_type(sender: Sender) -> None:
    response = sender.post(b"", method="GET")
    refused(response, 405)
    assert response.headers["allow"] == "POST"
    refused(sender.post(batch(event()), content_type="text/plain"), 415)
    refused(sender.post(batch(event()), content_type=None), 415)


def test_nothing_is_half_written_when_one_event_is_wrong(sender: Sender) -> None:
    wrong = event(tokens={"input": "many"})
    refused(sender.post(batch(event(), event(), wrong)), 422, field="events[2].tokens.input")
    assert log.search(entry_type="telemetry.segment") == []
    assert spool_of(sender.config.data).unmoved() == []


def test_events_of_the_future_are_refused_and_of_the_far_past_taken(sender: Sender) -> None:
    ahead = (clock.now() + timedelta(seconds=sender.config.future_tolerance + 60)).isoformat()
    refused(sender.post(batch(event(), event(time=ahead))), 422, field="events[1].time")
    near = (clock.now() + timedelta(seconds=sender.config.future_tolerance - 60)).isoformat()
    assert sender.post(batch(event(time=near), event(time="1999-12-31T23:59:59+02:00"))).status == 201


def test_a_receipt_is_waited_for_when_it_is_preferred(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plumbline.kernel.problems import Unavailable

    asked = []

    def receipt(leaf: int) -> str:
        asked.append(leaf)
        if len(asked) < 3:
            raise Unavailable("not signed yet")
        return "c2sp.org/tlog-proof@v1\n"

    monkeypatch.setattr("plumbline.api.telemetry.log.receipt", receipt)
    response = sender.post(batch(event()), prefer="receipt")
    assert response.json["receipt"].startswith("c2sp.org/tlog-proof@v1")
    assert response.headers["preference-applied"] == "receipt"
    assert asked == [response.json["leaf"]] * 3


def test_the_capture_is_taken_as_its_exporter_posts_it(sender: Sender) -> None:
    with clock.frozen(max(clock.now(), datetime(2026, 11, 20, 12, tzinfo=UTC))):
        pb = CAPTURE.with_suffix(".traces.pb").read_bytes()
        token = issue(Person.objects.get(), "ingest")
        for kind, body in (
            ("application/x-protobuf", pb),
            ("application/json", CAPTURE.with_suffix(".traces.json").read_bytes()),
        ):
            response = sender.post(
                gzip.compress(body),
                TRACES,
                content_type=kind,
                content_encoding="gzip",
                authorization=f"Bearer {token}",
            )
            assert response.status == 200
            assert response.headers["content-type"] == kind
            assert response.body == (b"" if kind.endswith("protobuf") else b"{}")
    leaves = log.search(entry_type="telemetry.segment")
    assert len(leaves) == 1  # the second export was the first again
    facts = json.loads(leaves[0].body)["facts"]
    assert facts["count"] == 11
    assert facts["types"] == {"call": 10, "span": 1}
    assert facts["systems"] == {"support-assistant": 11}


def test_otlp_refusals_are_in_the_sender_s_format(sender: Sender) -> None:
    problem = refused(sender.post(b"{", TRACES), 400)
    assert problem["message"]
    response = sender.post(b"\xff\xff\xff", TRACES, content_type="application/x-protobuf")
    assert response.status == 400
    assert response.headers["content-type"] == "application/x-protobuf"
    assert b"not an OTLP trace export" in response.body
