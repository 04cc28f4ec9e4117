"""Tasks from concerns without a name: nobody has taken one, or whoever raised it has added something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plumbline.clauses.improvement.anonymous import queries
from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say

TAKE, READ = TaskAct("take", "Look into it"), TaskAct("", "Read it")


def tasks(actor: Actor) -> Iterator[Task]:
    """The concerns without a name that wait for ``actor``."""
    for one in queries.waiting(replace(actor, scopes=None)):
        if one.added:
            text = "Whoever raised it without a name has added something. Read it, then resolve the comment."
            reason, act = say("task.concern-added", text), READ
        else:
            text = "It came in without a name, and nobody has begun to look into it."
            reason, act = say("task.concern", text), TAKE
        yield Task(TaskKind.CONCERN, one.reference, one.title, reason, None, one.entry, act)
