"""Hostile telemetry: what is taken is whole and bounded, what is refused leaves nothing behind."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from tests.security.conftest import House
from tests.waiting import cpu_at_most

from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Problem
from plumbline.telemetry import intake
from plumbline.telemetry.compression import unpack
from plumbline.telemetry.redaction import redact_text
from plumbline.telemetry.spool import spool_of
from plumbline.trail import log

database = pytest.mark.django_db(transaction=True)

HEAD = '{"source":"a","events":[{"id":"%s","time":"2026-01-01T00:00:00Z","system":"a","type":"decision",%s}]}'
BROKEN = [
    '"score":1e999',
    '"score":NaN',
    '"score":-Infinity',
    '"score":' + "9" * 400,
    '"latency_ms":1e13',
    '"latency_ms":-1',
    '"tokens":{"input":' + "9" * 30 + "}",
    '"outcome":"\\ud800"',
    '"outcome":"' + "x" * 201 + '"',
    '"input":"' + "x" * 65_537 + '"',
    '"features":{"' + "x" * 101 + '":1}',
    '"features":' + json.dumps({f"f{place}": 1 for place in range(65)}),
    '"features":' + '{"a":' * 60_000 + "1" + "}" * 60_000,
    '"attributes":{"a":[1]}',
    '"unknown":1',
    '"time":"9999-12-31T23:59:59-23:59"',
    '"time":"2026-01-01T00:00:00"',
    '"system":"../../etc/passwd"',
    '"system":"' + "a" * 81 + '"',
    '"system":"a\\u0000b"',
    '"type":"span"',
]


def send(house: House, body: bytes, encoding: str = "") -> intake.Receipt:
    return intake.accept(body, "application/json", encoding, house.operator.id, settings.PLUMBLINE)


def batch(count: int, **more: Any) -> dict[str, Any]:
    now = clock.rfc3339(clock.now())
    base = {"time": now, "system": "a", "type": "decision"}
    return {"source": "a", "events": [{**base, "id": str(uuid4()), **more} for _ in range(count)]}


@database
def test_what_cannot_be_meant_is_refused_and_leaves_nothing(house: House) -> None:
    size = log.size()
    with cpu_at_most(10):
        for piece in BROKEN:
            with pytest.raises(Problem) as caught:
                send(house, (HEAD % (uuid4(), piece)).encode())
            assert caught.value.status in (400, 413, 422)
            said = json.dumps(caught.value.as_dict())
            assert "passwd" not in said
            assert len(said) < 2_000
    assert log.size() == size
    assert not spool_of(settings.PLUMBLINE.data).unlogged()


NO_BATCH = (b"", b"[]", b"null", b"{}", b"\xff\xfe{}", b"[" * 200_000, b'{"a":' * 200_000, b'"' * 9, b"\x00")


@database
def test_what_is_no_batch_is_refused(house: House) -> None:
    for body in NO_BATCH:
        for media_type in ("application/json", "text/plain"):
            with pytest.raises(Problem):
                intake.accept(body, media_type, "", house.operator.id, settings.PLUMBLINE)
        for take in ("application/json", "application/x-protobuf"):
            with suppress(Problem):
                receipt = intake.accept_traces(body, take, "", house.operator.id, settings.PLUMBLINE)
                assert receipt.accepted == 0


@database
def test_five_thousand_events_are_taken_and_one_more_is_not(house: House) -> None:
    with pytest.raises(Problem):
        send(house, json.dumps(batch(5_001)).encode())
    assert send(house, json.dumps(batch(5_000)).encode()).accepted == 5_000


@database
def test_an_id_that_another_sender_used_is_a_conflict_with_an_entry_and_changes_nothing(
    house: House,
) -> None:
    """Nobody gets somebody else's receipt for other contents; the same contents again are a duplicate."""
    first = batch(1, outcome="pay")
    send(house, json.dumps(first).encode())
    again = send(house, json.dumps(first).encode())
    assert (again.accepted, again.duplicates) == (0, 1)
    told = {**first, "source": "b", "events": [{**first["events"][0], "outcome": "refuse", "system": "b"}]}
    twice = batch(1)
    twice["events"].append({**twice["events"][0], "outcome": "other"})
    for forked in (told, twice):
        size = log.size()
        with pytest.raises(Conflict, match="same id and other contents"):
            send(house, json.dumps(forked).encode())
        assert [log.leaf(index).entry_type for index in range(size, log.size())] == ["telemetry.conflict"]


@database
def test_a_counter_that_is_none_is_refused(house: House) -> None:
    for counter in (-1, 2**53, 1.5, "1", True, [1]):
        with pytest.raises(Problem):
            send(house, json.dumps({**batch(1), "counter": counter}).encode())
    assert send(house, json.dumps({**batch(1), "counter": 1}).encode()).accepted == 1


class TestCompression:
    def test_many_members_cost_no_more_than_their_bytes(self) -> None:
        with cpu_at_most(2), pytest.raises(Problem):
            unpack(gzip.compress(b"") * 300_000, "gzip", 1_000_000)

    def test_a_few_members_are_one_body(self) -> None:
        assert unpack(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", 10) == b"ab"

    @pytest.mark.parametrize("more", [b"x", b"\x1f\x8b", b"\x00" * 9, gzip.compress(b"b", mtime=0)[:-1]])
    def test_what_follows_the_stream_is_refused(self, more: bytes) -> None:
        with pytest.raises(Problem):
            unpack(gzip.compress(b"a") + more, "gzip", 100)

    def test_a_bomb_stops_at_the_limit(self) -> None:
        body = gzip.compress(b"\x00" * 200_000_000, 9)
        with cpu_at_most(1), pytest.raises(Problem):
            unpack(body, "gzip", 1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65_000 + "@",
        "a@" * 32_000,
        "a.b@" + "c." * 30_000,
        "1" * 65_000,
        "1 " * 32_000,
        "+(1" * 20_000,
        "1-" * 32_000,
        ":" * 65_000,
        "a:" * 32_000,
        "1." * 32_000,
        "DE" * 32_000,
        "DE00 " * 13_000,
        "4111 " * 13_000,
        "(0) " * 16_000,
        "x1" * 32_000,
        "\u0661" * 60_000,
        "@" * 65_000,
        "1/" * 32_000 + "x",
        "0 1\u00a0" * 16_000,
    ],
)
def test_redaction_takes_time_in_proportion_to_the_text(text: str) -> None:
    with cpu_at_most(1):
        redact_text(text[:65_000])
