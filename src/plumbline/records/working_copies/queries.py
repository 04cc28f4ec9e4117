"""What somebody has typed and not saved; asked by its author, it answers nobody else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.working_copies.models import WorkingCopy

KEPT = timedelta(days=30)
"""How long a copy is kept after the last key press."""
NOTE = "_note"
"""The reason for a change, which the form asks for beside the fields, or the text of a comment."""
COMMENT, MENTION = "comment", "_mention"
"""In the place of a step, what stands for a comment on the record; and whom the comment asks."""


@dataclass(frozen=True)
class Copy:
    """What was typed, by field, and the revision that was ``seen``; ``reference`` is empty for a new record.

    ``step`` is the step into whose panel it was typed, `COMMENT` for a comment, empty for the form of the
    record. ``window`` is the page that typed last, ``version`` counts how often it was kept.
    """

    handle: str
    kind: Kind
    reference: str
    seen: int
    values: dict[str, Any]
    window: str
    version: int
    saved_at: datetime
    step: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """What was typed into the fields of the record."""
        return {name: value for name, value in self.values.items() if name != NOTE}

    @property
    def note(self) -> str:
        """The reason for the change or the step, as it was typed."""
        return str(self.values.get(NOTE) or "")

    @property
    def mention(self) -> str:
        """Whom a comment asks, as it was chosen."""
        return str(self.values.get(MENTION) or "")

    @property
    def title(self) -> str:
        """What the record is called, as it was typed."""
        return str(self.values.get("title") or "")


def of_record(actor: Actor, reference: str) -> Copy | None:
    """What ``actor`` has typed into the form of a record, if anything."""
    row = rows(actor).filter(record__reference=reference, step="").first()
    return None if row is None else copy_of(row)


def of_steps(actor: Actor, reference: str) -> dict[str, Copy]:
    """What ``actor`` has typed into the panels of a record's steps, by step, and as a `COMMENT` on it."""
    found = rows(actor).filter(record__reference=reference).exclude(step="")
    return {row.step: copy_of(row) for row in found}


def begun(actor: Actor, kind: Kind) -> list[Copy]:
    """The records of ``kind`` that ``actor`` has begun and not recorded, the last one first."""
    found = rows(actor).filter(kind=kind.slug, record=None).order_by("-saved_at", "-pk")
    return [copy_of(row) for row in found]


def all_of(actor: Actor) -> list[Copy]:
    """Everything that is kept of what ``actor`` has typed and not saved, the last one first."""
    found = rows(actor).order_by("-saved_at", "-pk")
    return [copy_of(row) for row in found if kinds.exists(row.kind)]


def count(actor: Actor) -> int:
    """How much there is that ``actor`` has typed and not saved."""
    return rows(actor).filter(kind__in=[kind.slug for kind in kinds.all_kinds()]).count()


def copy(actor: Actor, handle: str) -> Copy:
    """One of them. Raises `NotFound`, also for what somebody else has typed."""
    row = rows(actor).filter(handle=handle).first()
    if row is None or not kinds.exists(row.kind):
        raise NotFound("There is nothing of this name that you have typed and not saved.")
    return copy_of(row)


def rows(actor: Actor) -> QuerySet[WorkingCopy]:
    """The rows that are the actor's own and not past their time; none for whoever is no person."""
    if actor.person_id is None:
        return WorkingCopy.objects.none()
    own = WorkingCopy.objects.filter(person_id=actor.person_id, saved_at__gte=clock.now() - KEPT)
    return own.select_related("record")


def copy_of(row: WorkingCopy) -> Copy:
    """A row as its author sees it."""
    reference = row.record.reference if row.record else ""
    return Copy(
        row.handle, kinds.get(row.kind), reference, row.seen, dict(json.loads(row.values)), row.window,
        row.version, row.saved_at, row.step,
    )  # fmt: skip
