"""Checkpoints go out when they are due, what comes back is an entry, and failures are said, never silent."""

from __future__ import annotations

import hashlib
import socket
import threading
from datetime import timedelta

import pytest
from tests.waiting import until

from plumbline.anchors import outgoing, queries, stage
from plumbline.anchors.models import AnchorState
from plumbline.anchors.port import AnchorFailed
from plumbline.kernel import clock
from plumbline.kernel.cosignature import WitnessKey
from plumbline.kernel.note import Note, VerifierKey
from plumbline.trail import log, publisher
from plumbline.trail.anchor_receipts import proofs
from plumbline.trail.anchor_receipts import queries as receipts
from plumbline.witness.memory import Memory
from plumbline.witness.server import WitnessServer

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def status_of(anchor):
    """The one status of an anchor."""
    (found,) = [status for status in queries.anchoring().statuses if status.anchor == anchor]
    return found


def differences():
    """What the scrub finds of receipts, in both directions."""
    return [difference for each in proofs.declaration().passes for difference in each.check(*each.span())]


@pytest.fixture
def folder(tmp_path, configure):
    """A folder on another path."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    configure(anchor_folder=str(folder))
    return folder


def test_without_anchors_the_plain_state_is_said(trail):
    publisher.publish()
    anchoring = queries.anchoring()
    assert str(anchoring.claim).startswith("Nobody outside holds a checkpoint yet.")
    assert {status.anchor for status in anchoring.statuses} == {
        "folder",
        "git",
        "mail",
        "timestamp",
        "witness",
    }
    assert not any(status.is_configured or status.span for status in anchoring.statuses)
    assert stage.send_now() == 0


def test_what_an_anchor_took_is_an_entry_and_a_row_that_follows_from_it(trail, witness):
    trail.append(3)
    checkpoint = publisher.publish()
    assert stage.send_now() == 1
    (entry,) = log.search("trail.anchored")
    (receipt,) = receipts.at_size(checkpoint.size)
    assert (receipt.anchor, receipt.name, receipt.leaf) == ("witness", "audit", entry.index)
    assert entry.facts["evidence"] == hashlib.sha256(receipt.evidence).hexdigest()
    assert differences() == []
    assert status_of("witness").span.size == checkpoint.size
    assert str(queries.anchoring().quorum).startswith("The quorum of witnesses has cosigned")


def test_two_witnesses_reach_their_quorum_one_after_the_other(trail, witness, tmp_path):
    """What the first gives is an entry, so that the second cosigns a longer log; it has the shorter in it."""
    memory = Memory(tmp_path / "board" / "witness")
    key = memory.create("board.example/witness")
    memory.add_log(VerifierKey.parse(trail.report.vkey))
    with WitnessServer(("127.0.0.1", 0), memory) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        policy = witness.policy.read_text().replace("quorum audit", f"witness board {key} {server.url}")
        witness.policy.write_text(policy + "group both all audit board\nquorum both\n")
        first = publisher.publish().size
        pump = stage.AnchorStage()
        try:
            until(lambda: pump.advance(), "the first cosignature")
            assert "1 of 2" in str(queries.anchoring().quorum)
            longer = publisher.publish().size
            assert longer > first
            trail.append()
            publisher.publish()
            until(lambda: pump.advance(), "the second cosignature")
        finally:
            pump.close()
            server.shutdown()
            thread.join()
    assert len({span.size for span in receipts.spans().values()}) == 2
    assert f"up to {first} entries" in str(queries.anchoring().quorum)


def test_a_receipt_that_was_edited_differs_from_its_entry(trail, witness):
    from plumbline.trail.models import AnchorReceipt

    publisher.publish()
    assert stage.send_now() == 1
    for field, value in (
        ("size", 99), ("evidence", b"x"), ("anchor", "mail"), ("name", "x"), ("root", b"\0" * 32),
        ("stated_at", clock.now() + timedelta(hours=1)), ("time", clock.now() + timedelta(hours=1)),
    ):  # fmt: skip
        before = AnchorReceipt.objects.get()
        AnchorReceipt.objects.update(**{field: value})
        assert [difference.field for difference in differences()] == [field]
        before.save()


def test_a_receipt_without_its_entry_and_an_entry_without_its_receipt_are_found(trail, witness):
    from plumbline.trail.models import AnchorReceipt

    publisher.publish()
    assert stage.send_now() == 1
    AnchorReceipt.objects.update(leaf=0)
    assert sorted(difference.field for difference in differences()) == ["entry", "row"]
    AnchorReceipt.objects.all().delete()
    assert [difference.field for difference in differences()] == ["row"]


def test_the_cosignature_stands_below_the_checkpoint_and_verifies(trail, witness):
    checkpoint = publisher.publish()
    assert stage.send_now() == 1
    note = Note.parse(receipts.cosigned_note(checkpoint))
    assert [line.name for line in note.signatures] == ["plumbline.test/main/1", "audit.example/witness"]
    assert isinstance(witness.memory.key(), WitnessKey)
    assert witness.memory.key().cosignature(note) is not None
    assert log.latest_checkpoint().note == checkpoint.note


def test_a_witness_that_knows_more_than_we_thought_is_asked_again(trail, witness):
    """The state was lost: the witness says which size it knows, and the proof starts from there."""
    trail.append(2)
    publisher.publish()
    assert stage.send_now() == 1
    AnchorState.objects.all().delete()
    trail.append(2)
    publisher.publish()
    assert stage.send_now() == 1
    assert status_of("witness").error == ""


def test_the_folder_gets_each_checkpoint_once(trail, folder):
    for _ in range(2):
        trail.append()
        publisher.publish()
        assert stage.send_now() == 1
        assert stage.send_now() == 1
    files = sorted(folder.iterdir())
    assert [file.read_text() for file in files] == [
        log.checkpoint_at(int(file.name.split("-")[1].split(".")[0])).note for file in files
    ]
    assert len(files) == 2
    assert str(queries.anchoring().claim).startswith("Nobody outside")


def test_a_volume_that_is_not_mounted_is_said_and_nothing_is_made(trail, folder):
    folder.rmdir()
    publisher.publish()
    assert stage.send_now() == 0
    assert str(status_of("folder").error) == "The folder is not there. Mount it, or make it."
    assert not folder.exists()


def _settle(pump):
    """Turns of the stage until nothing is on its way any more."""
    pump.advance()
    until(lambda: pump._pending is None or pump.advance(), "nothing came back")


def test_the_stage_sends_when_due_and_only_news(trail, folder):
    pump, start = stage.AnchorStage(), clock.now()
    try:
        for hours, expected in ((0, 1), (0.5, 1), (2, 1)):
            with clock.frozen(start + timedelta(hours=hours)):
                publisher.publish()
                _settle(pump)
                # Its own entries are no news: an idle log is not anchored for ever.
                assert len(list(folder.iterdir())) == expected
        with clock.frozen(start + timedelta(hours=3)):
            trail.append()
            publisher.publish()
            _settle(pump)
            assert len(list(folder.iterdir())) == 2
    finally:
        pump.close()


def test_failures_pause_longer_and_longer_and_are_never_given_up(trail, folder):
    folder.rmdir()
    publisher.publish()
    pump, now = stage.AnchorStage(), clock.now()
    pauses = []
    try:
        for _ in range(8):
            with clock.frozen(now):
                _settle(pump)
                due = status_of("folder").due_at
            pauses.append(due - now)
            now = due
        assert pauses == [*stage.PAUSES, *stage.PAUSES[-1:] * 3]
        status = status_of("folder")
        assert status.failing_since is not None
        folder.mkdir()
        with clock.frozen(now):
            _settle(pump)
        assert (status_of("folder").error, status_of("folder").failing_since) == ("", None)
    finally:
        pump.close()


def test_publishing_goes_on_when_the_witness_is_unreachable_and_the_page_says_so(trail, witness, configure):
    """F16: degraded by policy, never silent."""
    text = witness.policy.read_text().replace(witness.url, "http://127.0.0.1:9")
    witness.policy.write_text(text)
    publisher.publish()
    assert stage.send_now() == 0
    trail.append()
    assert publisher.publish() is not None
    assert "cannot be reached" in str(status_of("witness").error)
    assert "Publishing goes on without them" in str(queries.anchoring().quorum)
    assert str(queries.anchoring().claim).startswith("Nobody outside")


def test_a_policy_that_cannot_be_read_is_said(trail, witness):
    witness.policy.write_text("nonsense\n")
    publisher.publish()
    assert stage.send_now() == 0
    assert "line 1" in str(status_of("witness").error)


def test_a_checkpoint_that_was_never_published_is_not_recorded(trail):
    from dataclasses import replace

    from plumbline.kernel.problems import Conflict
    from plumbline.trail.anchor_receipts import commands

    checkpoint = publisher.publish()
    with pytest.raises(Conflict):
        commands.record("mail", "mail", replace(checkpoint, root=bytes(32)), b"", None)
    assert log.search("trail.anchored") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://198.51.100.7/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://user:secret@example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///nowhere",
        "https://[bad/",
    ],
)
def test_addresses_that_are_not_public_web_addresses_are_refused(url):
    """Without PLUMBLINE_ANCHOR_PRIVATE nothing goes into a private network or unencrypted."""
    with pytest.raises(AnchorFailed) as failed:
        outgoing.post(url, b"", "text/plain", allow_private=False)
    assert "secret" not in str(failed.value.reason)


def test_the_address_that_was_checked_is_the_one_that_is_spoken_to(monkeypatch, stamps):
    """A name that resolves to something else a moment later changes nothing: it is resolved once."""
    resolve, answers = socket.getaddrinfo, [[(2, 1, 6, "", ("127.0.0.1", 0))]]

    def once(host, *rest, **named):
        return answers.pop() if host == "stamps.example" else resolve(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    stamps.answer = lambda query: query
    url = stamps.url.replace("127.0.0.1", "stamps.example")
    assert outgoing.post(url, b"ping", "text/plain", allow_private=True).content == b"ping"


def test_an_answer_that_never_ends_is_cut(stamps):
    stamps.answer = lambda _: b"x" * (outgoing.LARGEST_ANSWER + 1)
    with pytest.raises(AnchorFailed):
        outgoing.post(stamps.url, b"", "text/plain", allow_private=True)
