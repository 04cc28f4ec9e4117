"""What waits for the owner of the token, over HTTP: the same tasks as at the head of *My work*."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import COUNT, DAY, TEXT, listed, maybe, thing, words
from plumbline.controls.tasks import queries
from plumbline.controls.tasks.task import Task, TaskKind
from plumbline.identity import policy
from plumbline.kernel.canonical import JSON

TAG = "people"
MOST = 500
"""Tasks in one answer; ``total`` counts all."""
TASK = thing(
    task=words(*TaskKind),
    key=TEXT,
    subject=TEXT,
    title=TEXT,
    reason=TEXT,
    due=maybe(DAY),
    entry=maybe(COUNT),
    step=maybe(TEXT),
    act=maybe(TEXT),
    deputy_for=maybe(TEXT),
    path=TEXT,
)


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    found = queries.tasks_of(call.actor)
    return Answer({"items": [_row(task) for task in found[:MOST]], "total": len(found)})


def _row(task: Task) -> dict[str, JSON]:
    act = task.act
    return {
        "task": task.kind.value,
        "key": task.key,
        "subject": task.subject,
        "title": task.title,
        "reason": str(task.reason),
        "due": task.due.isoformat() if task.due is not None else None,
        "entry": task.entry,
        "step": act.name if act is not None and act.name else None,
        "act": act.label if act is not None else None,
        "deputy_for": task.deputy_for or None,
        "path": task.path,
    }


def operations() -> Iterator[Operation]:
    """The tasks of the token's owner."""
    yield Operation(
        "GET", "/tasks", "listTasks", "What waits for the token's owner", _list, tag=TAG,
        replies={
            200: Reply(
                "Comments that mention them, steps that wait for a second person and that they may take,"
                " suspicions to decide, what went on to them or was taken over, acceptances that have"
                " lapsed, what was made easier until a"
                " day that is over, own work that is due, drafts, and what ends soon; the same of somebody"
                " who is away and for whom they stand in (`deputy_for`, an opaque id). Overdue ones first,"
                " then by day, then those that have waited longest;"
                " at most 500 of the total. `step` is the step of the record's workflow that answers it,"
                " `path` the page where it is taken, `key` the same for as long as it is the same task.",
                thing(items=listed(TASK), total=COUNT),
            )
        },
    )  # fmt: skip
