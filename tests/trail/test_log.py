"""Appending, reading, proving."""

import pytest

from plumbline.kernel import merkle, note
from plumbline.kernel.problems import NotFound, Unavailable
from plumbline.trail import log, publisher

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_append_publish_receipt(trail):
    """The thin path: an entry, a signed checkpoint, a proof that an outsider can check."""
    appended = trail.append(5)
    assert appended.index == 5
    with pytest.raises(Unavailable):
        log.receipt(5)
    checkpoint = publisher.publish()
    assert checkpoint.size == 6
    assert publisher.publish() is None
    key = note.VerifierKey.parse(trail.report.vkey)
    proof = note.LogProof.parse(log.receipt(5))
    signed = note.Note.parse(proof.checkpoint)
    assert signed.signed_by(key)
    head = note.TreeHead.parse(signed.text)
    assert merkle.verify_inclusion(5, head.size, appended.leaf_hash, proof.path, head.root)
    with pytest.raises(NotFound):
        log.receipt(6)
