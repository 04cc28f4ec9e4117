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
from plumbline.kernel.problems import Invalid, Unavailable
from plumbline.telemetry import group_commit, intake, receipts
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.spool import Entry, spool_of
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log

from .conftest import batch, event

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def take(config: Config, body: bytes) -> intake.Receipt:
    return intake.accept(body, "application/json", "", "tok_sender", config)


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
