"""The stage that does confirmed bulk changes through the door, in short chunks that can be resumed.

A chunk is one transaction: the records, their entries in the trail and the mark on each row stand or fall
together. Whatever kills the process, the change goes on at the first row that is not marked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from plumbline.bulk import entries, queries
from plumbline.bulk.models import BulkJob, BulkRow
from plumbline.bulk.plan import reason
from plumbline.bulk.requests import BulkRequest
from plumbline.identity import resumption
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.records import commands, kinds
from plumbline.records.commands import Amendment, Saved
from plumbline.trail import write_priority

SLICE = 0.25
"""Seconds that one call of the stage works for, so that other stages are not kept waiting."""
FEWEST_ROWS, MOST_ROWS = 25, 100
"""What a chunk costs whatever its size, a dozen statements and a commit, is about the cost of so many rows:
smaller chunks would hold the lock longer in all, and no shorter each."""
CHUNK_SECONDS = 0.06
"""How long the transaction of a chunk should take, which on SQLite holds the only write lock."""
LEASE = timedelta(seconds=5)
_MARKS = ("outcome", "message", "remedy", "done", "revision_after", "values")
_OPEN = Q(outcome=BulkRow.Outcome.CHANGE, done=False)


class BulkStage:
    """Takes confirmed bulk changes further."""

    name = "bulk"

    def advance(self) -> bool:
        """Go on with the oldest change; whether there may be more to do."""
        return any(advance(job.handle, seconds=SLICE) for job in queries.open_jobs())


class _Lost(Exception):
    """Somebody else has taken the change up."""


def advance(handle: str, *, seconds: float = 1.0, in_turn: bool = True) -> bool:
    """Go on with a confirmed change for about ``seconds``; whether there is more to do.

    Short writers go between two chunks. A request that works a moment itself is one of those; it says
    ``in_turn=False`` and does one chunk. One at a time holds the job, others return at once.
    """
    running = BulkJob.objects.filter(handle=handle, state=BulkJob.State.RUNNING)
    free = running.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now()))
    job = free.select_related("person").first()
    if job is None:
        return False
    before, job.leased_until = job.leased_until, clock.now() + LEASE
    # Compared and swapped: of two that read the same row, one update finds it unchanged.
    if not running.filter(leased_until=before).update(leased_until=job.leased_until):
        return False
    try:
        actor, until, size = _actor(job), time.monotonic() + seconds, FEWEST_ROWS
        while size := _chunk(job, actor, size):
            if not in_turn:
                return True
            write_priority.yield_to_foreground()
            if time.monotonic() >= until:
                return True
        _finish(job, actor)
    except _Lost:
        return False
    except Problem as problem:
        running.update(state=BulkJob.State.STOPPED, error=problem.detail)
    finally:
        running.filter(leased_until=job.leased_until).update(leased_until=None)
    return False


def _actor(job: BulkJob) -> Actor:
    """Whoever confirmed the change, with the rights of this moment. Raises `NotAllowed`."""
    refusal = "The token that confirmed this change is no longer valid. Confirm it again."
    return resumption.resumed(job.actor, job.person, job.scopes, refusal)


def _chunk(job: BulkJob, actor: Actor, size: int) -> int:
    """Do some rows in one transaction; how many the next chunk should have, 0 when there are no more."""
    rows = list(BulkRow.objects.filter(_OPEN, job_id=job.pk).order_by("place")[:size])
    if not rows:
        return 0
    with transaction.atomic():
        # First, so that nobody can take the change over before the chunk is committed.
        own = BulkJob.objects.filter(pk=job.pk, state=BulkJob.State.RUNNING, leased_until=job.leased_until)
        renewed = clock.now() + LEASE
        if not own.update(leased_until=renewed):
            raise _Lost
        # From here on: a commit that waits for the disk is no reason for smaller chunks.
        began = time.monotonic()
        _do(job, actor, rows)
        BulkRow.objects.bulk_update(
            rows, ("outcome", "message", "remedy", "done", "revision_after", "values")
        )
        took = time.monotonic() - began
    job.leased_until = renewed
    fitting = int(len(rows) * CHUNK_SECONDS / max(took, 0.001))
    return max(FEWEST_ROWS, min(fitting, 2 * size, MOST_ROWS))


def _do(job: BulkJob, actor: Actor, rows: Sequence[BulkRow]) -> None:
    kind, request = kinds.get(job.kind), BulkRequest.of_text(job.request)
    note = request.note or f"Bulk change {job.handle}."
    if request.act == "edit":
        amendments = [
            Amendment(
                row.reference, json.loads(row.values) if request.undo else request.values, row.revision, note
            )
            for row in rows
        ]
        for row, result in zip(rows, commands.amend_many(actor, kind, amendments), strict=True):
            _mark(row, result)
        return
    for row in rows:
        try:
            _mark(row, _single(actor, request, row, note))
        except Problem as problem:
            _mark(row, problem)


def _single(actor: Actor, request: BulkRequest, row: BulkRow, note: str) -> Saved:
    if request.act == "link":
        return commands.link(actor, row.reference, request.relation, request.target, note)
    return commands.move(actor, row.reference, request.move, revision=row.revision, reason=request.reason)


def _mark(row: BulkRow, result: Saved | Problem) -> None:
    """What became of the record: done, or refused meanwhile with the reason."""
    if isinstance(result, Problem):
        row.outcome, row.values = BulkRow.Outcome.REFUSED, ""
        row.message, row.remedy = reason(result)
        return
    row.done, row.revision_after = True, result.revision


def _finish(job: BulkJob, actor: Actor) -> None:
    with transaction.atomic():
        ended = BulkJob.objects.filter(pk=job.pk, state=BulkJob.State.RUNNING)
        if ended.update(state=BulkJob.State.DONE, finished_at=clock.now()):
            entries.append(job, actor.id, "bulk.finished", queries.view(job))
