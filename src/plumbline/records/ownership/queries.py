"""Who answers for records of every kind: what one person has, and what nobody has or one who has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.queries import readable

MOST = 500


@dataclass(frozen=True)
class Unowned:
    """A record that nobody answers for; ``left`` is the owner who has left, if there ever was one."""

    reference: str
    title: str
    kind: str
    state: str
    unit: str
    left: str
    updated_at: datetime
    revision: int

    def as_dict(self) -> dict[str, str | None]:
        """The record as plain values; null for what it has not."""
        return {
            "reference": self.reference,
            "title": self.title,
            "kind": self.kind,
            "state": self.state,
            "unit": self.unit or None,
            "left": self.left or None,
            "recorded": clock.rfc3339(self.updated_at),
        }


@dataclass(frozen=True)
class UnownedRecords:
    """The first `MOST` such records, of departed owners first, and how many there are in all."""

    rows: tuple[Unowned, ...]
    total: int


@dataclass(frozen=True)
class Owned:
    """The records of one kind that somebody answers for and that are not over: the newest, and how many."""

    kind: Kind
    records: tuple[Record, ...]
    total: int


EACH_SHOWN = 5


def owned(actor: Actor, person: int) -> tuple[Owned, ...]:
    """What the person with this key answers for and what ``actor`` may see of it, by kind in their order."""
    rows = _open(actor).filter(owner_id=person).order_by("-pk")[:MOST]
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    return tuple(
        Owned(kind, tuple(found[kind.slug][:EACH_SHOWN]), len(found[kind.slug]))
        for kind in kinds.all_kinds()
        if kind.slug in found
    )


def count(actor: Actor) -> int:
    """How many records `unowned` finds, in one query."""
    return _rows(actor).count()


def _open(actor: Actor) -> QuerySet[Record]:
    """The records that ``actor`` may read and that are not over."""
    over = Q(pk__in=[])
    for kind in kinds.all_kinds():
        over |= Q(kind=kind.slug, state__in=kind.workflow.final)
    return readable(actor, [kind.slug for kind in kinds.all_kinds()]).exclude(over)


def _rows(actor: Actor) -> QuerySet[Record]:
    return _open(actor).filter(Q(owner__isnull=True) | Q(owner__is_active=False))


def unowned(actor: Actor) -> UnownedRecords:
    """The records that ``actor`` may read, that are not over, and that nobody answers for."""
    rows = _rows(actor)
    # Work of somebody who has left comes first: it was taken on once, and nobody has noticed that it lies.
    ordered = rows.select_related("owner", "unit").order_by("owner_id", "kind", "reference")
    known = list(ordered.filter(owner__isnull=False)[:MOST])
    known += list(ordered.filter(owner__isnull=True)[: MOST - len(known)])
    return UnownedRecords(
        tuple(
            Unowned(
                row.reference,
                row.title,
                kinds.get(row.kind).name,
                row.state,
                row.unit.name if row.unit else "",
                row.owner.full_name if row.owner else "",
                row.updated_at,
                row.revision,
            )
            for row in known
        ),
        rows.count(),
    )
