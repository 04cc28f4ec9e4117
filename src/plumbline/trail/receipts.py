"""Receipts: our own as COSE, and those of others, taken in with the name of whoever signed them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from plumbline.kernel import cose
from plumbline.kernel.merkle import inclusion_proof, leaf_hash, tree_root, verify_inclusion
from plumbline.kernel.messages import say
from plumbline.kernel.note import LogProof, Note, NoteError, TreeHead, VerifierKey
from plumbline.kernel.problems import Fault, Invalid, Unavailable
from plumbline.trail import keys, queries


def cose_receipt(index: int) -> bytes:
    """The receipt of one entry under the newest checkpoint, as COSE (RFC 9942).

    The log key signs the same root that the checkpoint states, and nothing that no checkpoint states. Raises
    `NotFound` for no such entry, `Unavailable` while no checkpoint covers it.
    """
    queries.leaf(index)
    checkpoint = queries.latest_checkpoint()
    if checkpoint is None or index >= checkpoint.size:
        raise Unavailable("The entry is logged; its checkpoint is not signed yet. Ask again in a second.")
    tree, signer = queries.stored_tree(), keys.load(settings.PLUMBLINE.data).log
    # The key signs what it has signed before in another form: not a row that somebody has edited.
    signed = Note.parse(checkpoint.note)
    head = TreeHead.parse(signed.text)
    same = (head.size, head.root) == (checkpoint.size, tree_root(checkpoint.size, tree.node))
    if not same or head.origin != signer.name or not signed.signed_by(signer.verifier):
        raise Unavailable("The tree and its checkpoint differ. Run plumbline trail scrub.")
    path = inclusion_proof(index, checkpoint.size, tree.node)
    return cose.issue(head.size, index, path, head.root, signer.verifier, signer.sign)


@dataclass(frozen=True)
class ForeignReceipt:
    """What a receipt shows: that an entry stands in somebody's log, and who signed that it does."""

    form: str
    signed_by: str
    index: int
    size: int


def check_receipt(receipt: bytes, entry: bytes, vkey: str) -> ForeignReceipt:
    """Check a receipt of any log, as COSE or as tlog-proof, for the bytes of its entry under a key you chose.

    Raises `Invalid` with the reason if it does not hold.
    """
    try:
        key = VerifierKey.parse(vkey)
        if receipt.startswith(b"c2sp.org/"):
            return _check_proof(LogProof.parse(receipt.decode()), entry, key)
        found = cose.read(receipt)
        if not found.signed_by(key, leaf_hash(entry)):
            raise NoteError("it is not signed by this key for this entry")
        return ForeignReceipt("COSE receipt (RFC 9942)", key.name, found.index, found.size)
    except ValueError as error:
        found_wrong = say("receipt.wrong", "does not hold: {error}", error=str(error))
        fault = Fault("receipt", found_wrong, "ask its issuer for the key and the entry's bytes")
        raise Invalid("The receipt does not hold.", [fault]) from error


def _check_proof(proof: LogProof, entry: bytes, key: VerifierKey) -> ForeignReceipt:
    note = Note.parse(proof.checkpoint)
    head = TreeHead.parse(note.text)
    if not note.signed_by(key) or head.origin != key.name:
        raise NoteError("the checkpoint is not signed by this key")
    if not verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.path, head.root):
        raise NoteError("the entry is not in the tree of the checkpoint")
    return ForeignReceipt("tlog-proof (C2SP)", key.name, proof.index, head.size)
