"""What waits for the owner of the token, over HTTP: the same tasks as at the head of *My work*."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import COUNT, DAY, TEXT, listed, maybe, thing, words
from plumbline.controls.tasks import queries
from plumbline.controls.tasks.queries import TaskKind
from plumbline.identity import policy

TAG = "people"
TASK = thing(task=words(*TaskKind), subject=TEXT, title=TEXT, reason=TEXT, due=maybe(DAY), entry=maybe(COUNT))


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    items = [
        {
            "task": row.kind.value,
            "subject": row.subject,
            "title": row.title,
            "reason": str(row.reason),
            "due": row.due.isoformat() if row.due is not None else None,
            "entry": row.entry,
        }
        for row in queries.tasks_of(call.actor)
    ]
    return Answer({"items": items, "total": len(items)})


def operations() -> Iterator[Operation]:
    """The tasks of the token's owner."""
    yield Operation(
        "GET", "/tasks", "listTasks", "What waits for the token's owner", _list, tag=TAG,
        replies={
            200: Reply(
                "What went on to them or was taken over, what waits for their decision, and which of their"
                " acceptances have lapsed. Own records are listed by their kind, with the owner as a filter.",
                thing(items=listed(TASK), total=COUNT),
            )
        },
    )  # fmt: skip
