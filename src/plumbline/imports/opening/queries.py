"""Which rows of a plan wait for a revision of an approved record. Nothing here writes."""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.imports import queries, targets
from plumbline.imports.directory.declarations import Directory
from plumbline.imports.models import ImportFault, ImportJob
from plumbline.imports.opening import rules
from plumbline.records.models import Record


def in_the_way(actor: Actor, handle: str) -> int:
    """How many rows stay out only because their record is approved, and a revision of it could be opened."""
    row = queries.job_row(actor, handle)
    kind = targets.get(row.kind)
    if isinstance(kind, Directory) or row.state != ImportJob.State.PREVIEWED:
        return 0
    refused = ImportFault.objects.filter(row__job_id=row.pk, field=rules.FIELD, sort="refused")
    records = Record.objects.filter(reference__in=refused.values("row__reference"))
    return sum(
        1 for state in records.values_list("state", flat=True) if rules.step_of(kind, state) is not None
    )
