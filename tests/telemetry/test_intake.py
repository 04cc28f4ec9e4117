"""From bytes to a leaf, and from the spool into the evidence store."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connections
from tests.waiting import until

from plumbline.config import Config
from plumbline.kernel import merkle
from plumbline.kernel.commitment import commit
from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Conflict, Invalid, Unavailable
from plumbline.telemetry import group_commit, intake, receipts
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.spool import Entry, spool_of
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log

from .conftest import batch, event

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def take(config: Config, body: bytes) -> intake.Receipt:
    return intake.accept(body, "application/json", "", "tok_sender", config)


def span(number: int, name: str = "chat") -> dict[str, Any]:
    """A finished span as OTLP writes it in JSON."""
    start = 1_772_620_200_000_000_000
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": name,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 1_000_000),
        "attributes": [{"key": "step", "value": {"stringValue": name}}],
    }


def take_traces(config: Config, *spans: dict[str, Any]) -> intake.Receipt:
    service = [{"key": "service.name", "value": {"stringValue": "claims-triage"}}]
    document = {"resourceSpans": [{"resource": {"attributes": service}, "scopeSpans": [{"spans": spans}]}]}
    return intake.accept_traces(json.dumps(document).encode(), "application/json", "", "tok_sender", config)


def outcome(config: Config, body: bytes) -> str:
    """What became of a batch that a thread of its own sends."""
    try:
        return "accepted" if take(config, body).accepted else "duplicate"
    except Conflict:
        return "conflict"
    finally:
        connections.close_all()


def test_a_batch_becomes_a_segment_with_a_leaf_and_every_event_has_a_proof(
    config: Config, store: DuckStore
) -> None:
    sent = [event(score=0.25 * n) for n in range(5)]
    receipt = take(config, batch(*sent))
    assert (receipt.accepted, receipt.duplicates) == (5, 0)
    assert receipt.leaf_index == log.size() - 1
    leaf = log.leaf(receipt.leaf_index)
    facts = json.loads(leaf.body)["facts"]
    assert facts["root"] == receipt.root.hex()
    assert (facts["count"], facts["systems"], facts["source"]) == (5, {"claims-triage": 5}, "test")
    for moved in (False, True):
        if moved:
            assert MoverStage(config.data, store).advance()
        for place, one in enumerate(sent):
            proof = receipts.for_event(config.data, UUID(one["id"]))
            assert (proof.leaf, proof.position, proof.count) == (receipt.leaf_index, place, 5)
            assert proof.opening is not None
            assert proof.salt is not None
            assert json.loads(proof.opening)["score"] == one["score"]
            digest = commit(proof.opening, proof.salt).digest
            assert merkle.verify_inclusion(place, 5, merkle.leaf_hash(digest), proof.path, receipt.root)


def test_sending_again_changes_nothing_and_gives_the_same_leaf(config: Config) -> None:
    body = batch(event(), event())
    first = take(config, body)
    size = log.size()
    again = take(config, body)
    assert (again.accepted, again.duplicates) == (0, 2)
    assert (again.segment_id, again.leaf_index, again.root) == (
        first.segment_id,
        first.leaf_index,
        first.root,
    )
    assert log.size() == size


def test_what_was_not_stored_again_was_not_taken_out_of_anything(config: Config) -> None:
    body = batch(event(input="write to jo@example.org"))
    assert take(config, body).removed == {"email": 1}
    assert take(config, body).removed == {}


def test_only_the_new_events_of_an_overlapping_batch_are_sealed(config: Config) -> None:
    one, two, three = event(), event(), event()
    take(config, batch(one, two))
    receipt = take(config, batch(two, three, three))
    assert (receipt.accepted, receipt.duplicates) == (1, 2)
    proof = receipts.for_event(config.data, UUID(three["id"]))
    assert proof.count == 1
    assert proof.root == receipt.root


class TestForks:
    """One id, two contents: refused by name, with an entry, never a duplicate with another's receipt."""

    @pytest.mark.parametrize("moved", [False, True])
    def test_a_fork_of_what_was_sent_before(self, config: Config, store: DuckStore, moved: bool) -> None:
        one, two = event(score=0.25), event()
        take(config, batch(one))
        if moved:
            assert MoverStage(config.data, store).advance()
        size = log.size()
        for _ in range(2):  # the same attempt again leaves no second entry
            with pytest.raises(Conflict) as refused:
                take(config, batch(two, {**one, "score": 0.75}))
            assert refused.value.faults[0].field == "events[1].id"
            assert refused.value.extra["events"] == [one["id"]]
            assert refused.value.extra["entry"] == size
            assert log.size() == size + 1
        leaf = log.leaf(size)
        assert (leaf.entry_type, leaf.subject["ref"]) == ("telemetry.conflict", one["id"])
        assert b"0.75" not in leaf.body
        # Nothing of the batch was stored: the other event is new, the first one is what it was.
        assert take(config, batch(two)).accepted == 1
        again = take(config, batch(one))
        assert (again.accepted, again.duplicates, again.leaf_index) == (0, 1, size - 1)

    def test_a_fork_within_one_batch(self, config: Config) -> None:
        one = event(score=0.25)
        with pytest.raises(Conflict):
            take(config, batch(event(), one, {**one, "score": 0.75}))
        assert [leaf.entry_type for leaf in log.leaves(0, log.size())] == ["telemetry.conflict"]
        receipt = take(config, batch(one, one))
        assert (receipt.accepted, receipt.duplicates) == (1, 1)

    def test_two_senders_fork_at_the_same_moment(self, config: Config) -> None:
        """One of them is recorded, the other one is told; neither gets the other's receipt."""
        one = event(score=0.0)
        bodies = [batch({**one, "score": number / 8}) for number in range(4)]
        with ThreadPoolExecutor(4) as pool:
            results = [pool.submit(outcome, config, body) for body in bodies]
        outcomes = sorted(result.result() for result in results)
        assert outcomes == ["accepted", "conflict", "conflict", "conflict"]

    def test_forked_spans_are_refused_one_by_one(self, config: Config) -> None:
        first, second, other = span(1), span(2), span(1, name="something else")
        take_traces(config, first)
        receipt = take_traces(config, other, second)
        assert (receipt.accepted, receipt.duplicates, receipt.refused) == (1, 0, 1)
        assert "other contents" in receipt.reasons[0]
        alone = take_traces(config, other)
        assert (alone.accepted, alone.refused, alone.leaf_index) == (0, 1, None)
        repeated = take_traces(config, first)
        assert (repeated.accepted, repeated.duplicates, repeated.refused) == (0, 1, 0)


def test_a_crash_between_spool_and_leaf_is_mended_at_the_next_start(
    config: Config, store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    body = batch(event())
    with monkeypatch.context() as patch:
        patch.setattr(group_commit.log, "append_many", cut)
        with pytest.raises(PowerCut):
            take(config, body)
    assert log.size() == 0
    assert len(spool_of(config.data).unlogged()) == 1
    assert intake.recover(config.data) == 1
    assert log.size() == 1
    assert intake.recover(config.data) == 0
    receipt = take(config, body)
    assert (receipt.duplicates, receipt.leaf_index) == (1, 0)


def test_a_lost_note_of_the_leaf_number_is_found_again_without_a_second_leaf(
    config: Config, store: DuckStore
) -> None:
    take(config, batch(event()))
    spool = spool_of(config.data)
    spool._leaf_numbers.clear()
    mover = MoverStage(config.data, store)
    assert mover.advance()
    assert not mover.advance()
    assert log.size() == 1
    assert store.watermark() == 0


def test_threads_that_wait_together_are_logged_together(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    real = group_commit._commit_queue

    def slow(own: Any) -> None:
        if not rounds:
            until(lambda: len(group_commit._queue) > 1, "only one thread waited")
        rounds.append(len(group_commit._queue))
        real(own)

    monkeypatch.setattr(group_commit, "_commit_queue", slow)

    def send(_: int) -> int:
        try:
            found = take(config, batch(event(), event())).leaf_index
            assert found is not None
            return found
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, range(24)))
    assert sorted(numbers) == list(range(24))
    assert sum(rounds) == 24
    assert max(rounds) > 1
    assert all(spool_of(config.data).sealed(n + 1).leaf is not None for n in range(24))


def test_when_the_trail_refuses_every_waiting_sender_is_told(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("disk full")

    body = batch(event())
    with monkeypatch.context() as patch:
        patch.setattr(group_commit.log, "append_many", refuse)
        with pytest.raises(Unavailable, match="are stored"):
            take(config, body)
    assert take(config, body).leaf_index == 0


def test_a_segment_that_is_refused_stops_no_other(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = spool_of(config.data), []
    for source in ("good", "bad", "good"):
        entry = Entry(uuid7().bytes, "s", "decision", b"{}")
        second.append(first.seal([entry], actor="tok_x", source=source).segment)
    real = group_commit.log.append_many

    def append_many(entries: list[Any]) -> Any:
        if any(entry.facts["source"] == "bad" for entry in entries):
            raise Invalid("refused")
        return real(entries)

    monkeypatch.setattr(group_commit.log, "append_many", append_many)
    group = [group_commit._PendingLeaf(first, sealed) for sealed in second]
    group_commit._queue.extend(group)
    group_commit._commit_queue(group[0])
    assert [pending.leaf for pending in group] == [0, None, 1]
    assert isinstance(group[1].failure, Invalid)
    assert [sealed.facts["source"] for sealed in first.unlogged()] == ["bad"]


def test_the_mover_repeats_any_step_without_doubles(config: Config, store: DuckStore) -> None:
    receipt = take(config, batch(event(), event()))
    spool = spool_of(config.data)
    saved = spool._durable.execute("SELECT * FROM body").fetchone()
    assert MoverStage(config.data, store).advance()
    spool._durable.execute("UPDATE segment SET moved = NULL")
    spool._durable.execute("INSERT INTO body VALUES (?, ?, ?, ?, ?)", saved)
    assert MoverStage(config.data, store).advance()
    assert [(seen.slug, seen.count) for seen in store.systems()] == [("claims-triage", 2)]
    assert store.watermark() == receipt.leaf_index
    assert spool.unmoved() == []
