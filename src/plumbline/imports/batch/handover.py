"""To whom an import can be handed, and whether whoever looks at it may confirm it."""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.imports import queries
from plumbline.imports.batch import queries as batch
from plumbline.imports.queries import JobView
from plumbline.kernel.messages import Text


def candidates(actor: Actor, handle: str) -> tuple[tuple[str, str], ...]:
    """Id and name of the people to whom an import can be assigned. Raises `NotFound`."""
    return batch.candidates(queries.job_row(actor, handle))


def second_person(job: JobView) -> Text:
    """Why a second person confirms an import that is not confirmed yet; empty where one is enough."""
    return batch.second_person(job.kind, job.to_write) if job.confirmed_at is None else ""


def why_not_alone(actor: Actor, handle: str) -> Text:
    """Why ``actor`` may not confirm an import without a second person; empty where they may."""
    row = queries.job_row(actor, handle)
    return batch.why_not_alone(actor, row, queries.view(row).to_write)
