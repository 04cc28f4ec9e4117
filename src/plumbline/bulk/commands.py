"""What a person does with a bulk change: plan, confirm, discard, take back. `stage` then does it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import transaction

from plumbline.bulk import entries, queries, stage
from plumbline.bulk import plan as planning
from plumbline.bulk.models import BulkJob, BulkRow
from plumbline.bulk.plan import PlannedRow
from plumbline.bulk.queries import BulkView
from plumbline.bulk.requests import BulkRequest, check
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Word, say
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.kinds import Kind

MOST = 10_000
"""Records of one bulk change at the most."""
VERBS = {"edit": "amend", "move": "read", "link": "link"}
"""What somebody needs on some record of the kind to plan an act; each record is judged by itself."""
_STORED = 200
_LOOK = 0.2


def plan(
    actor: Actor, kind_slug: str, request: BulkRequest, *, references: Sequence[str] = (), where: str = ""
) -> BulkView:
    """Keep a preview for confirmation, of the records named or of all for which the conditions hold.

    No record is written. Raises `Invalid` or `NotAllowed`.
    """
    kind = kinds.get(kind_slug)
    policy.require(actor, VERBS.get(request.act, "read"), kind=kind.slug, anywhere=True)
    check(kind, request)
    named = [reference.upper() for reference in references]
    wanted = list(dict.fromkeys(named or records.references(actor, kind, where)))
    if not wanted:
        raise Invalid("Nothing was planned.", [Fault("references", "are none", "choose at least one record")])
    if len(wanted) > MOST:
        remedy = say("bulk.most", "at most {most}; narrow the list", most=MOST)
        raise Invalid("Nothing was planned.", [Fault("references", "are too many", remedy)])
    return _kept(actor, kind, request, planning.plan(actor, kind, request, wanted))


def _kept(
    actor: Actor, kind: Kind, request: BulkRequest, rows: Iterable[PlannedRow], undoes: BulkJob | None = None
) -> BulkView:
    with transaction.atomic():
        job = BulkJob.objects.create(
            kind=kind.slug,
            request=request.as_text(),
            undoes=undoes,
            actor=actor.id,
            scopes=None if actor.scopes is None else " ".join(sorted(actor.scopes)),
            person_id=actor.person_id,
            created_at=clock.now(),
        )
    left, place = iter(rows), 0
    # Judged before the transaction, stored in short ones: nobody waits for a preview.
    while part := list(islice(left, _STORED)):
        made = [
            BulkRow(
                job_id=job.pk, place=number, reference=row.reference, revision=row.revision,
                outcome=row.outcome, message=row.message, remedy=row.remedy, values=row.values,
            )
            for number, row in enumerate(part, place)
        ]  # fmt: skip
        place += len(part)
        with transaction.atomic():
            BulkRow.objects.bulk_create(made)
    return queries.view(job)


def undo(actor: Actor, handle: str) -> BulkView:
    """Keep a preview that puts back what a bulk edit replaced, where nothing has changed since.

    Raises `Conflict` for a change that is not done, was no edit, or was undone before.
    """
    job = queries.job_row(actor, handle)
    shown = queries.view(job)
    if not shown.may_be_undone:
        text = "Only a finished edit can be taken back, and only once."
        raise Conflict("It was not taken back.", [Fault("state", text)])
    kind, request = kinds.get(job.kind), BulkRequest("edit", undo=True)
    policy.require(actor, "amend", kind=kind.slug, anywhere=True)
    # A preview that was given up makes room for another one.
    BulkJob.objects.filter(undoes_id=job.pk, state=BulkJob.State.DISCARDED).update(undoes=None)
    done = {row.reference: row for row in BulkRow.objects.filter(job_id=job.pk, done=True).order_by("place")}
    found = planning.visible_records(actor, kind, list(done))
    rows = (
        planning.judged(actor, kind, request, record, row.values, row.revision_after)
        for record, row in ((record, done[record.reference]) for record in found)
    )
    return _kept(actor, kind, request, rows, undoes=job)


def _require_previewed(job: BulkJob) -> None:
    if job.state != BulkJob.State.PREVIEWED:
        state = say("bulk.state", "is {state}", state=Word(job.state))
        raise Conflict("This change is no longer waiting.", [Fault("state", state, "plan it again")])


def discard(actor: Actor, handle: str) -> None:
    """Give up a change that was not confirmed. Raises `Conflict`."""
    job = queries.job_row(actor, handle)
    _require_previewed(job)
    with transaction.atomic():
        BulkRow.objects.filter(job_id=job.pk).delete()
        BulkJob.objects.filter(pk=job.pk).update(
            state=BulkJob.State.DISCARDED, request="", finished_at=clock.now()
        )


def confirm(actor: Actor, handle: str) -> BulkView:
    """Say that it may be done (or, after a stop, gone on with). Only `stage.advance` then does it.

    Raises `Conflict` unless it waits for this, `Invalid` when no record would be changed.
    """
    job = queries.job_row(actor, handle)
    shown = queries.view(job)
    if not shown.counts["change"]:
        raise Invalid("There is nothing to do.", [Fault("rows", "none would be changed")])
    with transaction.atomic():
        waiting = (BulkJob.State.PREVIEWED, BulkJob.State.STOPPED)
        scopes = None if actor.scopes is None else " ".join(sorted(actor.scopes))
        taken = BulkJob.objects.filter(pk=job.pk, state__in=waiting).update(
            state=BulkJob.State.RUNNING, confirmed_at=clock.now(), actor=actor.id, scopes=scopes, error=""
        )
        if not taken:
            _require_previewed(job)
        entries.append(job, actor.id, "bulk.confirmed", shown)
    return queries.job(actor, handle)


def run(actor: Actor, handle: str) -> BulkView:
    """Confirm a change and do it to the end; when the flow of a server takes it over, it is waited for."""
    confirm(actor, handle)
    while True:
        mine = stage.advance(handle)
        shown = queries.job(actor, handle)
        if shown.state != BulkJob.State.RUNNING:
            return shown
        if not mine:
            time.sleep(_LOOK)
