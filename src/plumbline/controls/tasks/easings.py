"""The tasks that come of easings whose day is over."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.controls.lapsed_easings import queries as lapsed
from plumbline.controls.tasks.task import Task, TaskKind
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock


def lapsed_easings(actor: Actor) -> Iterator[Task]:
    """What the records that ``actor`` owns make easier, accepted no longer.

    Where nobody who is here owns one, it waits for whoever runs the AIMS.
    """
    today = clock.today()
    rows = list(lapsed.lapsed_easings(today))
    if not rows or actor.person_id is None:
        return
    deputy = lapsed.first_deputy(today)
    people = identity.people_with({row.owner or deputy for row in rows} - {""})
    for row in rows:
        if people.get(row.owner or deputy) == actor.person_id:
            yield Task(TaskKind.EASING_LAPSED, row.reference, row.title, row.reason, row.until)
