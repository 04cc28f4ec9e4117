"""The path of a record through its states, with who took each step and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plumbline.kernel.workflow import Workflow
from plumbline.web.records.history import ShownRevision


@dataclass(frozen=True)
class Stage:
    """One state of the path; ``who`` and ``at`` are empty where the record has not been brought into it, or
    longer ago than the page shows its history."""

    state: str
    is_current: bool
    is_reached: bool
    who: str = ""
    at: datetime | None = None


def usual(workflow: Workflow) -> tuple[str, ...]:
    """The states from the first one on, taking the first of the steps that come next in each."""
    states = [workflow.initial]
    while True:
        steps = workflow.next_from(states[-1])
        target = workflow.by_name[steps[0]].target if steps else states[-1]
        if target in states:
            return tuple(states)
        states.append(target)


def of_record(workflow: Workflow, state: str, history: Sequence[ShownRevision]) -> tuple[Stage, ...]:
    """The path of a record in ``state`` with its ``history``, newest first.

    A state off the usual path, such as *dismissed*, ends it; what would have come then is left out. A state
    ahead is not reached, also where the record was there before and was opened again.
    """
    states = usual(workflow)
    if state not in states:
        moved = [row.entry.state for row in history]
        before = [one for one in states if one in moved]
        states = (*before, state)
    current = states.index(state)
    found = []
    for place, name in enumerate(states):
        entry = next((row.entry for row in history if _enters(row, name)), None) if place <= current else None
        found.append(
            Stage(
                name,
                place == current,
                place == current or entry is not None,
                entry.actor_name if entry else "",
                entry.at if entry else None,
            )
        )
    return tuple(found)


def _enters(row: ShownRevision, state: str) -> bool:
    """Whether a revision brought the record into ``state``, and did not only change it there."""
    return row.entry.state == state and row.entry.verb != "amended"
