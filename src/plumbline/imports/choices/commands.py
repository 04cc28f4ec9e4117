"""Choosing, for one field of one row, whether what stands here stays or what the file says is taken.

It is a part of planning: whoever chooses answers for the plan, and nothing is written before it is confirmed.
"""

from __future__ import annotations

import json
from copy import copy

from django.db import transaction

from plumbline.identity.actors import Actor
from plumbline.imports import mapping, queries, summary, targets
from plumbline.imports.judging import refusals, usable
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.imports.queries import JobView
from plumbline.kernel.messages import Word, say
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records import forms
from plumbline.records import values as plain_values

KEEP, TAKE = "keep", "take"
_SORTS = {KEEP: "kept", TAKE: "taken"}
_SAID = {
    KEEP: "stays as it is here, as chosen for this row",
    TAKE: "is replaced by what the file says, as chosen for this row",
}


def choose(actor: Actor, handle: str, line: int, field: str, what: str) -> JobView:
    """Keep what stands in ``field`` of the record of a row, or take what the file says (`KEEP`, `TAKE`).

    Raises `Conflict` once confirmed or when the record was changed meanwhile, `Invalid` where nothing is to
    be chosen or the record would not take it, and `NotAllowed`.
    """
    job = queries.job_row(actor, handle)
    targets.require_writing(actor, targets.get(job.kind))
    if job.state != ImportJob.State.PREVIEWED:
        state = say("imports.state", "is {state}", state=Word(job.state))
        raise Conflict("This import is no longer waiting.", [Fault("state", state)])
    if what not in _SORTS:
        remedy = say("fault.one-of", "one of: {names}", names=f"{KEEP}, {TAKE}")
        raise Invalid("Nothing was chosen.", [Fault("what", "is not known", remedy)])
    row, notice = _asked(job, line, field)
    if notice.sort == _SORTS[what]:
        return queries.job(actor, handle)
    chosen = [name for name in row.values if name in row.fields.split() or name == field]
    fields = chosen if what == TAKE else [name for name in chosen if name != field]
    if fields:
        _check(actor, job, row, fields)
    outcome = ImportRow.Outcome.AMEND if fields else ImportRow.Outcome.UNCHANGED
    told = summary.moved(summary.stored(job.summary), field, notice.sort, _SORTS[what])
    with transaction.atomic():
        ImportRow.objects.filter(pk=row.pk).update(fields=" ".join(fields), outcome=outcome)
        ImportFault.objects.filter(pk=notice.pk).update(
            sort=_SORTS[what], message=say(f"imports.chosen-{what}", _SAID[what]), remedy="", chosen=True
        )
        ImportJob.objects.filter(pk=job.pk).update(
            summary=json.dumps(summary.as_json(told)), actor=actor.id, author_id=actor.person_id,
            scopes=None if actor.scopes is None else " ".join(sorted(actor.scopes)),
        )  # fmt: skip
    return queries.job(actor, handle)


def _asked(job: ImportJob, line: int, field: str) -> tuple[ImportRow, ImportFault]:
    found = ImportFault.objects.filter(
        row__job_id=job.pk, row__line=line, field=field, sort__in=list(_SORTS.values())
    )
    notice = found.select_related("row").first()
    if notice is None or notice.row.outcome not in (ImportRow.Outcome.AMEND, ImportRow.Outcome.UNCHANGED):
        message = say(
            "imports.nothing-to-choose",
            "has nothing to choose in line {line}: nobody has changed it here",
            line=line,
        )
        raise Invalid("Nothing was chosen.", [Fault("field", message, "take line and field from the rows")])
    return notice.row, notice


def _check(actor: Actor, job: ImportJob, row: ImportRow, fields: list[str]) -> None:
    """Raise unless the record as it is now takes these fields of the row together."""
    kind = targets.kind(job.kind)
    record = queries.by_reference(kind, [row.reference]).get(row.reference)
    if record is None or record.revision != row.revision:
        remedy = "match the columns again to see what would change"
        raise Conflict(
            "The record was changed since the preview.", [Fault("line", "is of another revision", remedy)]
        )
    if found := refusals(actor, kind, mapping.parse(job.map_text), record):
        raise Invalid("Nothing was chosen.", [Fault("line", found[0].message, found[0].remedy)])
    values = usable(kind, {name: row.values[name] for name in fields}, new=False)
    before = plain_values.of_record(record, kind)
    _, faults = forms.clean(kind, actor, values, record=copy(record), present=before)
    if faults:
        raise Invalid("Nothing was chosen.", faults)
