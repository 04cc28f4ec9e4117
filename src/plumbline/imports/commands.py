"""Keeping an import, confirming it, and writing it through the door in short resumable chunks.

A chunk is one transaction: the records, their trail entries and the mark on each row stand or fall
together, so that an import that was cut off goes on where it stopped and writes nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from plumbline.identity import actors, policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.imports import queries
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.imports.plan import (
    ImportPlan,
    PlannedRow,
    check_size,
    differences,
    judged,
    note_of,
    plan_file,
    read_file,
    told_apart,
    usable,
)
from plumbline.imports.queries import JobView
from plumbline.imports.rows import MappedRow, mapped_rows
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound, Problem, Stale
from plumbline.records import commands, files, kinds, read_log
from plumbline.records.kinds import Kind
from plumbline.trail import log, write_priority

CHUNK_ROWS = 50
CHUNK_SECONDS = 0.06
"""How long a chunk may go on taking rows; the database is locked for others as long."""
_LEASE = timedelta(seconds=5)
"""How long nobody else takes an import up; every chunk renews it, and ends when it was lost."""
_LOOK = 0.2
_STORED = 200
Progress = Callable[[JobView], None]


def upload(actor: Actor, kind_slug: str, content: bytes, file_name: str) -> JobView:
    """Keep a file whose columns are still to be matched. Raises `NotAllowed`, `TooLarge` or `Invalid`."""
    kind = kinds.get(kind_slug)
    policy.require(actor, "import", kind=kind.slug, anywhere=True)
    return queries.view(_kept(actor, kind, content, file_name))


def keep(actor: Actor, plan: ImportPlan, file_name: str) -> JobView:
    """Keep a plan for confirmation. No record is written."""
    job = _kept(actor, plan.kind, plan.content, file_name)
    _store(job, plan)
    return queries.view(job)


def _kept(actor: Actor, kind: Kind, content: bytes, file_name: str) -> ImportJob:
    check_size(len(content))
    name = "".join(sign for sign in file_name.replace("\\", "/").rpartition("/")[2] if ord(sign) >= 32)
    return ImportJob.objects.create(
        kind=kind.slug,
        file_name=name.strip()[:200] or "file.csv",
        file_sha256=files.keep(content),
        file_size=len(content),
        actor=actor.id,
        scopes=None if actor.scopes is None else " ".join(sorted(actor.scopes)),
        person_id=actor.person_id,
        created_at=clock.now(),
    )


def preview(actor: Actor, handle: str, map_text: str) -> JobView:
    """Plan a kept file anew with ``map_text``. Raises `Conflict` once confirmed, else as `plan_file`."""
    job = queries.job_row(actor, handle)
    _waiting(job)
    plan = plan_file(actor, job.kind, files.read(job.file_sha256), map_text)
    _store(job, plan)
    return queries.view(job)


def _waiting(job: ImportJob) -> None:
    if job.state not in (ImportJob.State.UPLOADED, ImportJob.State.PREVIEWED):
        raise Conflict(
            "This import is no longer waiting.",
            [Fault("state", f"is {job.state}", "upload the file again")],
        )


def _store(job: ImportJob, plan: ImportPlan) -> None:
    with transaction.atomic():
        job.state = ImportJob.State.UPLOADED
        job.map_text, job.encoding = plan.map_text, plan.sheet.encoding
        job.save(update_fields=["state", "map_text", "encoding"])
        ImportRow.objects.filter(job_id=job.pk).delete()
    for start in range(0, len(plan.rows), _STORED):
        with transaction.atomic():
            _store_rows(job, plan.rows[start : start + _STORED])
    job.state = ImportJob.State.PREVIEWED
    job.save(update_fields=["state"])


def _store_rows(job: ImportJob, planned: tuple[PlannedRow, ...]) -> None:
    made = [
        ImportRow(
            job_id=job.pk,
            line=row.line,
            outcome=row.outcome,
            key=row.key,
            title=row.title,
            reference=row.reference,
            revision=row.revision,
            repeats=row.repeats,
            set_aside=" ".join(row.set_aside),
        )
        for row in planned
    ]
    ImportRow.objects.bulk_create(made)
    ImportFault.objects.bulk_create(
        [
            ImportFault(
                row=row,
                column=fault.column[:1000],
                field=fault.field,
                message=fault.message,
                remedy=fault.remedy,
            )
            for row, plan_row in zip(made, planned, strict=True)
            for fault in plan_row.faults
        ]
    )


def discard(actor: Actor, handle: str) -> None:
    """Give up an import that was not confirmed. Raises `NotAllowed` or `Conflict`."""
    job = queries.job_row(actor, handle)
    policy.require(actor, "import", kind=job.kind, anywhere=True)
    _waiting(job)
    with transaction.atomic():
        ImportRow.objects.filter(job_id=job.pk).delete()
        ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.DISCARDED, finished_at=clock.now())


def confirm(actor: Actor, handle: str) -> JobView:
    """Say that the plan may be written (or, after a stop, written on). Only `advance` then writes.

    Raises `Conflict` unless it waits for this, `Invalid` when no row creates or amends anything.
    """
    job = queries.job_row(actor, handle)
    policy.require(actor, "import", kind=job.kind, anywhere=True)
    shown = queries.view(job)
    if not shown.to_write:
        raise Invalid("There is nothing to write.", [Fault("rows", "none creates or changes a record")])
    with transaction.atomic():
        waiting = (ImportJob.State.PREVIEWED, ImportJob.State.STOPPED)
        scopes = None if actor.scopes is None else " ".join(sorted(actor.scopes))
        taken = ImportJob.objects.filter(pk=job.pk, state__in=waiting).update(
            state=ImportJob.State.RUNNING, confirmed_at=clock.now(), actor=actor.id, scopes=scopes, error=""
        )
        if not taken:
            raise Conflict(
                "This import does not wait for a confirmation.", [Fault("state", f"is {job.state}")]
            )
        _entry(job, actor.id, "import.confirmed", shown)
    return queries.job(actor, handle)


def _entry(job: ImportJob, actor_id: str, entry_type: str, shown: JobView) -> None:
    counts = {outcome: number for outcome, number in shown.counts.items() if number}
    log.append(
        entry_type,
        actor=actor_id,
        subject={"type": "import", "ref": job.handle, "kind": job.kind},
        openings={"map": job.map_text.encode()},
        facts={"sha256": job.file_sha256, "rows": shown.rows, "written": shown.written, **counts},
    )


@dataclass(frozen=True)
class _Source:
    kind: Kind
    register: RegisterMap
    rows: Mapping[int, MappedRow]


@lru_cache(maxsize=1)
def _source(kind_slug: str, sha256: str, map_text: str) -> _Source:
    kind = kinds.get(kind_slug)
    sheet, register = read_file(kind, files.read(sha256), map_text)
    return _Source(kind, register, {row.line: row for row in mapped_rows(sheet, register)})


def changes(actor: Actor, handle: str, lines: Sequence[int]) -> dict[int, Mapping[str, tuple[Any, Any]]]:
    """What rows change of records that ``actor`` sees, by line: label of each field → before and after."""
    job = queries.job_row(actor, handle)
    source = _source(job.kind, job.file_sha256, job.map_text)
    rows = {line: source.rows[line] for line in lines}
    known = queries.by_key(source.kind, [row.key for row in rows.values()])
    seen = queries.visible_among(actor, source.kind, list(known.values()))
    read_log.of_list(actor, source.kind, len(seen))
    return {
        line: differences(actor, source.kind, source.register, row, known[row.key])
        for line, row in rows.items()
        if row.key in known and known[row.key].pk in seen
    }


def _actor_now(job: ImportJob) -> Actor:
    """Whoever confirmed the job, with the rights of this moment. Raises `NotSignedIn` when they are gone."""
    if job.person_id is None:
        return Actor.stage(job.actor.removeprefix("stage:"))
    assert job.person is not None
    present = actors.actor_of_person(job.person)
    if job.scopes is None:
        return present
    token = identity_queries.token(job.actor)
    if token is None or token.revoked_at is not None or token.expires <= clock.now():
        raise NotAllowed("The token that confirmed this import is no longer valid. Confirm it again.")
    return replace(present, id=job.actor, scopes=frozenset(job.scopes.split()))


def advance(handle: str, *, seconds: float = 1.0, in_turn: bool = True) -> bool:
    """Write on with a confirmed import for about ``seconds``; whether there is more to write.

    A chunk ends as soon as short writers wait, and the next begins when they are through. A request that
    writes a moment itself is one of those; it says ``in_turn=False`` and writes one chunk. Safe to call
    from several places: one at a time holds the job, the others return at once.
    """
    running = ImportJob.objects.filter(handle=handle, state=ImportJob.State.RUNNING)
    free = running.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now()))
    job = free.select_related("person").first()
    if job is None:
        return False
    try:
        # Before the lease: reading a large file takes longer than that.
        source = _source(job.kind, job.file_sha256, job.map_text)
        before, job.leased_until = job.leased_until, clock.now() + _LEASE
        if not running.filter(leased_until=before).update(leased_until=job.leased_until):
            return False
        until = time.monotonic() + seconds
        actor = _actor_now(job)
        while _chunk(job, actor, source, in_turn=in_turn):
            if not in_turn:
                return True
            write_priority.yield_to_foreground()
            if time.monotonic() >= until:
                return True
        _finish(job, actor)
    except _Lost:
        return False
    except Problem as problem:
        running.update(state=ImportJob.State.STOPPED, error=problem.detail)
    finally:
        running.filter(leased_until=job.leased_until).update(leased_until=None)
    return False


class _Lost(Exception):
    """Somebody else has taken the import up."""


def _renewed(job: ImportJob) -> datetime:
    """Hold the job for the transaction; until when it is leased now. Raises `_Lost` when it was taken."""
    held = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.RUNNING, leased_until=job.leased_until)
    renewed = clock.now() + _LEASE
    if not held.update(leased_until=renewed):
        raise _Lost
    return renewed


def _chunk(job: ImportJob, actor: Actor, source: _Source, *, in_turn: bool) -> bool:
    """Write some rows in one transaction; whether there are more."""
    began = time.monotonic()
    with transaction.atomic():
        renewed = _renewed(job)
        waiting = ImportRow.objects.filter(job_id=job.pk, outcome__in=queries.WRITING, written=False)
        listed = list(waiting.order_by("line")[:CHUNK_ROWS])
        creating = [row.key for row in listed if row.outcome == ImportRow.Outcome.CREATE]
        taken = queries.taken(source.kind, creating)
        done = []
        for row in listed:
            if row.key in taken:
                _meanwhile(actor, source, row)
            else:
                _write(job, actor, source, row)
            done.append(row)
            if time.monotonic() - began > CHUNK_SECONDS or (in_turn and write_priority.foreground_waiting()):
                break
        ImportRow.objects.bulk_update(done, ["outcome", "reference", "written"])
    job.leased_until = renewed
    return len(done) < len(listed) or len(listed) == CHUNK_ROWS


def _write(job: ImportJob, actor: Actor, source: _Source, row: ImportRow) -> None:
    mapped = source.rows[row.line]
    aside = tuple(row.set_aside.split())
    note = note_of(source.register, mapped, aside, f"Imported from {job.file_name}, line {row.line}.")
    try:
        if row.outcome == ImportRow.Outcome.CREATE:
            row.reference = _create(actor, source, mapped, aside, note)
        else:
            record = queries.by_key(source.kind, [row.key])[row.key]
            values = usable(source.kind, source.register, mapped, aside, record)
            commands.amend(actor, row.reference, values, revision=row.revision, note=note)
        row.written = True
    except (Stale, IntegrityError) as problem:  # somebody else was first
        if isinstance(problem, IntegrityError) and not queries.taken(source.kind, [row.key]):
            raise
        _meanwhile(actor, source, row)
    except (Invalid, Conflict, NotAllowed, NotFound) as problem:
        _refused(row, problem.faults or (Fault("", problem.detail, "import the row again"),))


def _refused(row: ImportRow, faults: Sequence[Fault]) -> None:
    row.outcome = ImportRow.Outcome.FAULTY
    ImportFault.objects.bulk_create(
        [
            ImportFault(row=row, field=fault.field, message=str(fault.message), remedy=str(fault.remedy))
            for fault in faults
        ]
    )


def _meanwhile(actor: Actor, source: _Source, row: ImportRow) -> None:
    """What becomes of a row whose record was made or changed since the preview.

    When the record says what the row says, nothing has to be done; otherwise somebody has to look again.
    """
    record = queries.by_key(source.kind, [row.key])[row.key]
    seen = record.pk in queries.visible_among(actor, source.kind, [record])
    now = judged(actor, source.kind, source.register, source.rows[row.line], record, seen)
    if now.outcome == "unchanged":
        row.outcome, row.reference = ImportRow.Outcome.UNCHANGED, now.reference
        return
    remedy = "import the file again to see what would change"
    if not seen:
        message, remedy = "was recorded meanwhile, where you may not see it", ""
    elif row.outcome == ImportRow.Outcome.CREATE:
        message = f"was recorded meanwhile as {record.reference}, which says something else"
    else:
        message = f"{record.reference} was changed meanwhile; it is at revision {record.revision}"
    _refused(row, [Fault("", message, remedy)])


def _create(actor: Actor, source: _Source, mapped: MappedRow, aside: tuple[str, ...], note: str) -> str:
    values = usable(source.kind, source.register, mapped, aside, None)
    try:
        return commands.create(actor, source.kind, values, note=note, key=mapped.key).reference
    except Invalid as problem:
        if not told_apart(source.register, mapped, problem.faults):
            raise
    values = usable(source.kind, source.register, mapped, aside, None)
    return commands.create(actor, source.kind, values, note=note, key=mapped.key).reference


def _finish(job: ImportJob, actor: Actor) -> None:
    with transaction.atomic():
        ended = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.RUNNING)
        if ended.update(state=ImportJob.State.DONE, finished_at=clock.now()):
            _entry(job, actor.id, "import.finished", queries.view(job))


def run(actor: Actor, job: ImportPlan | JobView | str, *, progress: Progress | None = None) -> JobView:
    """Confirm an import and write it to the end, as the command line does.

    ``progress`` is called about once a second. A plan that was not kept is kept first. When the flow of a
    running server takes the import over, it is waited for.
    """
    handle = (
        job if isinstance(job, str) else (job if isinstance(job, JobView) else keep(actor, job, "")).handle
    )
    confirm(actor, handle)
    while True:
        mine = advance(handle)
        shown = queries.job(actor, handle)
        if progress is not None:
            progress(shown)
        if shown.state != ImportJob.State.RUNNING:
            return shown
        if not mine:
            time.sleep(_LOOK)
