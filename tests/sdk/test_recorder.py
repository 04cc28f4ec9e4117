"""The recorder against a small HTTP server: what it sends, and what it never does to its caller."""

from __future__ import annotations

import ast
import asyncio
import gzip
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from tests.waiting import PATIENCE, cpu_at_most, until

from plumbline.telemetry.event import decode_batch, examine
from plumbline_sdk import Recorder, redact_text
from plumbline_sdk.sender import Sender

SDK = Path(__file__).parents[2] / "sdk" / "python" / "src" / "plumbline_sdk"


class Server:
    """Keeps every batch; answers what it is told to, 201 otherwise."""

    def __init__(self) -> None:
        self.batches: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.poison: str | None = None
        self.elsewhere = ""
        self.asked: list[dict[str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = gzip.decompress(self.rfile.read(int(self.headers["content-length"])))
                owner.headers.append({**self.headers, "path": self.path})
                batch = json.loads(body)
                poisoned = owner.poison is not None and owner.poison in body.decode()
                status = 422 if poisoned else owner.answers.pop(0) if owner.answers else 201
                owner.batches.append({**batch, "status": status})
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", owner.elsewhere)
                self.send_header("content-length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                owner.asked.append(dict(self.headers))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for batch in self.batches if batch["status"] < 300 for event in batch["events"]]

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    opened = Server()
    yield opened
    opened.stop()


def recorder(server: Server, **more: Any) -> Recorder:
    return Recorder(server.url, "plb_x", "Claims Triage", **{"interval": 0.05, **more})


def test_a_decision_as_context_manager(server: Server) -> None:
    sender = recorder(server)
    with sender.decision(
        model="triage", model_version="7", features={"amount": 1200, "new": True}
    ) as decision:
        decision.outcome = "pay"
        decision.score = 0.8
    assert sender.close(PATIENCE)
    (event,) = server.events
    assert UUID(event["id"]).version == 7
    assert event["id"] == decision.id
    assert (event["system"], event["type"], event["outcome"], event["score"]) == (
        "claims-triage",
        "decision",
        "pay",
        0.8,
    )
    assert event["model"] == {"name": "triage", "version": "7"}
    assert event["features"] == {"amount": 1200.0, "new": 1.0}
    assert event["latency_ms"] >= 0
    assert server.headers[0]["Authorization"] == "Bearer plb_x"
    assert server.headers[0]["path"] == "/api/v1/telemetry/batches"


def test_what_it_sends_is_what_the_server_takes(server: Server) -> None:
    sender = recorder(server, source="nightly")
    first = sender.record(
        outcome="1",
        score=np.float32(0.5),
        features={"a": np.int64(3), "b": "x", "nan": float("nan")},
        tokens_in=np.int32(4),
    )
    sender.call(model="m", input="q", output="a", attributes={"operation": "chat", "cost": 0.1})
    sender.review(first, "override", reviewer="rev_1")
    sender.outcome(first, truth=True)
    sender.outcome(first, truth=np.int64(1))
    sender.record(time=datetime(2020, 10, 1, tzinfo=UTC), error="ValueError", subject="sub_1")
    assert sender.close(PATIENCE)
    assert sender.faults == 1
    for sent in server.batches:
        batch = decode_batch(
            json.dumps({name: sent[name] for name in ("source", "counter", "events")}).encode()
        )
        examine(batch, datetime.now(UTC), 300)
        assert batch.source.startswith("nightly-")
    assert len(server.events) == 6


def test_the_decorator_records_result_and_exception_and_changes_neither(server: Server) -> None:
    sender = recorder(server)

    @sender.watch(model="triage")
    def triage(amount: float) -> str:
        if amount < 0:
            raise KeyError("jo@example.org")
        return "pay"

    assert triage(3) == "pay"
    assert triage.__name__ == "triage"
    with pytest.raises(KeyError):
        triage(-1)
    assert sender.close(PATIENCE)
    paid, failed = server.events
    assert paid["outcome"] == "pay"
    assert failed["error"] == "KeyError"
    assert "jo@example.org" not in json.dumps(failed)


def test_events_are_numbered_without_gaps_and_batched(server: Server) -> None:
    sender = recorder(server, batch_size=10)
    for n in range(35):
        sender.record(outcome=str(n))
    assert sender.flush(PATIENCE)
    assert server.batches[0]["counter"] == 1
    reached = 1
    for batch in server.batches:
        assert batch["counter"] == reached
        assert len(batch["events"]) <= 10
        reached += len(batch["events"])
    assert reached == 36
    assert [event["outcome"] for event in server.events] == [str(n) for n in range(35)]
    assert sender.statistics().delivered == 35
    sender.close()


def test_a_batch_is_sent_again_with_the_same_ids_until_it_is_taken(server: Server) -> None:
    server.answers = [503, 429, 500]
    sender = recorder(server)
    name = sender.record(outcome="pay")
    assert sender.flush(PATIENCE)
    assert [batch["status"] for batch in server.batches] == [503, 429, 500, 201]
    assert {batch["events"][0]["id"] for batch in server.batches} == {name}
    assert {batch["counter"] for batch in server.batches} == {1}
    sender.close()


def test_one_unusable_event_does_not_take_others_with_it(server: Server) -> None:
    server.poison = "poison"
    sender = recorder(server, batch_size=16, interval=0.3)
    for n in range(16):
        sender.record(outcome="poison" if n == 5 else str(n))
    assert sender.flush(PATIENCE)
    statistics = sender.statistics()
    assert (statistics.delivered, statistics.refused) == (15, 1)
    assert statistics.last_refusal is not None
    assert statistics.last_refusal.status == 422
    for batch in server.batches:
        if batch["status"] == 201:
            numbers = [int(event["outcome"]) for event in batch["events"]]
            assert numbers == list(range(batch["counter"] - 1, batch["counter"] - 1 + len(numbers)))
    sender.close()


def test_an_absent_server_costs_the_caller_nothing_and_memory_is_bounded() -> None:
    sender = Recorder("http://127.0.0.1:9", "t", "s", capacity=100, batch_size=10, interval=0.01, timeout=0.5)
    with cpu_at_most(2):
        for n in range(5_000):
            sender.record(outcome=str(n))
    statistics = sender.statistics()
    assert statistics.waiting <= 110
    assert statistics.dropped == 5_000 - statistics.waiting
    assert not sender.flush(0.1)
    assert not sender.close(0.1)
    sender.record(outcome="late")  # after the end: dropped, not raised


def test_a_server_that_never_answers_keeps_no_caller_waiting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(PATIENCE)
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        sender = Recorder(url, "t", "s", batch_size=1, interval=0.01, timeout=10 * PATIENCE)
        sender.record(outcome="the one that is on its way")
        link, _ = mute.accept()
        with link:
            # If one of them waited for the answer, the test would hang: there is none in this block.
            for n in range(1_000):
                sender.record(outcome=str(n))
            assert sender.statistics().waiting == 1_001
    sender.close(0.1)


def test_drops_show_as_a_gap_in_the_numbers(server: Server) -> None:
    server.answers = [503] * 2
    sender = recorder(server, capacity=10, batch_size=5, interval=0.01)
    for n in range(100):
        sender.record(outcome=str(n))
    assert sender.flush(PATIENCE)
    dropped = sender.dropped
    assert dropped > 0
    assert len(server.events) == 100 - dropped
    last = server.batches[-1]
    assert last["counter"] + len(last["events"]) - 1 == 100
    sender.close()


def test_long_texts_are_bounded_in_all_not_only_each() -> None:
    sender = Recorder("http://127.0.0.1:9", "t", "s", text_capacity=900_000, batch_size=100, interval=60)
    for _ in range(20):
        sender.call(input="q" * 50_000, output="a" * 10_000)
    assert (sender.statistics().waiting, sender.dropped) == (15, 5)
    assert not sender.flush(0.5)  # nobody listens there
    for _ in range(8):
        sender.call(input="q" * 60_000, output="a" * 60_000)
    assert sender.dropped >= 6
    with pytest.raises(ValueError, match="text_capacity"):
        Recorder("http://127.0.0.1:9", "t", "s", text_capacity=1_000)


def test_texts_of_features_and_attributes_are_bounded_too() -> None:
    sender = Recorder("http://127.0.0.1:9", "t", "s", text_capacity=700_000, batch_size=100, interval=60)
    long = {f"f{place:02}": "x" * 3_997 for place in range(64)}  # 64 texts and names: 256,000 characters
    for _ in range(4):
        sender.record(features=long)
    assert (sender.statistics().waiting, sender.dropped) == (2, 2)
    sender.record(features=long, attributes=long, input="q" * 65_536, output="a" * 65_536, error="e" * 4_000)
    assert (sender.statistics().waiting, sender.dropped) == (1, 4), "the longest event there is has its place"


def test_a_single_event_does_not_wait_for_a_full_batch(server: Server) -> None:
    sender = recorder(server, interval=0.05)
    time.sleep(0.2)
    sender.record(outcome="pay")
    until(lambda: server.events, "the event was not sent")
    assert len(server.events) == 1
    sender.close()


def test_odd_values_are_left_out_and_counted(server: Server) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    sender = recorder(server)
    sender.record(
        outcome=Odd(), score="high", features={"a": Odd(), "b": float("inf"), "": 1, "ok": 2}, attributes=[1]
    )
    sender.record(outcome="lone \ud800 surrogate", time="yesterday")
    assert sender.outcome("x", truth=float("nan")) == ""
    assert sender.close(PATIENCE)
    first, second = server.events
    assert first["features"] == {"ok": 2.0}
    assert "outcome" not in first
    assert second["outcome"] == "lone ? surrogate"
    assert sender.faults == 7


def test_values_that_fight_back_break_nothing(server: Server) -> None:
    class Tensor:
        def __float__(self) -> float:
            raise RuntimeError("a tensor with two elements")

    class Verdict(str, Enum):  # noqa: UP042 - what callers have
        PAY = "pay"

    sender = recorder(server)
    sender.record(outcome=Verdict.PAY, score=Tensor(), subject=10**5000)
    sender.record(outcome="early", time=datetime.min)
    assert sender.close(PATIENCE)
    first, second = server.events
    assert (first["outcome"], second["outcome"]) == ("pay", "early")
    assert first.keys().isdisjoint({"score", "subject"})
    assert sender.faults >= 2


def test_a_coroutine_is_watched_until_it_is_done(server: Server) -> None:
    sender = recorder(server)

    @sender.watch(model="triage")
    async def triage(amount: float) -> str:
        await asyncio.sleep(0.05)
        if amount < 0:
            raise KeyError
        return "pay"

    assert asyncio.run(triage(3)) == "pay"
    with pytest.raises(KeyError):
        asyncio.run(triage(-1))
    assert sender.close(PATIENCE)
    paid, failed = server.events
    assert paid["outcome"] == "pay"
    assert paid["latency_ms"] >= 45
    assert failed["error"] == "KeyError"


def test_the_token_goes_to_no_other_server_and_another_page_is_no_receipt(server: Server) -> None:
    other = Server()
    server.answers, server.elsewhere = [302], other.url + "/login"
    sender = recorder(server)
    sender.record(outcome="pay")
    assert sender.flush(PATIENCE)
    sender.close()
    other.stop()
    assert other.asked == []
    assert [batch["status"] for batch in server.batches] == [302, 201]
    assert sender.statistics().delivered == 1


def test_a_token_read_with_its_line_end_works_and_one_that_cannot_be_sent_loses_nothing(
    server: Server,
) -> None:
    sender = Recorder(server.url, "plb_x\n", "claims", interval=0.05)
    sender.record(outcome="pay")
    assert sender.close(PATIENCE)
    assert server.headers[0]["Authorization"] == "Bearer plb_x"
    wrong = Recorder(server.url, "plb\n_x", "claims", interval=0.05)
    wrong.record(outcome="pay")
    assert not wrong.flush(0.5)
    wrong.record(outcome="refuse")
    told = wrong.statistics()
    assert (told.waiting, told.delivered, told.refused) == (2, 0, 0)
    assert told.last_refusal is not None
    wrong.close(0.1)


def test_where_no_thread_can_start_the_caller_goes_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    sender = recorder(server)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        sender.record(outcome="one")
        assert sender.statistics().waiting == 1
    sender.record(outcome="two")
    assert sender.close(PATIENCE)
    assert [event["outcome"] for event in server.events] == ["one", "two"]


def test_local_redaction(server: Server) -> None:
    sender = recorder(server, redact=True)
    sender.record(input="mail jo@example.org or +49 30 901820, card 4111 1111 1111 1111, from 10.1.2.3")
    assert sender.close(PATIENCE)
    assert server.events[0]["input"] == "mail [email] or [phone], card [card], from [ip]"
    assert redact_text("GB29 NWBK 6016 1331 9268 19") == "[iban]"  # example of the IBAN registry
    assert redact_text("from 2001:db8::ff00:42:8329 at 12:30:45") == "from [ip] at 12:30:45"
    assert redact_text("on 12.03.2024 order 4111111111111112") == "on 12.03.2024 order 4111111111111112"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_counts_for_itself(server: Server) -> None:
    sender = recorder(server)
    sender.record(outcome="parent")
    assert sender.flush(PATIENCE)
    child = os.fork()
    if child == 0:
        sender.record(outcome="child")
        os._exit(0 if sender.flush(PATIENCE) and sender.statistics().delivered == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    by_outcome = {batch["events"][0]["outcome"]: batch for batch in server.batches}
    assert by_outcome["child"]["counter"] == 1
    assert by_outcome["child"]["source"] != by_outcome["parent"]["source"]
    sender.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_that_records_nothing_ends_at_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = recorder(server, interval=30)
    sender.record(outcome="the parent's")
    with sender._sender._changed:  # as when another thread was just recording
        child = os.fork()
        if child == 0:
            signal.alarm(int(PATIENCE))  # ends the child where it waits for a lock that nobody gives back
            waits: list[float | None] = []
            monkeypatch.setattr(threading.Condition, "wait", lambda self, timeout=None: waits.append(timeout))
            sender._close_at_exit()
            os._exit(0 if not waits and sender.statistics().waiting == 0 else 1)
        assert os.waitpid(child, 0) == (child, 0)
    assert sender.close(PATIENCE)
    assert len(server.events) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_threads_of_a_child_wait_for_no_lock_of_the_parent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(self: Sender, source: str, _renew: Any = Sender.after_fork) -> None:
        time.sleep(0.3)
        _renew(self, source)

    monkeypatch.setattr(Sender, "after_fork", slow)
    sender = recorder(server)
    with sender._sender._changed:  # as when another thread was just recording
        child = os.fork()
        if child == 0:
            both = [threading.Thread(target=sender.record, daemon=True) for _ in range(2)]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join(PATIENCE)
            os._exit(0 if not any(map(threading.Thread.is_alive, both)) and sender.flush(PATIENCE) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(server.events) == 2
    sender.close()


def test_settings_that_cannot_work_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="http"):
        Recorder("ftp://x", "t", "s")
    with pytest.raises(ValueError, match="batch_size"):
        Recorder("http://x", "t", "s", batch_size=0)
    with pytest.raises(ValueError, match="name"):
        Recorder("http://x", "t", "…")
    with pytest.raises(TypeError, match="no field"):
        Recorder("http://x", "t", "s").decision(verdict="x")


def test_the_sdk_needs_only_the_standard_library_of_python_3_9() -> None:
    import sys

    for file in SDK.glob("*.py"):
        tree = ast.parse(file.read_text(), feature_version=(3, 9))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names or top == "plumbline_sdk", (file.name, name)
