"""Acts on an import as a whole, each with an entry: assign it, stop it, keep what its file has no longer."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from plumbline.identity.actors import Actor
from plumbline.imports import entries, queries, targets
from plumbline.imports.batch import queries as batch
from plumbline.imports.models import ImportJob
from plumbline.imports.queries import JobView
from plumbline.kernel.messages import Text, Word, say
from plumbline.kernel.problems import Conflict, Fault, Invalid

_OVER = (ImportJob.State.DISCARDED,)


def assign(actor: Actor, handle: str, who: str) -> JobView:
    """Hand an import to ``who`` (an id or e-mail address), who may then do with it what its importer may.

    Raises `NotAllowed`, `NotFound` for nobody of that name, `Conflict` for one that was given up.
    """
    job = queries.job_row(actor, handle)
    targets.require_writing(actor, targets.get(job.kind))
    if job.state in _OVER:
        raise Conflict("This import was given up.", [Fault("state", _state(job), "upload the file again")])
    person = batch.candidate(job, who)
    with transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(assignee=person)
        entries.append(job, actor.id, "import.assigned", queries.view(job), {"to": person.handle})
    return queries.job(actor, handle)


def stop(actor: Actor, handle: str) -> JobView:
    """Have an import that is being written stop after the rows under way; its confirmation goes on with it.

    Raises `NotAllowed`, or `Conflict` unless it is being written.
    """
    job = queries.job_row(actor, handle)
    targets.require_writing(actor, targets.get(job.kind))
    running = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.RUNNING)
    with transaction.atomic():
        # The stage holds the job by its state: the next chunk finds it gone, and writes nothing.
        stopped = running.update(
            state=ImportJob.State.STOPPED, error="Somebody has stopped it.", leased_until=None
        )
        if not stopped:
            raise Conflict("This import is not being written.", [Fault("state", _state(job))])
        entries.append(job, actor.id, "import.stopped", queries.view(job))
    return queries.job(actor, handle)


def keep(actor: Actor, handle: str, references: Sequence[str]) -> JobView:
    """Say of records that the file has no longer that they stay, so that the next edition does not ask again.

    Raises `NotAllowed`, or `Invalid` for a record of which the preview does not say that it is gone.
    """
    job = queries.job_row(actor, handle)
    targets.require_writing(actor, targets.get(job.kind))
    wanted = list(dict.fromkeys(reference.upper() for reference in references))
    gone = queries.view(job).summary.gone
    if unknown := [reference for reference in wanted if reference not in gone]:
        names = ", ".join(unknown[:20])
        message = say("imports.not-gone", "are not among what the file has no longer: {names}", names=names)
        raise Invalid("Nothing was kept.", [Fault("references", message, "take them from the summary")])
    if not wanted:
        raise Invalid("Nothing was kept.", [Fault("references", "are none", "choose at least one record")])
    kept = list(dict.fromkeys([*job.kept.split(), *wanted]))
    with transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(kept=" ".join(kept))
        entries.append(job, actor.id, "import.kept", queries.view(job), {"references": wanted})
    return queries.job(actor, handle)


def _state(job: ImportJob) -> Text:
    return say("imports.state", "is {state}", state=Word(job.state))
