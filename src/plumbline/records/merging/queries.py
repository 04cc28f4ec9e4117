"""Which records were merged into which, and which merges wait for a second person. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.workflow import Move, Workflow
from plumbline.records import kinds, names
from plumbline.records.kinds import Kind
from plumbline.records.merging.models import Merge
from plumbline.records.models import Record

_AT_ONCE = 500
"""References that are asked for at once."""


@dataclass(frozen=True)
class MergeView:
    """One merge: ``source`` ended as a part of ``target`` (both references), or ``waits`` for a second
    person. ``confirms`` says that whoever looks at it is one."""

    source: str
    source_title: str
    target: str
    target_title: str
    actor: str
    at: datetime
    leaf: int
    waits: bool
    confirms: bool = False


def over(workflow: Workflow) -> frozenset[str]:
    """States in which a record has ended and counts for nothing."""
    return workflow.final - workflow.counts


def ending(kind: Kind, state: str) -> tuple[Move | None, Move | None]:
    """The step by which a record in ``state`` ends, and one that has to be taken before it, if any.

    The first of the two is the work of one person or of a second one, as it says; nothing where no step ends.
    """
    workflow = kind.workflow
    ends = [step for step in workflow.open_from(state) if step.target in over(workflow)]
    if ends:
        return max(ends, key=lambda step: step.discards), None
    for first in workflow.open_from(state):
        if first.approves or first.confirms or first.independent:
            continue
        second = [
            step
            for step in workflow.open_from(first.target)
            if step.confirms and step.target in over(workflow)
        ]
        if second:
            return second[0], first
    return None, None


def holds(row: Merge) -> bool:
    """Whether a merge holds: its source has ended with it, by the step that said so or the one after it."""
    return (
        row.dropped_leaf is None and _has_ended(row.source) and row.source.revision - row.revision in (0, 1)
    )


def waits(row: Merge) -> bool:
    """Whether a merge waits for a second person: nothing has happened to its source since."""
    same = row.source.revision == row.revision
    return row.dropped_leaf is None and same and not _has_ended(row.source)


def _has_ended(record: Record) -> bool:
    return record.state in over(kinds.get(record.kind).workflow)


def waiting(source: Record) -> Merge | None:
    """The merge of a record that waits for a second person, if there is one."""
    rows = Merge.objects.filter(source_id=source.pk).select_related("source", "target", "person")
    return next((row for row in rows if waits(row)), None)


def survivors(references: Collection[str]) -> dict[str, str]:
    """The record in which each of these goes on, for those that were merged; through any number of merges."""
    found: dict[str, str] = {}
    asked = list(references)
    for _ in range(20):
        step = dict[str, str]()
        for start in range(0, len(asked), _AT_ONCE):
            rows = Merge.objects.filter(source__reference__in=asked[start : start + _AT_ONCE])
            held = (row for row in rows.select_related("source", "target") if holds(row))
            step |= {row.source.reference: row.target.reference for row in held}
        if not step:
            break
        found = {one: step.get(other, other) for one, other in found.items()} | {
            one: other for one, other in step.items() if one not in found
        }
        asked = list(set(step.values()))
    return {one: other for one, other in found.items() if one in set(references)}


def of_record(actor: Actor, record: Record) -> list[MergeView]:
    """The merges of a record that the caller may see, into it and of it, with those that wait."""
    both = Q(source_id=record.pk) | Q(target_id=record.pk)
    return _views(actor, Merge.objects.filter(both))


def waiting_for(actor: Actor) -> list[MergeView]:
    """The merges that wait for ``actor`` as a second person, the oldest first."""
    found = _views(actor, Merge.objects.filter(dropped_leaf=None, source__revision=F("revision")))
    return [one for one in found if one.confirms]


def _views(actor: Actor, rows: QuerySet[Merge]) -> list[MergeView]:
    asked = rows.select_related("source", "target", "person").order_by("id")
    listed = [(row, waits(row)) for row in asked if holds(row) or waits(row)]
    if not listed:
        return []
    titles = names.titles(actor, [each.reference for row, _ in listed for each in (row.source, row.target)])
    return [
        MergeView(
            row.source.reference, titles[row.source.reference],
            row.target.reference, titles[row.target.reference],
            row.actor, row.at, row.leaf, is_open, is_open and is_second(actor, row),
        )
        for row, is_open in listed
        if row.source.reference in titles and row.target.reference in titles
    ]  # fmt: skip


def is_second(actor: Actor, row: Merge) -> bool:
    """Whether ``actor`` may confirm a merge as the second person, as far as roles say."""
    for record in (row.source, row.target):
        if not policy.may(actor, "amend", kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id):
            return False
    answer = policy.independent(actor, author_ids=[row.person_id], owner_id=None, kind=row.source.kind)
    return bool(answer)
