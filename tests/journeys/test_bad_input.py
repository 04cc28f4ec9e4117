"""Input that no sender should send, on the running server: a problem, a remedy, and nothing half-written."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import BATCHES, TRACES, Installation, Reply
from tests.waiting import PATIENCE, cpu_of_this_process

pytestmark = pytest.mark.slow
GIGABYTE = 1_000_000_000
LIMIT = 8_388_608


def event(system: str = "unknown-bot", **changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"id": str(uuid4()), "time": now, "system": system, "type": "decision", **changed}


def batch(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"source": "journey", "events": list(events), **more}


def refused(reply: Reply, status: int, *fields: str) -> dict[str, Any]:
    """A problem document that names every field with a remedy."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json
    assert problem["status"] == status
    assert problem["detail"]
    faults = {fault["field"]: fault for fault in problem.get("errors", [])}
    for field in fields:
        assert faults[field]["message"]
        assert faults[field]["remedy"]
    return dict(problem)


@pytest.fixture
def unchanged(house: Installation) -> Iterator[None]:
    """Trail, spool and store are after the test what they were before."""
    house.quiet()
    before = house.ask("written")
    yield
    house.quiet()
    assert house.ask("written") == before


BROKEN: dict[str, tuple[Any, int, str]] = {
    "not JSON": (b'{"source": "journey", "events": [', 400, ""),
    "not UTF-8": (b'{"source": "\xff\xfe", "events": []}', 400, ""),
    "nested without end": (b"[" * 200_000, 422, ""),
    "a list": ([], 422, ""),
    "no events": (batch(), 422, "events"),
    "unknown field of the batch": (batch(event(), colour="red"), 422, "colour"),
    "unknown field of an event": (batch(event(), event(colour="red")), 422, "events[1].colour"),
    "unknown type": (batch(event(type="opinion")), 422, "events[0].type"),
    "text for a number": (batch(event(score="high")), 422, "events[0].score"),
    "number for text": (batch(event(outcome=7)), 422, "events[0].outcome"),
    "list for a feature": (batch(event(features={"a": [1]})), 422, "events[0].features[...]"),
    "no id": (batch({"time": "2026-01-01T00:00:00Z", "system": "a", "type": "call"}), 422, "events[0].id"),
    "no time zone": (batch(event(time="2026-01-01T00:00:00")), 422, "events[0].time"),
    "no date": (batch(event(time="yesterday")), 422, "events[0].time"),
    "no slug": (batch(event("My System")), 422, "events[0].system"),
    "no UUID": (batch(event(id="1")), 422, "events[0].id"),
    "outcome about nothing": (batch(event(type="outcome", truth=1)), 422, "events[0].about"),
    "truth on a decision": (batch(event(truth=1)), 422, "events[0].truth"),
    "too many events": (batch(*[event() for _ in range(5_001)]), 422, "events"),
    "counter below zero": (batch(event(), counter=-1), 422, "counter"),
    "NaN": (b'{"source": "a", "events": [{"score": NaN}]}', 400, ""),
    "infinite": (b'{"source": "a", "events": [{"score": 1e999}]}', 422, "events[0].score"),
}


def test_every_broken_batch_names_its_field_and_remedy_and_writes_nothing(
    house: Installation, ingest: str, unchanged: None
) -> None:
    for name, (content, status, field) in BROKEN.items():
        problem = refused(house.post(content, ingest), status, field)
        assert "journey" not in json.dumps(problem), f"{name}: echoes a value"


def test_one_wrong_event_among_many_takes_none(house: Installation, ingest: str, unchanged: None) -> None:
    many = [event("half-written") for _ in range(400)]
    refused(house.post(batch(*many, event(latency_ms=-1)), ingest), 422, "events[400].latency_ms")


def test_broken_exports_are_refused_in_the_exporter_s_own_words(
    house: Installation, ingest: str, unchanged: None
) -> None:
    assert refused(house.post(b'{"resourceSpans": [', ingest, TRACES), 400)["code"] == 3
    reply = house.send("POST", TRACES, b"\xff\xff\xff", token=ingest, Content_Type="application/x-protobuf")
    assert (reply.status, reply.headers["content-type"]) == (400, "application/x-protobuf")
    assert b"not an OTLP trace export" in reply.body
    refused(house.post(b"resource spans", ingest, TRACES, Content_Type="text/plain"), 415)


def test_a_span_that_is_wrong_is_refused_alone(house: Installation, ingest: str) -> None:
    ahead = str(int((datetime.now(UTC).timestamp() + 10_000_000) * 1e9))
    spans = [
        {"traceId": uuid4().hex, "spanId": uuid4().hex[:16], "name": "good",
         "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000100000000"},
        {"traceId": uuid4().hex, "spanId": uuid4().hex[:16], "name": "later",
         "startTimeUnixNano": ahead, "endTimeUnixNano": ahead},
        {"traceId": "0" * 32, "spanId": uuid4().hex[:16], "name": "nothing",
         "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000100000000"},
    ]  # fmt: skip
    service = {"key": "service.name", "value": {"stringValue": "half-good"}}
    export = {"resourceSpans": [{"resource": {"attributes": [service]}, "scopeSpans": [{"spans": spans}]}]}
    reply = house.post(export, ingest, TRACES)
    assert reply.status == 200
    assert reply.json["partialSuccess"]["rejectedSpans"] == "2"
    assert "clock" in reply.json["partialSuccess"]["errorMessage"]
    house.quiet()
    assert len(house.ask("events", system="half-good")) == 1


def cpu(house: Installation) -> float:
    """Seconds of a processor that the server has used so far."""
    assert house.server is not None
    after_name = Path(f"/proc/{house.server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def cost_of_unpacking(packed: bytes) -> float:
    """Seconds of a processor that it takes to unpack ``packed`` here, without keeping it."""
    unpacking, begun = zlib.decompressobj(31), cpu_of_this_process()
    while not unpacking.eof:
        unpacking.decompress(packed, 1_000_000)
        packed = unpacking.unconsumed_tail
    return cpu_of_this_process() - begun


def memory(house: Installation) -> int:
    """Resident kilobytes of the server at most so far."""
    assert house.server is not None
    lines = Path(f"/proc/{house.server.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def refusal_of_a_flood(house: Installation, token: str, head: list[str]) -> tuple[int, int]:
    """Stream a gigabyte without waiting; the status of the answer and how many bytes the server took."""
    lines = [f"POST {BATCHES} HTTP/1.1", f"Host: 127.0.0.1:{house.port}", f"Authorization: Bearer {token}"]
    chunked = "Transfer-Encoding: chunked" in head
    piece = b" " * 65_536
    frame = b"10000\r\n" + piece + b"\r\n" if chunked else piece
    sent = 0
    with socket.create_connection(("127.0.0.1", house.port), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "Content-Type: application/json", *head, "", ""]).encode())
        try:
            while sent < GIGABYTE:
                connection.sendall(frame)
                sent += len(piece)
        except OSError:  # the server has hung up
            pass
        answer = b""
        try:
            while b"\r\n" not in answer and (more := connection.recv(4_096)):
                answer += more
        except OSError:  # hung up so hard that the answer was lost with what was still on its way
            return 0, sent
    return (int(answer.split()[1]) if answer else 0), sent


@pytest.mark.parametrize(
    "head", [[f"Content-Length: {GIGABYTE}"], ["Transfer-Encoding: chunked"]], ids=["announced", "chunked"]
)
def test_a_gigabyte_is_cut_off_early(
    house: Installation, ingest: str, unchanged: None, head: list[str]
) -> None:
    before = memory(house)
    status, sent = refusal_of_a_flood(house, ingest, head)
    assert status in (413, 0)
    assert sent < 4 * LIMIT
    assert memory(house) - before < 64_000
    assert house.send("GET", "/v1/logs").status == 501


def test_an_announced_gigabyte_is_answered_before_its_first_byte(house: Installation, ingest: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=PATIENCE)
    connection.putrequest("POST", BATCHES)
    for name, value in (("Authorization", f"Bearer {ingest}"), ("Content-Length", str(GIGABYTE))):
        connection.putheader(name, value)
    connection.putheader("Content-Type", "application/json")
    connection.endheaders()
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    assert (answer.status, problem["status"]) == (413, 413)
    assert str(LIMIT) in problem["detail"]


def test_a_gigabyte_without_a_token_is_not_read_at_all(house: Installation, unchanged: None) -> None:
    status, sent = refusal_of_a_flood(house, "plb_nonsense", ["Transfer-Encoding: chunked"])
    assert status in (401, 0)
    assert sent < LIMIT


def test_a_gzip_bomb_is_refused_without_unpacking_it(
    house: Installation, ingest: str, unchanged: None
) -> None:
    bomb = gzip.compress(bytes(500_000_000), 9)
    members = gzip.compress(bytes(1_000_000)) * 200
    before = memory(house)
    spent = cpu(house)
    for body in (bomb, members):
        assert len(body) < LIMIT
        for path in (BATCHES, TRACES):
            refused(house.post(body, ingest, path, Content_Encoding="gzip"), 413)
    assert cpu(house) - spent < cost_of_unpacking(bomb), "four refusals cost less than unpacking once"
    assert memory(house) - before < 100_000
    refused(house.post(gzip.compress(b"{}")[:-6], ingest, Content_Encoding="gzip"), 400)
    refused(house.post(b"{}", ingest, Content_Encoding="br"), 415, "Content-Encoding")


def test_the_future_is_refused_beyond_the_tolerance_and_the_past_is_taken(
    house: Installation, ingest: str
) -> None:
    tolerance = int(house.settings["PLUMBLINE_FUTURE_TOLERANCE"])
    ahead = datetime.now(UTC) + timedelta(seconds=tolerance + 60)
    house.quiet()
    before = house.ask("written")
    problem = refused(
        house.post(batch(event("clocks"), event("clocks", time=ahead.isoformat())), ingest),
        422,
        "events[1].time",
    )
    assert "clock" in json.dumps(problem)
    assert house.ask("written") == before
    near = datetime.now(UTC) + timedelta(seconds=tolerance - 60)
    taken = [event("clocks", time=near.isoformat()), event("clocks", time="1999-12-31T23:59:59+02:00")]
    reply = house.post(batch(*taken), ingest)
    assert (reply.status, reply.json["accepted"]) == (201, 2)
    house.quiet()
    known = {one["id"]: one["time"] for one in house.ask("events", system="clocks")}
    assert known[taken[1]["id"]] == "1999-12-31T21:59:59.000000Z"


def test_repeated_and_out_of_order_batches_count_once(house: Installation, ingest: str) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    made = [
        event("shuffled", time=(start + timedelta(minutes=number)).isoformat(), latency_ms=number)
        for number in range(30)
    ]
    parts = {1: made[:10], 11: made[10:20], 21: made[20:]}
    for first in (21, 1, 21, 11, 1):
        reply = house.post({"source": "shuffler", "counter": first, "events": parts[first]}, ingest)
        assert reply.status in (200, 201)
    mixed = house.post(batch(*made[:5], event("shuffled", time=start.isoformat()), made[0]), ingest)
    assert (mixed.json["accepted"], mixed.json["duplicates"]) == (1, 6)
    only = house.post(batch(*made), ingest)
    assert (only.status, only.json["accepted"], only.json["duplicates"]) == (200, 0, 30)
    house.quiet()
    held = house.ask("events", system="shuffled")
    assert len(held) == 31
    assert len({one["id"] for one in held}) == 31
    days = house.ask(
        "series", metric="volume", system="shuffled", start="2026-03-01T00:00:00Z", end="2026-03-02T00:00:00Z"
    )
    assert days == [[31.0, 31]]


def test_events_of_an_unknown_system_are_kept_and_show_up_as_a_sighting(
    house: Installation, ingest: str
) -> None:
    assert "shadow-writer" not in house.ask("seen")
    assert house.post(batch(event("shadow-writer"), event("shadow-writer")), ingest).status == 201
    house.quiet()
    assert house.ask("seen")["shadow-writer"] == 2
    assert len(house.ask("events", system="shadow-writer")) == 2
    values = {"title": "Shadow writer", "slug": "shadow-writer", "lifecycle": "in operation"}
    house.ask("create", who=MANAGER, kind="ai-system", values=values)
    assert "shadow-writer" not in house.ask("seen")


def test_tokens_that_are_expired_revoked_of_another_scope_or_invented(house: Installation) -> None:
    house.quiet()
    before = house.ask("written")
    known = house.post(batch(event()), house.ask("token", email=MANAGER, scopes=["read"]))
    assert "ingest" in refused(known, 403)["detail"]
    expired = house.post(batch(event()), house.ask("token", email=MANAGER, scopes=["ingest"], expired=True))
    assert "expired" in refused(expired, 401)["detail"]
    assert expired.headers["www-authenticate"].startswith("Bearer")
    revoked = house.run("token", "issue", "--for", MANAGER, "--scope", "ingest", "--json")
    issued = json.loads(revoked)
    house.run("token", "revoke", issued["id"])
    assert "revoked" in refused(house.post(batch(event()), issued["token"]), 401)["detail"]
    for invented in ("", "plb_", f"plb_{'0' * 20}_{'0' * 64}", "Basic"):
        assert "token" in refused(house.post(batch(event()), invented), 401)["detail"]
    house.quiet()
    after = house.ask("written")  # issuing and revoking tokens are entries of the trail
    assert {**after, "log": 0} == {**before, "log": 0}


def test_wrong_host_method_and_media_type(house: Installation, ingest: str, unchanged: None) -> None:
    refused(house.post(batch(event()), ingest, Host="evil.example"), 400, "Host")
    reply = house.send("GET", BATCHES, token=ingest)
    refused(reply, 405)
    assert reply.headers["allow"] == "POST"
    refused(house.post(batch(event()), ingest, Content_Type="text/plain"), 415)


def test_the_trail_is_whole_after_all_that(house: Installation) -> None:
    house.quiet()
    found = json.loads(house.run("trail", "scrub", "--json", code=3))
    assert found["detail"].endswith("everything fits.")
    # Nothing but the token whose end the story itself has moved into the past by hand.
    assert {(row["table"], row["field"]) for row in found["findings"]} == {("identity.Token", "expires")}
    assert "Traceback" not in house.said()
