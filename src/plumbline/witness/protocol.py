"""``add-checkpoint`` of c2sp.org/tlog-witness: what a request says, and the status that answers it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.kernel import clock
from plumbline.kernel.cosignature import cosign
from plumbline.kernel.merkle import HASH_LENGTH, verify_consistency
from plumbline.kernel.note import Note, NoteError, TreeHead, decode64, proofs_text
from plumbline.witness.memory import Memory

LARGEST_REQUEST = 65_536
LARGEST_PROOF = 63
SIZE_TYPE = "text/x.tlog.size"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """The answer to a request: an HTTP status, a body and its type."""

    status: int
    body: str
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Submission:
    """A request, read: the size that the log thinks we know, a proof from there, and the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Note
    head: TreeHead

    @classmethod
    def parse(cls, content: bytes) -> Submission:
        """Read the body of a request. Raises ``ValueError``."""
        head, blank, note = content.decode().partition("\n\n")
        first, *lines = head.split("\n")
        match = _OLD.fullmatch(first)
        if not blank or match is None or len(lines) > LARGEST_PROOF:
            raise NoteError("a request is an old size, up to 63 hashes, an empty line and a checkpoint")
        proof = tuple(map(decode64, lines))
        if any(len(hashed) != HASH_LENGTH for hashed in proof):
            raise NoteError("a hash of the proof has a wrong length")
        checkpoint = Note.parse(note)
        # Extension lines may stand below the root. A witness signs them with the rest, unread.
        body = checkpoint.text.split("\n")
        return cls(int(match[1]), proof, checkpoint, TreeHead.parse("\n".join(body[:3]) + "\n"))


def request_body(old: int, proof: Sequence[bytes], checkpoint: str) -> bytes:
    """The body of a request, as a log sends it."""
    return f"old {old}\n{proofs_text(proof)}\n{checkpoint}".encode()


def add_checkpoint(memory: Memory, content: bytes) -> Reply:
    """Cosign the checkpoint if it follows from the last one cosigned; else the status for what is wrong.

    400 malformed, 403 signed by no key of the log, 404 unknown log, 409 another size than the last one (the
    body says which) or another root at the same size, 422 a proof that does not lead there.
    """
    try:
        submission = Submission.parse(content)
    except ValueError as error:
        return Reply(400, f"{error}\n")
    head = submission.head
    keys = memory.logs().get(head.origin)
    if keys is None:
        return Reply(404, "This witness does not know the log.\n")
    if not any(submission.checkpoint.signed_by(key) for key in keys):
        return Reply(403, "No key that is known of the log has signed this checkpoint.\n")
    if submission.old > head.size:
        return Reply(400, "The old size is larger than the checkpoint.\n")
    # Comparing and remembering are one step. Otherwise a request for fewer leaves, checked before and written
    # after one for more, would take the memory back (the race that the protocol describes).
    with memory.locked():
        return _compare_and_cosign(memory, submission)


def _compare_and_cosign(memory: Memory, submission: Submission) -> Reply:
    head = submission.head
    last = memory.last(head.origin)
    known = last.size if last else 0
    if submission.old != known:
        return Reply(409, f"{known}\n", SIZE_TYPE)
    if last is not None and head.size == last.size and head.root != last.root:
        _log.warning("log %s shows another root at size %d: kept as proof", head.origin, head.size)
        memory.keep_conflict(head.origin, submission.checkpoint)
        return Reply(409, f"{known}\n", SIZE_TYPE)
    if not _follows(last, submission):
        _log.warning("log %s at size %d does not follow from size %d", head.origin, head.size, known)
        if last is not None and head != last:
            memory.keep_conflict(head.origin, submission.checkpoint)
        return Reply(422, "The proof does not lead from the last checkpoint to this one.\n")
    memory.remember(head.origin, submission.checkpoint)
    private = memory.private_key()
    return Reply(200, cosign(submission.checkpoint.text, memory.key(), clock.now(), private.sign).line())


def _follows(last: TreeHead | None, submission: Submission) -> bool:
    head, proof = submission.head, list(submission.proof)
    # Nothing can be proved from an empty tree, and nothing needs to be from a tree to itself.
    if last is None or last.size in (0, head.size):
        return not proof
    return verify_consistency(last.size, head.size, last.root, head.root, proof)
