"""The tasks that come of being mentioned in a comment, oneself or somebody for whom one stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from plumbline.controls.tasks import deputies
from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.identity.actors import Actor
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, say
from plumbline.records.discussion import queries
from plumbline.records.discussion.queries import OpenMention

ANSWER = TaskAct("", "Answer")


def tasks(actor: Actor) -> list[Task]:
    """The mentions that wait for ``actor``: for each record the oldest, however many comments name them.

    Then those of people who are away: shown to whoever stands in as well, as far as they may see the record,
    since a question may not wait for weeks. It stays with the person who was asked until they answer it.
    """
    # A task is the person's, also when they ask with a token that only reads.
    person = replace(actor, scopes=None)
    found = _oldest(queries.open_mentions(person), _mentioned)
    for absence in stand_ins.today_with_deputy():
        if absence.deputy_id != actor.person_id:
            continue
        rows = queries.open_mentions(person, of=absence.person_id)
        asked = (row for row in rows if absence.covers(row.kind) and row.reference not in found)
        for task in _oldest(asked, _mentioned_instead).values():
            reason = deputies.reason_for(absence, task.reason)
            found[task.subject] = replace(task, reason=reason, deputy_for=absence.person.handle)
    return list(found.values())


def _oldest(rows: Iterable[OpenMention], why: Callable[[OpenMention], Message]) -> dict[str, Task]:
    found = dict[str, Task]()
    for row in rows:
        task = Task(TaskKind.MENTION, row.reference, row.title, why(row), None, row.leaf, ANSWER)
        found.setdefault(row.reference, task)
    return found


def _mentioned(row: OpenMention) -> Message:
    text = "{person} mentioned you in a comment on {day}. Answer it, or mark it as seen."
    return say("task.mention", text, person=row.author, day=clock.day_of(row.at))


def _mentioned_instead(row: OpenMention) -> Message:
    text = "{person} asked in a comment on {day}. Answer it, if you can."
    return say("task.mention-deputy", text, person=row.author, day=clock.day_of(row.at))
