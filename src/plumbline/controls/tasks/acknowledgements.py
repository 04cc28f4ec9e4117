"""Tasks from versions that somebody is asked to read and acknowledge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plumbline.clauses.acknowledging import queries
from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say

READ = TaskAct("", "Read it")


def tasks(actor: Actor) -> Iterator[Task]:
    """The versions that wait for ``actor`` alone: no deputy has read for them."""
    for version in queries.waiting(replace(actor, scopes=None)):
        text = "A version is in force that you are asked to read and acknowledge."
        reason = say("task.acknowledgement", text)
        yield Task(
            TaskKind.ACKNOWLEDGEMENT, version.reference, version.title, reason, None, version.revision, READ
        )
