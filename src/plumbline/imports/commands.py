"""What a person does with an import: upload, preview, confirm or discard it. `stage` then writes it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import entries, queries, stage, summary, targets
from plumbline.imports.batch import queries as batch
from plumbline.imports.directory import queries as directory
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.judging import PlannedRow
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.imports.plan import ImportPlan, check_size, plan_file
from plumbline.imports.queries import JobView
from plumbline.imports.stated.words import stored
from plumbline.imports.together import queries as lists
from plumbline.kernel import clock
from plumbline.kernel.messages import Word, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.records import files, form_faults, read_log
from plumbline.records import values as plain_values

_LOOK = 0.2
"""Seconds between two looks at an import that somebody else writes."""
_STORED = 200
"""Rows of a preview kept in one transaction; others may write between two of them."""
Progress = Callable[[JobView], None]


def upload(actor: Actor, kind_slug: str, content: bytes, file_name: str) -> JobView:
    """Keep a file whose columns are still to be matched. Raises `NotAllowed`, `TooLarge` or `Invalid`."""
    kind = targets.get(kind_slug)
    targets.require_importing(actor, kind)
    return queries.view(kept(actor, kind, content, file_name))


def keep(actor: Actor, plan: ImportPlan, file_name: str) -> JobView:
    """Keep a plan for confirmation. No record is written."""
    job = kept(actor, plan.kind, plan.content, file_name)
    store(job, plan)
    return queries.view(job)


def kept(actor: Actor, kind: Target, content: bytes, file_name: str) -> ImportJob:
    """Keep a file as an import of which nothing is planned yet. Raises `TooLarge` or `Invalid`."""
    check_size(len(content))
    name = file_name.replace("\\", "/").rpartition("/")[2]
    if faults := form_faults.of_name("file", name):
        raise Invalid("The file was not kept.", faults)
    return ImportJob.objects.create(
        author_id=actor.person_id,
        kind=kind.slug,
        file_name=name.strip()[:200] or "file.csv",
        file_sha256=files.keep(content),
        file_size=len(content),
        actor=actor.id,
        scopes=_scopes(actor),
        person_id=actor.person_id,
        created_at=clock.now(),
    )


def preview(actor: Actor, handle: str, map_text: str) -> JobView:
    """Plan a kept file anew with ``map_text``. Raises `Conflict` once confirmed, else as `plan_file`."""
    job = queries.job_row(actor, handle)
    _waiting(job)
    plan = plan_file(actor, job.kind, files.read(job.file_sha256), map_text)
    # Written in the name of whoever planned it last, who is then no second person for it.
    job.actor, job.scopes, job.author_id = actor.id, _scopes(actor), actor.person_id
    job.save(update_fields=["actor", "scopes", "author"])
    store(job, plan)
    return queries.view(job)


def _waiting(job: ImportJob) -> None:
    if job.state not in (ImportJob.State.UPLOADED, ImportJob.State.PREVIEWED):
        raise Conflict(
            "This import is no longer waiting.",
            [
                Fault(
                    "state",
                    say("imports.state", "is {state}", state=Word(job.state)),
                    "upload the file again",
                )
            ],
        )


def store(job: ImportJob, plan: ImportPlan, state: str = ImportJob.State.PREVIEWED) -> None:
    """Keep what is planned with the import, which is in ``state`` then; a part of it is no preview before."""
    with transaction.atomic():
        job.state = ImportJob.State.UPLOADED if state == ImportJob.State.PREVIEWED else state
        job.map_text, job.encoding = plan.map_text, plan.sheet.encoding
        job.register, job.columns = plan.register.register, json.dumps(plan.sheet.columns)
        job.summary = json.dumps(summary.as_json(plan.summary))
        job.save(update_fields=["state", "map_text", "encoding", "register", "columns", "summary"])
        ImportRow.objects.filter(job_id=job.pk).delete()
    for start in range(0, len(plan.rows), _STORED):
        with transaction.atomic():
            _store_rows(job, plan.rows[start : start + _STORED])
    if state == ImportJob.State.PREVIEWED:
        job.state = state
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
            values=dict(row.values),
            fields=" ".join(row.fields),
            note=row.note,
            stated=stored(row.stated),
            later=row.later,
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
                text=fault.text,
                sort=fault.sort,
            )
            for row, plan_row in zip(made, planned, strict=True)
            for fault in (*plan_row.faults, *plan_row.notices)
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

    Raises `Conflict` unless it waits for this, `NotAllowed` where a second person has to, `Invalid` when no
    row creates or amends anything or says anything new in the source's own words.
    """
    job = queries.job_row(actor, handle)
    targets.require_writing(actor, targets.get(job.kind))
    shown = queries.view(job)
    if not (shown.to_write or shown.summary.restated):
        raise Invalid("There is nothing to write.", [Fault("rows", "none creates or changes a record")])
    if lists.is_before_its_turn(actor, handle):
        raise Conflict("This list waits for those before it in its file. Confirm all of them together.")
    if job.withdrawn_at is not None:
        raise Conflict("This import was withdrawn. Upload the file again.")
    if reason := batch.why_not_alone(actor, job, shown.to_write):
        raise NotAllowed(reason)
    if not (alone := not batch.second_person(shown.kind, shown.to_write)):
        # The other one has read the plan; it is still the work of whoever made it.
        written_by: dict[str, Any] = {}
    else:
        written_by = {"actor": actor.id, "scopes": _scopes(actor), "author_id": actor.person_id}
    with transaction.atomic():
        waiting = (ImportJob.State.PREVIEWED, ImportJob.State.STOPPED)
        taken = ImportJob.objects.filter(pk=job.pk, state__in=waiting).update(
            state=ImportJob.State.RUNNING, confirmed_at=clock.now(), error="", **written_by
        )
        if not taken:
            raise Conflict(
                "This import does not wait for a confirmation.",
                [Fault("state", say("imports.state", "is {state}", state=Word(job.state)))],
            )
        resumed = job.state == ImportJob.State.STOPPED
        entries.append(
            job, actor.id, "import.resumed" if resumed else "import.confirmed", shown,
            {"author": actor.id if alone else job.actor, **_chosen(job)},
        )  # fmt: skip
    return queries.job(actor, handle)


def _chosen(job: ImportJob) -> dict[str, int]:
    """How many fields were chosen row by row, for the entry, whose map says the rule for the others."""
    number = ImportFault.objects.filter(row__job_id=job.pk, chosen=True).count()
    return {"chosen": number} if number else {}


def resume(actor: Actor, handle: str) -> JobView:
    """Go on with an import that was stopped. Raises `Conflict` unless it is, else as `confirm`."""
    job = queries.job_row(actor, handle)
    if job.state != ImportJob.State.STOPPED:
        state = say("imports.state", "is {state}", state=Word(job.state))
        raise Conflict("This import is not stopped.", [Fault("state", state)])
    return confirm(actor, handle)


def _scopes(actor: Actor) -> str | None:
    return None if actor.scopes is None else " ".join(sorted(actor.scopes))


def changes(actor: Actor, handle: str, lines: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What the records of rows hold now, by line: the plain value of each field; those ``actor`` sees."""
    job = queries.job_row(actor, handle)
    kind = targets.get(job.kind)
    named = ImportRow.objects.filter(job_id=job.pk, line__in=list(lines)).exclude(reference="")
    rows = dict(named.values_list("line", "reference"))
    if isinstance(kind, Directory):
        return directory.values_now(kind, rows)
    known = queries.by_reference(kind, list(rows.values()))
    seen = queries.visible_among(actor, kind, list(known.values()))
    read_log.of_list(actor, kind, len(seen))
    return {
        line: plain_values.of_record(known[reference], kind)
        for line, reference in rows.items()
        if reference in known and known[reference].pk in seen
    }


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
        mine = stage.advance(handle)
        shown = queries.job(actor, handle)
        if progress is not None:
            progress(shown)
        if shown.state != ImportJob.State.RUNNING:
            return shown
        if not mine:
            time.sleep(_LOOK)
