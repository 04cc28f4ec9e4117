"""Tasks from imports: those that were assigned, and those that wait for a second person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.identity.actors import Actor
from plumbline.imports.waiting import queries as waiting
from plumbline.kernel.messages import Message, say

_LOOK, _CONFIRM, _ASSIGN = TaskAct("", "Look at it"), TaskAct("", "Confirm"), TaskAct("", "Assign")


def tasks(actor: Actor) -> Iterator[Task]:
    """The imports that wait for the person ``actor``, the oldest first."""
    # A task is the person's, also when they ask with a token that only reads.
    for one in waiting.of(replace(actor, scopes=None)):
        kind = TaskKind.IMPORT_CONFIRMATION if one.confirms else TaskKind.IMPORT
        act = _CONFIRM if one.confirms else _ASSIGN if one.unassigned else _LOOK
        yield Task(kind, one.handle, one.file_name, _why(one), None, None, act)


def _why(one: waiting.WaitingImport) -> Message:
    if one.confirms:
        text = "An import by {person} takes a second person. You neither uploaded nor planned it: confirm it."
        return say("task.import-confirmation", text, person=one.importer)
    if one.unassigned:
        text = "Your import takes a second person and is assigned to nobody else. Assign it to somebody."
        return say("task.import-unassigned", text)
    if one.stopped:
        return say(
            "task.import-stopped", "This import is yours, and it was stopped. Go on with it, or withdraw it."
        )
    return say(
        "task.import", "This import is assigned to you. Look at its preview, and confirm it or give it up."
    )
