"""Taking a whole import back: what it made is discarded, what it changed is put back, its links end.

Only what nobody has touched since; the rest stays as it is and is listed with the reason, with its links.
Every record and link is taken back by an act of its own, with its own entry in the trail, by the rules that
hold for that act.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import entries, queries, targets
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, Word, say
from plumbline.kernel.problems import Conflict, Fault, Problem
from plumbline.records import commands
from plumbline.records import queries as records
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.related import queries as related
from plumbline.records.search_index import commands as search_index

AT_ONCE = 200
"""Records that one call takes back; a caller asks again while some are ``left``."""
_REASON = "The import of {file} was withdrawn as a whole."


@dataclass(frozen=True)
class Withdrawal:
    """How far it is: records and ``links`` taken back by this call, the records that stay with why, how many
    are left to do."""

    taken_back: int
    links: int
    staying: tuple[tuple[str, Text], ...]
    left: int


def withdraw(actor: Actor, handle: str) -> Withdrawal:
    """Take back what an import has written, the last row first, up to `AT_ONCE` records.

    Raises `NotAllowed`, or `Conflict` while it is being written or before it was.
    """
    job = queries.job_row(actor, handle)
    policy.require(actor, "import", kind=job.kind, anywhere=True)
    if job.state not in (ImportJob.State.DONE, ImportJob.State.STOPPED):
        state = say("imports.state", "is {state}", state=Word(job.state))
        raise Conflict(
            "Only an import that was written is withdrawn.", [Fault("state", state, "stop it first")]
        )
    kind, taken_back, links = targets.kind(job.kind), 0, 0
    if job.withdrawn_at is None:
        with transaction.atomic():
            ImportJob.objects.filter(pk=job.pk).update(withdrawn_at=clock.now())
            entries.append(job, actor.id, "import.withdrawn", queries.view(job))
    _take_words_back(job)
    # A row that was looked at and stays has a notice, so that the next call begins behind it.
    open_rows = ImportRow.objects.filter(job_id=job.pk, outcome__in=queries.WRITING, written=True)
    open_rows = open_rows.exclude(faults__sort="staying")
    for row in list(open_rows.order_by("-line")[:AT_ONCE]):
        try:
            with transaction.atomic():
                ended = _take_back(actor, kind, job, row)
                ImportRow.objects.filter(pk=row.pk).update(written=False)
                if row.stated:
                    search_index.note_words([row.reference])
            taken_back, links = taken_back + 1, links + ended
        except Problem as problem:
            said = problem.faults[0].message if problem.faults else problem.detail
            ImportFault.objects.create(row=row, message=said, sort="staying", text="")
    staying = ImportFault.objects.filter(row__job_id=job.pk, sort="staying").order_by("row__line", "id")
    return Withdrawal(
        taken_back, links, tuple(staying.values_list("row__reference", "message")), open_rows.count()
    )


def _take_words_back(job: ImportJob) -> None:
    """Let go of the source's own words of records that this edition changed nothing of."""
    unchanged = ImportRow.objects.filter(job_id=job.pk, outcome=ImportRow.Outcome.UNCHANGED, written=True)
    while rows := list(unchanged[:AT_ONCE]):
        with transaction.atomic():
            ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(written=False)
            search_index.note_words([row.reference for row in rows])


def _take_back(actor: Actor, kind: Kind, job: ImportJob, row: ImportRow) -> int:
    """Take back one record with the links that the import gave it; how many links.

    Raises `Conflict` when somebody has touched it since, or as the act does.
    """
    record: Record = records.find(actor, row.reference)[0]
    # A row that only made links has written no revision.
    amended = row.outcome == ImportRow.Outcome.AMEND and not row.fields
    wrote = (row.revision or 0) + (0 if amended else 1)
    if record.revision != wrote:
        message = say(
            "imports.touched-since",
            "{reference} has been changed since: it is at revision {revision}, and the import made {wrote}",
            reference=row.reference, revision=record.revision, wrote=wrote,
        )  # fmt: skip
        raise Conflict("It stays.", [Fault("", message)])
    reason = _REASON.format(file=job.file_name)
    links = related.standing(map(int, row.linked.split()))
    for leaf in links:
        commands.unlink(actor, leaf, reason)
    if amended:
        return len(links)
    if row.outcome == ImportRow.Outcome.AMEND and row.faults.filter(sort="opened").exists():
        # The approved revision is in force again, as if nobody had opened another.
        (step,) = (step for step in kind.workflow.open_from(record.state) if step.restores)
        commands.move(actor, row.reference, step.name, revision=wrote, reason=reason)
        return len(links)
    if row.outcome == ImportRow.Outcome.AMEND:
        (entry,) = (one for one in records.history(actor, row.reference) if one.number == wrote)
        before = {change.field: change.before for change in entry.changes}
        commands.amend(actor, row.reference, before, revision=wrote, note=reason)
        return len(links)
    steps = [step for step in kind.workflow.open_from(record.state) if step.discards]
    if not steps:
        message = say("imports.no-discarding", "{kind} has no step that discards it", kind=Word(kind.name))
        raise Conflict("It stays.", [Fault("", message)])
    commands.move(actor, row.reference, steps[0].name, revision=wrote, reason=reason)
    return len(links)
