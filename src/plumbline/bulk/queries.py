"""What can be asked of bulk changes. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from plumbline.bulk.models import BulkJob, BulkRow
from plumbline.bulk.requests import BulkRequest
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.names import titles

OUTCOMES = tuple(BulkRow.Outcome.values)


@dataclass(frozen=True)
class BulkView:
    """A bulk change: what it asks for, what it does with how many records, and how many are done."""

    handle: str
    kind: Kind
    request: BulkRequest | None
    state: str
    state_label: str
    error: Text
    counts: dict[str, int]
    done: int
    undoes: str
    undone_by: str
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None

    @property
    def total(self) -> int:
        """How many records were chosen."""
        return sum(self.counts.values())

    @property
    def may_be_undone(self) -> bool:
        """Whether an undo can be asked for: fields were set, and nobody has asked before."""
        edits = self.request is not None and self.request.act == "edit" and not self.undoes
        return edits and self.state == BulkJob.State.DONE and self.done > 0 and not self.undone_by


@dataclass(frozen=True)
class RowView:
    """What a bulk change does with one record, and whether that is done; without a title it is hidden."""

    reference: str
    title: str
    outcome: str
    outcome_label: str
    message: Text
    remedy: Text
    done: bool


def job_row(actor: Actor, handle: str) -> BulkJob:
    """The bulk change with this id, if ``actor`` asked for it. Raises `NotFound`, or `NotAllowed`."""
    policy.require(actor, "read", anywhere=True)
    found = _own(actor).filter(handle=handle).first()
    if found is None:
        raise NotFound("There is no bulk change with this id that you asked for.")
    return found


def _own(actor: Actor) -> QuerySet[BulkJob]:
    rows = BulkJob.objects.select_related("undoes", "undone_by")
    if actor.person_id is not None:
        return rows.filter(person_id=actor.person_id)
    return rows.filter(actor=actor.id)


def view(job: BulkJob) -> BulkView:
    """A job with its counts."""
    found = BulkRow.objects.filter(job_id=job.pk).order_by().values("outcome", "done").annotate(n=Count("id"))
    counts, done = dict.fromkeys(OUTCOMES, 0), 0
    for row in found:
        counts[row["outcome"]] += row["n"]
        done += row["n"] if row["done"] else 0
    undo = BulkJob.objects.filter(undoes_id=job.pk).exclude(state=BulkJob.State.DISCARDED).first()
    return BulkView(
        job.handle, kinds.get(job.kind), BulkRequest.of_text(job.request) if job.request else None, job.state,
        str(BulkJob.State(job.state).label), job.error, counts, done,
        job.undoes.handle if job.undoes is not None else "", undo.handle if undo is not None else "",
        job.created_at, job.confirmed_at, job.finished_at,
    )  # fmt: skip


def job(actor: Actor, handle: str) -> BulkView:
    """The bulk change with this id, if ``actor`` asked for it. Raises `NotFound`."""
    return view(job_row(actor, handle))


def jobs(actor: Actor, *, limit: int = 25) -> list[BulkView]:
    """The newest bulk changes that ``actor`` asked for."""
    policy.require(actor, "read", anywhere=True)
    return [view(row) for row in _own(actor).exclude(state=BulkJob.State.DISCARDED)[:limit]]


def rows(
    actor: Actor, handle: str, *, outcome: str = "", page: int = 1, size: int = 50
) -> tuple[list[RowView], int]:
    """Rows of a bulk change in their order, and how many there are in all; of one ``outcome`` if given."""
    found = BulkRow.objects.filter(job_id=job_row(actor, handle).pk).order_by("place")
    if outcome:
        found = found.filter(outcome=outcome)
    total, listed = found.count(), list(found[(page - 1) * size : page * size])
    named = titles(actor, [row.reference for row in listed])
    return [
        RowView(
            row.reference, named.get(row.reference, ""), row.outcome,
            str(BulkRow.Outcome(row.outcome).label), row.message, row.remedy, row.done,
        )
        for row in listed
    ], total  # fmt: skip


def open_jobs() -> Iterator[BulkJob]:
    """Bulk changes that were confirmed and are not at their end, oldest first."""
    return iter(list(BulkJob.objects.filter(state=BulkJob.State.RUNNING).order_by("id")))
