"""Appending, reading, proving."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction

from plumbline.kernel import clock, merkle, note
from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Invalid, NotFound, TooLarge, Unavailable
from plumbline.kernel.states import ProofState
from plumbline.trail import entry, log, publisher
from plumbline.trail.errors import ReadOnly

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_append_publish_receipt(trail):
    """An entry, a signed checkpoint, a proof that an outsider can check."""
    appended = trail.append(5)
    assert appended.index == 5
    with pytest.raises(Unavailable):
        log.receipt(5)
    assert log.status().state is ProofState.NOT_YET_ANCHORED
    checkpoint = publisher.publish()
    assert (checkpoint.size, checkpoint.time) == (6, appended.time)
    assert publisher.publish() is None
    assert log.status() == log.LogStatus(
        6, log.status().verified_at, ProofState.VERIFIED, log.status().detail
    )
    key = note.VerifierKey.parse(trail.report.vkey)
    proof = note.LogProof.parse(log.receipt(5))
    signed = note.Note.parse(proof.checkpoint)
    assert signed.signed_by(key)
    head = note.TreeHead.parse(signed.text)
    assert merkle.verify_inclusion(5, head.size, appended.leaf_hash, proof.path, head.root)
    with pytest.raises(NotFound):
        log.receipt(6)
    with pytest.raises(NotFound):
        log.receipt(-1)


def test_a_leaf_says_what_was_logged(trail):
    """Every field, the counter without gaps, and the commitment to the opening."""
    appended = trail.append(2, facts={"count": 3})
    view = log.leaf(appended.index)
    assert hashlib.sha256(b"\0" + view.body).digest() == appended.leaf_hash == view.leaf_hash
    read = view.entry
    assert (read.entry_type, read.actor, read.source) == ("record.created", "per_0123456789", "governance")
    assert (read.origin, read.counter, read.retention) == ("plumbline.test/main/1", 2, "governance")
    assert (dict(view.subject)["ref"], dict(view.facts), view.slots) == ("RSK-0007", {"count": 3}, ("body",))
    assert read.time == appended.time == view.time
    state = log.read_opening(appended.index, "body")
    assert isinstance(state, log.Opened)
    assert state.body == log.opening(appended.index, "body") == b'{"title":"Claims are refused unfairly"}'
    assert hashlib.sha256(b"\2" + state.salt + state.body).digest() == read.commitments["body"]
    assert log.opening(appended.index, "other") is None
    with pytest.raises(NotFound):
        log.leaf(99)


def test_append_belongs_into_a_transaction(trail):
    """Outside of one there would be a change without an entry, or an entry without a change."""
    with pytest.raises(RuntimeError):
        log.append("record.created", actor="per_1")
    with pytest.raises(RuntimeError), transaction.atomic():
        publisher.publish()


def test_a_rolled_back_change_leaves_no_entry(trail):
    """Entry and change commit together or not at all, and no number is lost."""
    before = log.size()
    with transaction.atomic():
        log.append("record.created", actor="per_1")
        transaction.set_rollback(True)
    assert log.size() == before
    assert trail.append().index == before
    assert publisher.publish().size == before + 1


def test_the_same_client_id_twice(trail):
    """A retry after a lost answer gets the first number and writes nothing."""
    name = uuid7()
    with transaction.atomic():
        first = log.append("record.created", actor="per_1", client_id=name, openings={"body": b"1"})
    with transaction.atomic():
        again = log.append("record.created", actor="per_1", client_id=name, openings={"body": b"2"})
    assert (again.index, again.leaf_hash, again.time, again.repeated) == (*_three(first), True)
    assert log.opening(first.index, "body") == b"1"
    assert trail.append().index == first.index + 1


def _three(appended):
    return appended.index, appended.leaf_hash, appended.time


def test_an_append_is_at_most_four_statements(trail, counted_queries):
    """Lock, leaf, openings, coordinator; a client id costs no fifth."""
    with transaction.atomic(), counted_queries() as seen:
        log.append("record.created", actor="per_1", client_id=uuid7(), openings={"body": b"x", "note": b"y"})
    assert len([query for query in seen if "SAVEPOINT" not in query["sql"]]) <= 4


def test_time_does_not_go_back(trail):
    """An entry before the last one is refused by name; the same instant is taken, a leap second waited."""
    last = trail.append().time
    with clock.frozen(last):
        assert trail.append().time == last
    with clock.frozen(last - timedelta(seconds=1)):
        assert trail.append().time == last
    with (
        clock.frozen(last - clock.SMALL_STEP - timedelta(microseconds=1)),
        pytest.raises(ReadOnly) as refused,
    ):
        trail.append()
    assert refused.value.reason == "clock-back"
    assert refused.value.status == 503


def test_search_and_leaves(trail):
    """Newest first, by type and subject, continued with ``before``."""
    trail.append(3)
    trail.append(entry_type="record.amended")
    assert [view.index for view in log.search()] == [4, 3, 2, 1, 0]
    assert [view.index for view in log.search("record.created", before=3)] == [2, 1]
    assert [view.index for view in log.search(subject_ref="RSK-0007", limit=2)] == [4, 3]
    assert log.search("nothing.there") == []
    assert [view.index for view in log.leaves(1, 99)] == [1, 2, 3, 4]


def test_proofs_across_tiles(trail):
    """Inclusion and consistency at sizes around the border of a tile, against the plain tree."""
    trail.append(520, openings={})
    hashes = [view.leaf_hash for view in log.leaves(0, 521)]
    for size in (1, 255, 256, 257, 511, 512, 513, 521):
        root = merkle.root(hashes[:size])
        for index in {0, size // 2, size - 1}:
            proof = log.inclusion(index, size)
            assert (proof.root, proof.leaf_hash) == (root, hashes[index])
            assert merkle.verify_inclusion(index, size, hashes[index], proof.path, root)
        for old in {1, size // 2 or 1, size}:
            grown = log.consistency(old, size)
            assert grown.old_root == merkle.root(hashes[:old])
            assert merkle.verify_consistency(old, size, grown.old_root, root, grown.path)
    assert log.inclusion(3).size == 521
    for bad in (lambda: log.inclusion(521), lambda: log.inclusion(0, 522), lambda: log.consistency(0, 5)):
        with pytest.raises(NotFound):
            bad()
    assert publisher.publish().root == merkle.root(hashes)
    assert publisher.scrub().ok


CANARY = "Wilhelmina Canary"


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("entry_type", {"entry_type": "record created"}),
        ("entry_type", {"entry_type": "x" * 60 + ".created"}),
        ("actor", {"actor": CANARY}),
        ("actor", {"actor": "wilhelmina@example.org"}),
        ("source", {"source": CANARY}),
        ("retention", {"retention": CANARY}),
        ("subject.name", {"subject": {"name": CANARY}}),
        ("subject.mail", {"subject": {"mail": "wilhelmina@example.org"}}),
        ("subject", {"subject": {CANARY: 1}}),
        ("facts.a.0.b", {"facts": {"a": [{"b": CANARY}]}}),
        ("facts.a", {"facts": {"a": {CANARY: 1}}}),
        ("facts", {"facts": {"a": 1.5}}),
        ("facts", {"facts": {"a": 2**60}}),
        ("requirements", {"requirements": [CANARY]}),
        ("requirements", {"requirements": ["iso42001:" + CANARY]}),
        ("openings", {"openings": {CANARY: b"x"}}),
        ("openings", {"openings": {"event:1": b"x"}}),
        ("openings", {"openings": {"event": b"x"}}),
    ],
)
def test_no_free_text_in_a_leaf(trail, where, fields):
    """F19 at the level of the trail: names and addresses are refused; the value is not repeated."""
    with pytest.raises(Invalid) as refused, transaction.atomic():
        log.append(**({"entry_type": "record.created", "actor": "per_1"} | fields))
    assert refused.value.faults[0].field == where
    assert refused.value.faults[0].remedy
    assert "anary" not in str(refused.value.as_dict())
    assert "wilhelmina" not in str(refused.value.as_dict())


def test_canaries_stay_in_openings(trail):
    """F19: what goes through every field that takes text is in no byte of any leaf, and in the openings."""
    canaries = [f"Canary{number}" for number in range(3)]
    with transaction.atomic():
        for name in canaries:
            log.append("record.created", actor="per_1", openings={"body": f"{name} Birdsong".encode()})
    bodies = b"".join(view.body for view in log.leaves(0, log.size()))
    for name in canaries:
        assert name.encode() not in bodies
        assert log.search("record.created")
    assert b"Canary2 Birdsong" in log.opening(3, "body")


def test_values_that_may_stand_in_a_leaf(trail):
    """Ids, references, versions, times, digests, counts, the state words."""
    facts = {
        "system": "claims-triage",
        "version": "2.1.0+build7",
        "at": "2026-11-20T10:00:00.000000Z",
        "root": "ab" * 32,
        "results": ["No signal", "Over limit", "iso42001:A.6.2.6"],
        "requirement": "nist-ai-rmf:MEASURE 2.4",
        "law": "eu-ai-act:26(5)",
        "ok": True,
        "none": None,
    }
    with transaction.atomic():
        index = log.append("run.completed", actor="stage:checks", facts=facts).index
    assert dict(log.leaf(index).facts) == facts


def test_a_leaf_has_at_most_16_kib(trail):
    """The bound of the format, told as a problem."""
    with pytest.raises(TooLarge), transaction.atomic():
        log.append("record.created", actor="per_1", facts={f"k{number}": "x" * 200 for number in range(100)})


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"1", b'{"v":1}', b"\xff"],
)
def test_bytes_that_are_no_leaf(body):
    """Reading refuses them with one kind of error."""
    with pytest.raises(ValueError):
        entry.read(body)


def test_the_log_can_be_used_before_it_is_signed(db):
    """Without keys entries are taken; they wait for a signature, and none is given without a guard."""
    with transaction.atomic():
        assert log.append("record.created", actor="per_1").index == 0
    assert log.status().state is ProofState.NOT_YET_ANCHORED
    with pytest.raises(ReadOnly) as refused:
        publisher.publish(guard_file=None)
    assert refused.value.reason == "guard-missing"


def test_a_lost_coordinator_is_no_new_beginning(trail):
    """Entries without the row that numbers them: nothing starts again at 0."""
    from plumbline.trail import models

    trail.append()
    models.Coordinator.objects.all().delete()
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.reason == "tree-mismatch"
