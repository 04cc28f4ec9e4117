"""Tasks from merges that wait for a second person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, say
from plumbline.records.merging import queries


def tasks(actor: Actor) -> Iterator[Task]:
    """The merges that wait for the person ``actor`` as a second one, the oldest first."""
    for one in queries.waiting_for(replace(actor, scopes=None)):
        reason = say(
            "task.merge",
            "Somebody proposes to merge it into {target}. Confirm it, or drop it.",
            target=Ref(one.target),
        )
        act = TaskAct("", "Confirm the merge")
        yield Task(TaskKind.MERGE, one.source, one.source_title, reason, None, one.leaf, act)
