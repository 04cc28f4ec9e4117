"""The imports that wait for one person: those that they have, and those that need somebody to have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from plumbline.identity.actors import Actor
from plumbline.imports import queries, targets
from plumbline.imports.batch import queries as batch
from plumbline.imports.models import ImportJob

_OPEN = (ImportJob.State.UPLOADED, ImportJob.State.PREVIEWED, ImportJob.State.STOPPED)


@dataclass(frozen=True)
class WaitingImport:
    """An import that waits for a person, who may be the second one that ``confirms`` it, or the one who has
    to find a second one (``unassigned``); ``stopped`` says that some of it is written."""

    handle: str
    file_name: str
    importer: str
    confirms: bool
    unassigned: bool
    stopped: bool


def of(actor: Actor) -> list[WaitingImport]:
    """The imports that wait for ``actor``, the oldest first. One that nobody was given and that takes no
    second person waits for nobody: whoever uploaded it looked at its preview."""
    found = []
    open_jobs = batch.theirs(actor).filter(state__in=_OPEN, withdrawn_at=None)
    for job in open_jobs.select_related("person", "assignee").order_by("id"):
        if not targets.exists(job.kind) or (job.together and _is_before_its_turn(job)):
            continue
        has, rows = job.assignee_id == actor.person_id, queries.view(job).to_write if batch.is_on() else 0
        needed = job.confirmed_at is None and bool(batch.second_person_of(job, rows))
        alone = not batch.why_not_alone(actor, job, rows)
        unassigned = needed and not alone and (job.assignee_id is None or has)
        if has or unassigned:
            importer = job.person.full_name if job.person else ""
            confirms, stopped = needed and alone, job.state == ImportJob.State.STOPPED
            found.append(WaitingImport(job.handle, job.file_name, importer, confirms, unassigned, stopped))
    return found


def _is_before_its_turn(job: ImportJob) -> bool:
    over = (ImportJob.State.DONE, ImportJob.State.DISCARDED)
    earlier = ImportJob.objects.filter(together=job.together, turn__lt=job.turn)
    return job.confirmed_at is None and earlier.exclude(state__in=over).exists()


def file_names(actor: Actor, handles: Collection[str]) -> dict[str, str]:
    """The names of the files of those imports that are ``actor``'s, by handle."""
    if not handles:
        return {}
    return dict(batch.theirs(actor).filter(handle__in=list(handles)).values_list("handle", "file_name"))
