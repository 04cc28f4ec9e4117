"""The tasks of people who are away, as they wait for whoever stands in for them.

A deputy has no right that they did not have before: a task comes to them only if they may see its record and
take the step that answers it by roles of their own. What they may not do stays with the person who is away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from plumbline.controls.tasks.task import Task
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Absence
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel.messages import Message, say
from plumbline.records import kinds, queries, steps

Owned = Callable[[Actor], Iterable[Task]]
"""The tasks that somebody has because of what they own."""


@dataclass(frozen=True)
class _Place:
    """Where a record lies, by which roles are asked."""

    kind: str
    unit_id: int | None
    owner_id: int | None


def tasks(actor: Actor, owned: Owned) -> Iterator[Task]:
    """What waits for those for whom ``actor`` stands in today and can be done by ``actor``."""
    for absence in stand_ins.today_with_deputy():
        if absence.deputy_id == actor.person_id:
            yield from _of_absence(actor, absence, owned)


def _of_absence(actor: Actor, absence: Absence, owned: Owned) -> Iterator[Task]:
    deputy = replace(actor, scopes=None)
    # Asked with the roles of the deputy: those of whoever is away must not show what the deputy may not see.
    found = [task for task in owned(replace(deputy, person_id=absence.person_id)) if task.is_record]
    places = _places(deputy, {task.subject for task in found})
    for task in found:
        place = places.get(task.subject)
        if place is not None and absence.covers(place.kind) and _may_do(deputy, task, place):
            handle = absence.person.handle
            yield replace(task, reason=reason_for(absence, task.reason), deputy_for=handle)


def _places(actor: Actor, references: Collection[str]) -> dict[str, _Place]:
    """Where those of some records lie that ``actor`` may see, in one query."""
    if not references:
        return {}
    rows = queries.readable(actor, (kind.slug for kind in kinds.all_kinds()))
    columns = ("reference", "kind", "unit_id", "owner_id")
    found = rows.filter(reference__in=references).values_list(*columns)
    return {reference: _Place(kind, unit, owner) for reference, kind, unit, owner in found}


def _may_do(actor: Actor, task: Task, place: _Place) -> bool:
    """Whether roles of ``actor`` let them take the step of a task, or change its record where it has none."""
    workflow = kinds.get(place.kind).workflow
    step = workflow.by_name.get(task.act.name) if task.act is not None else None
    verb = steps.permission(step) if step is not None else "amend"
    may = policy.may(actor, verb, kind=place.kind, unit_id=place.unit_id, owner_id=place.owner_id)
    return may.allowed


def reason_for(absence: Absence, why: Message) -> Message:
    """The reason of a task, as whoever stands in reads it."""
    return say(
        "task.deputy",
        "For {person}, who is away until {day} and for whom you stand in: {why}",
        person=absence.person.full_name,
        day=absence.ends,
        why=why,
    )
