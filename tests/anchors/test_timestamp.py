"""F18: time stamps of a local `openssl ts` authority; whatever is wrong with one is refused."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest
from tests.anchors.conftest import Authority
from tests.clock import real

from plumbline.anchors import queries, stage
from plumbline.kernel import clock
from plumbline.trail import publisher
from plumbline.trail.anchor_receipts import queries as receipts

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def present():
    """`openssl ts` stamps with the machine's time, so the installation has that time, too."""
    with clock.frozen(datetime.fromtimestamp(real(), UTC)):
        yield


def refusal():
    """Why the stamp was not taken."""
    assert stage.send_now() == 0
    (status,) = [status for status in queries.anchoring().statuses if status.anchor == "timestamp"]
    assert status.span is None
    return str(status.error)


def test_f18_a_stamp_of_the_authority_is_taken_and_openssl_agrees(trail, stamps, authority, tmp_path):
    checkpoint = publisher.publish()
    assert stage.send_now() == 1
    (receipt,) = receipts.at_size(checkpoint.size)
    assert (receipt.anchor, receipt.name) == ("timestamp", "127.0.0.1")
    assert receipt.stated_at is not None
    assert authority.verify(checkpoint.note.encode(), receipt.evidence, tmp_path)
    assert not authority.verify(checkpoint.note.encode() + b"\n", receipt.evidence, tmp_path)


def _other_query(folder, query):
    """A query with the same settings for other bytes."""
    (folder / "other").write_bytes(b"something else")
    done = subprocess.run(
        ["openssl", "ts", "-query", "-data", "other", "-sha256", "-cert"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_f18_a_stamp_for_other_bytes_is_refused(trail, stamps, authority, tmp_path):
    publisher.publish()
    stamps.answer = lambda query: authority.stamp(_other_query(tmp_path, query))
    assert "not taken" in refusal()


def test_f18_an_old_answer_is_refused(trail, stamps, authority):
    """A stamp of the same bytes that answered another request: its nonce is another."""
    publisher.publish()
    kept = []

    def first_answer(query):
        kept.append(authority.stamp(query))
        return kept[0]

    stamps.answer = first_answer
    assert stage.send_now() == 1
    stage.AnchorState.objects.all().delete()
    assert stage.send_now() == 0
    assert len(kept) == 2


def test_f18_a_foreign_authority_is_refused(trail, stamps, foreign):
    publisher.publish()
    stamps.answer = foreign.stamp
    assert "not taken" in refusal()


def test_f18_a_foreign_stamp_with_the_trusted_certificates_put_in_is_refused(
    trail, stamps, authority, foreign
):
    """The injected certificate: the right one lies in the stamp, and another key has signed it."""
    publisher.publish()
    stamps.answer = lambda query: foreign.stamp(
        query, authority.folder / "tsa.pem", authority.folder / "root.pem"
    )
    assert "not taken" in refusal()


def test_f18_a_certificate_that_had_expired_is_refused(trail, stamps, tmp_path, configure):
    expired = Authority(tmp_path / "expired", days=("20200101000000Z", "20200201000000Z"))
    roots = tmp_path / "expired.pem"
    roots.write_text(expired.root)
    configure(anchor_timestamp_roots=str(roots))
    publisher.publish()
    stamps.answer = expired.stamp
    assert "not taken" in refusal()


def test_f18_a_stamp_with_a_flipped_bit_in_its_signature_is_refused(trail, stamps, authority):
    publisher.publish()

    def flipped(query):
        answer = bytearray(authority.stamp(query))
        answer[-10] ^= 1
        return bytes(answer)

    stamps.answer = flipped
    assert "not taken" in refusal()


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"\x30\x05\x30\x03\x02\x01\x02"])
def test_f18_an_answer_that_is_no_stamp_is_refused(trail, stamps, answer):
    publisher.publish()
    stamps.answer = lambda _: answer
    assert refusal()


def test_f18_without_roots_nothing_is_sent(trail, stamps, configure):
    publisher.publish()
    stamps.answer = lambda _: pytest.fail("a stamp was asked for that nobody could check")
    configure(anchor_timestamp_roots="")
    assert "PLUMBLINE_ANCHOR_TIMESTAMP_ROOTS" in refusal()


def test_a_server_that_answers_with_an_error_is_said(trail, stamps):
    publisher.publish()
    stamps.status = 500
    assert "500" in refusal()
