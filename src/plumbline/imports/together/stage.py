"""The stage that writes confirmed imports, and begins the next list of a file in its turn."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from plumbline.identity import resumption
from plumbline.identity.actors import Actor
from plumbline.imports import commands, entries, plan, queries
from plumbline.imports.batch import queries as batch
from plumbline.imports.models import ImportJob
from plumbline.imports.stage import ImportStage
from plumbline.imports.together.queries import OVER
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.records import files

_LEASE = timedelta(minutes=10)
"""How long nobody else plans a list: a large one takes a while, and one that was killed is planned again."""
_REFUSAL = "The token that confirmed these lists is no longer valid. Confirm them again."


class ListsStage(ImportStage):
    """Takes confirmed imports further; with nothing to write it begins the next list of a file."""

    def advance(self) -> bool:
        """As `ImportStage.advance`; whether there may be more to do."""
        return super().advance() or begin_any()


def begin_any() -> bool:
    """Begin the list whose turn it is, of the oldest file first; whether one was begun."""
    waiting = ImportJob.objects.filter(state=ImportJob.State.QUEUED).order_by("id")
    handles = dict.fromkeys(waiting.values_list("together", flat=True))
    return any(begin_next(handle) for handle in handles)


def begin_next(handle: str) -> bool:
    """Plan the next list of a file and begin it; whether it was begun, or is over since it says nothing new.

    One that takes a second person waits for them with its preview, one that cannot be planned is stopped.
    """
    waiting = ImportJob.objects.filter(together=handle).exclude(state__in=OVER)
    job = waiting.select_related("person", "author").order_by("turn", "id").first()
    if job is None or job.state != ImportJob.State.QUEUED:
        return False
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now())
    own = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.QUEUED)
    if not own.filter(free).update(leased_until=clock.now() + _LEASE):
        return False
    try:
        actor = resumption.resumed(job.actor, job.author or job.person, job.scopes, _REFUSAL)
        made = plan.plan_file(actor, job.kind, files.read(job.file_sha256), job.map_text)
        commands.store(job, made, ImportJob.State.QUEUED)
    except Problem as problem:
        own.update(state=ImportJob.State.STOPPED, error=problem.detail, leased_until=None)
        return False
    return _begin(actor, job)


def _begin(actor: Actor, job: ImportJob) -> bool:
    shown = queries.view(job)
    own = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.QUEUED)
    if batch.why_not_alone(actor, job, shown.to_write):
        own.update(state=ImportJob.State.PREVIEWED, leased_until=None)
        return False
    with transaction.atomic():
        began = own.update(
            state=ImportJob.State.RUNNING, confirmed_at=clock.now(), error="", leased_until=None
        )
        if began:
            entries.append(job, actor.id, "import.confirmed", shown, {"author": job.actor})
    return bool(began)
