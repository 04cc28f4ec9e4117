"""The stage that hands the newest checkpoint to each anchor when it is due, and notes what came back."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from plumbline.anchors import queries
from plumbline.anchors.models import AnchorState
from plumbline.anchors.port import Anchor, AnchorFailed, Contradiction, Received, Stale, Submission, Target
from plumbline.kernel import clock
from plumbline.kernel.merkle import consistency_proof, tree_root
from plumbline.kernel.messages import Text, say
from plumbline.kernel.note import Note, TreeHead
from plumbline.trail import key_history, log, log_state, rotation
from plumbline.trail import queries as trail
from plumbline.trail.anchor_receipts import commands as receipts
from plumbline.trail.anchor_receipts import queries as known_receipts
from plumbline.trail.queries import Checkpoint

_log = logging.getLogger(__name__)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
"""How long to wait after each failure in a row; the last one again and again. An anchor is never given up."""


@dataclass(frozen=True)
class _Attempt:
    """One checkpoint on its way to one target."""

    anchor: Anchor
    target: Target
    submission: Submission


class AnchorStage:
    """Sends checkpoints, one at a time, in a thread of its own.

    The other stages go on meanwhile: a time-stamping authority that does not answer must not keep the next
    checkpoint from being signed. The thread asks no database; what came back is noted by a later turn.
    """

    name = "anchors"

    def __init__(self) -> None:
        """Nothing is on its way."""
        self._thread = ThreadPoolExecutor(1, "anchors")
        self._pending: tuple[_Attempt, Future[Received]] | None = None

    def advance(self) -> bool:
        """Note what came back, or send what is due; whether there was anything to note."""
        if self._pending is not None:
            attempt, future = self._pending
            if not future.done():
                return False
            self._pending = None
            _finish(attempt, future)
            return True
        if not log_state.current().is_writable:
            return False
        rotation.retire_when_due(settings.PLUMBLINE.data)
        attempt_due = _next_due()
        if attempt_due is not None:
            future = self._thread.submit(_send, attempt_due)
            self._pending = attempt_due, future
        return False

    def close(self) -> None:
        """Wait for what is on its way."""
        self._thread.shutdown(wait=True, cancel_futures=True)


def send_now() -> int:
    """Hand the newest checkpoint to every anchor, due or not, and note what came back; how many took it."""
    taken = 0
    checkpoint = log.latest_checkpoint()
    if checkpoint is None:
        return taken
    for anchor, target in queries.targets():
        state = _state_of(anchor, target)
        # A witness that knows another size than was thought says which, and is asked again once.
        for _ in range(2):
            attempt = _prepare(anchor, target, state, checkpoint)
            future: Future[Received] = Future()
            try:
                future.set_result(_send(attempt))
            except AnchorFailed as failure:
                future.set_exception(failure)
            ended = _finish(attempt, future)
            taken += ended is None
            state.refresh_from_db()
            if not isinstance(ended, Stale):
                break
    return taken


def _state_of(anchor: Anchor, target: Target) -> AnchorState:
    state, _ = AnchorState.objects.get_or_create(
        anchor=anchor.slug, name=target.name, defaults={"due_at": clock.now()}
    )
    return state


def _next_due() -> _Attempt | None:
    checkpoint = log.latest_checkpoint()
    if checkpoint is None:
        return None
    now = clock.now()
    for anchor, target in queries.targets():
        state = _state_of(anchor, target)
        if state.due_at > now or not _is_wanted(anchor, target, checkpoint):
            continue
        # The attempt is on record before it is made: a process that is killed while sending comes again after
        # a pause, not at once and for ever. Of two processes, one finds the row unchanged.
        own = AnchorState.objects.filter(pk=state.pk, due_at=state.due_at)
        if own.update(due_at=now + _pause(state.attempts)):
            return _prepare(anchor, target, state, checkpoint)
    return None


def _is_wanted(anchor: Anchor, target: Target, checkpoint: Checkpoint) -> bool:
    span = known_receipts.spans().get((anchor.slug, target.name))
    taken = span.size if span else 0
    return checkpoint.size > taken and known_receipts.has_news(taken, checkpoint.size)


def _prepare(anchor: Anchor, target: Target, state: AnchorState, checkpoint: Checkpoint) -> _Attempt:
    known = min(state.known_size, checkpoint.size)
    proof: list[bytes] = []
    if 0 < known < checkpoint.size:
        proof = consistency_proof(known, checkpoint.size, trail.stored_tree().node)
    return _Attempt(anchor, target, Submission(checkpoint, known, proof))


def _send(attempt: _Attempt) -> Received:
    return attempt.anchor.send(settings.PLUMBLINE, attempt.target, attempt.submission)


def _finish(attempt: _Attempt, future: Future[Received]) -> AnchorFailed | None:
    """Note how an attempt ended; the failure, if it failed."""
    state = _state_of(attempt.anchor, attempt.target)
    try:
        received = future.result()
        for note in received.remembered:
            _require_part_of_the_trail(note)
    except Contradiction as failure:
        _note_contradiction(state, failure)
        return failure
    except AnchorFailed as failure:
        _note_failure(state, failure)
        return failure
    _note_taken(attempt, state, received)
    return None


def _require_part_of_the_trail(content: str) -> None:
    """Raise `Contradiction` if a checkpoint that we have signed does not belong to the trail of today."""
    try:
        note = Note.parse(content)
        head = TreeHead.parse(note.text)
    except ValueError:
        return
    keys = [period.key for period in key_history.history().log]
    # A file that somebody else has put there says nothing about us.
    if not any(note.signed_by(key) for key in keys):
        return
    if head.size > trail.size():
        reason = say(
            "anchors.remembers-more",
            "It remembers {size} entries; the trail has fewer.",
            size=head.size,
        )
        raise Contradiction(reason, head.size, head.root)
    if head.size and tree_root(head.size, trail.stored_tree().node) != head.root:
        reason = say(
            "anchors.remembers-other",
            "It remembers another history: its checkpoint of {size} entries does not lead to this trail.",
            size=head.size,
        )
        raise Contradiction(reason, head.size, head.root)


def _pause(attempts: int) -> timedelta:
    return PAUSES[min(attempts, len(PAUSES) - 1)]


def _note_taken(attempt: _Attempt, state: AnchorState, received: Received) -> None:
    checkpoint = attempt.submission.checkpoint
    state.known_size, state.attempts, state.error, state.failing_since = checkpoint.size, 0, "", None
    state.due_at = clock.now() + queries.interval(attempt.anchor)
    with transaction.atomic():
        receipts.record(
            attempt.anchor.slug, attempt.target.name, checkpoint, received.evidence, received.stated_at
        )
        state.save()


def _note_failure(state: AnchorState, failure: AnchorFailed) -> None:
    now = clock.now()
    if isinstance(failure, Stale):
        # Not a failure but an answer: the next try proves the way from there.
        state.known_size, state.due_at = failure.known, now
        state.save()
        return
    _log.warning("anchor %s %s: %s", state.anchor, state.name, failure.reason)
    state.due_at = now + _pause(state.attempts)
    state.attempts, state.error = state.attempts + 1, failure.reason
    state.failing_since = state.failing_since or now
    state.save()


def _note_contradiction(state: AnchorState, failure: Contradiction) -> None:
    _log.error("anchor %s %s contradicts the trail: %s", state.anchor, state.name, failure.reason)
    now: datetime = clock.now()
    first = state.contradicted_at is None
    reason: Text = failure.reason
    state.attempts, state.error, state.failing_since = state.attempts + 1, reason, state.failing_since or now
    state.due_at = now + _pause(state.attempts)
    # Kept for good: that the other side agrees again later does not make it unsaid.
    state.contradicted_at, state.contradiction = state.contradicted_at or now, state.contradiction or reason
    with transaction.atomic():
        state.save()
        if first:
            receipts.record_contradiction(state.anchor, state.name, failure.size, failure.root)
