"""From committed to published: verify, guard, sign, publish.

``accepted → committed(index) → verified → guarded → published``. Each step is durable before the next
begins, and each can be repeated: after a stop at any arrow the next call takes up where the last one
stopped and issues the very same note. Whatever does not fit makes the trail read-only with a named reason.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from plumbline.kernel import clock
from plumbline.kernel.merkle import consistency_proof
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, NoteError, TreeHead
from plumbline.trail import clock_check, commands, epochs, keys, log_state, queries, refusals
from plumbline.trail.errors import ReadOnly
from plumbline.trail.guard import Damage, Guard, GuardRecord
from plumbline.trail.one_moment import one_moment
from plumbline.trail.queries import Checkpoint, State
from plumbline.trail.read_back import read_back
from plumbline.trail.scrub import Progress, ScrubReport, Steps, scrub_log, told
from plumbline.trail.signer import Signer

__all__ = ["ReadOnly", "ScrubReport", "publish", "scrub", "scrubbing"]


def publish(data: Path | None = None, guard_file: Path | None = None) -> Checkpoint | None:
    """Sign and publish what has been committed since the last time; ``None`` if there is nothing new.

    Only what is committed can be signed, so it raises ``RuntimeError`` inside a transaction. Raises
    `ReadOnly` with a reason when database, guard, clock and signer do not agree; then nothing is signed.
    """
    if commands.in_transaction():
        raise RuntimeError("only committed entries are signed: publish outside of transactions")
    data, file = data or settings.PLUMBLINE.data, guard_file or settings.PLUMBLINE.guard_file
    try:
        with Guard(file) as guard:
            published = _publish(guard, data)
    except ReadOnly as refusal:
        # Noted for the doors and pages, which run in other processes.
        with suppress(OSError):  # a full disk is found by whoever writes next
            refusals.note(file, refusal)
        raise
    refusals.forget(file)
    return published


def _publish(guard: Guard, data: Path) -> Checkpoint | None:
    record, state = guard.read(), queries.state()
    # Read after the state, so that an entry committed in between does not look like a clock set back.
    now = clock.now()
    if state is None or state.size == 0:
        if record is not None and record.size:
            raise log_state.rolled_back(record.size, 0)
        return None
    record = _require_agreement(record, state, now)
    signers = keys.load(data, state.size)
    root = state.frontier.root()
    published = queries.latest_checkpoint()
    _check_published(published, record, signers)
    if record.size == state.size:
        if root != record.root:
            raise log_state.root_mismatch(state.size)
        if published is not None and published.size == state.size:
            return None
    back = read_back(record.size, state)
    if back.old_root != record.root:
        raise log_state.root_mismatch(record.size)
    # The guard moves before anything is signed. A stop in between leaves the guard ahead, and the next call
    # signs the very same tree; the other way round, a signed checkpoint could be rolled back unseen.
    boot, uptime = clock_check.boot_id(), clock_check.uptime()
    guard.swap(record, replace(record, size=state.size, root=root, time=now, boot=boot, uptime=uptime))
    # The time of the last entry and not of signing, so that a repeated call issues the same note.
    time = state.last_time or now
    return _sign(
        Signer(signers.log, signers.folder, signers.overlapping),
        TreeHead(state.origin, state.size, root),
        time,
    )


def _require_agreement(record: GuardRecord | None, state: State, now: datetime) -> GuardRecord:
    """The guard's record, if it agrees with signing ``state`` at ``now``."""
    if record is None:
        raise ReadOnly(
            "guard-missing", "The log has entries but its guard is missing. Bring the guard file back."
        )
    if (record.origin, record.epoch) != (state.origin, state.epoch):
        raise ReadOnly("other-log", "The guard belongs to another log.")
    if state.size < record.size:
        raise log_state.rolled_back(record.size, state.size)
    if record.damage is not None:
        raise log_state.damaged(record.damage)
    if (refusal := clock_check.refusal(record, state.last_time, now)) is not None:
        raise refusal
    return record


def head_of(checkpoint: Checkpoint, signers: keys.Signers) -> TreeHead:
    """What a stored checkpoint says, if our key signed it and its columns agree. Raises ``ValueError``."""
    note = Note.parse(checkpoint.note)
    head = TreeHead.parse(note.text)
    # An epoch that has ended was signed under its own name, and counts up to where both agree.
    known = epochs.epochs(signers.log.name)
    if not signers.signed(note, head.size) or not epochs.holds(known, head.origin, head.size):
        raise NoteError("the checkpoint is not signed by this log")
    if (head.size, head.root) != (checkpoint.size, checkpoint.root):
        raise NoteError("the columns of the checkpoint differ from its note")
    return head


def _check_published(published: Checkpoint | None, record: GuardRecord, signers: keys.Signers) -> None:
    if published is None:
        return
    try:
        head = head_of(published, signers)
    except ValueError as error:
        message = say(
            "trail.foreign-checkpoint",
            "The newest checkpoint in the database is not ours: {error}.",
            error=str(error),
        )
        raise ReadOnly("fork", message) from error
    if head.size > record.size or (head.size == record.size and head.root != record.root):
        raise ReadOnly("fork", "The newest checkpoint in the database is not the one the guard knows.")


def _sign(signer: Signer, head: TreeHead, time: datetime) -> Checkpoint:
    last = signer.last()
    proof: list[bytes] = []
    if last is not None and 0 < last[0] < head.size:
        proof = consistency_proof(last[0], head.size, queries.stored_tree().node)
    note = signer.sign(head.size, head.root, proof)
    commands.store_checkpoint(head, note, time)
    return Checkpoint(head.size, head.root, str(note), time)


def scrub(progress: Progress | None = None) -> ScrubReport:
    """`scrubbing` in one go; ``progress`` is called with (done, total) entries now and then."""
    return told(scrubbing(), progress)


def scrubbing() -> Steps:
    """Hash the whole log again in pieces, and compare everything that can be compared.

    What is found is remembered in the guard: until a later scrub finds nothing, nothing is signed.
    """
    signers, file = keys.load(settings.PLUMBLINE.data), settings.PLUMBLINE.guard_file

    def compared(record: GuardRecord | None) -> Steps:
        return scrub_log(record, lambda checkpoint: head_of(checkpoint, signers))

    # Read first: the database has at least as many entries. The guard stays free meanwhile, since a walk over
    # a large log must not keep the next checkpoint from being signed.
    with Guard(file) as guard:
        record = guard.read()
    report = yield from compared(record)
    with Guard(file) as guard:
        record = guard.read()
        if not report.ok:
            # Others may have written meanwhile; damage that stops the log is found while nobody can.
            with one_moment():
                report = told(compared(record), None)
        if record is not None:
            damage = None if report.ok else Damage(report.first_bad, report.last_bad, report.detail)
            guard.note_damage(damage)
    return report
