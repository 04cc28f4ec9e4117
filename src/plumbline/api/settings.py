"""The settings of the organization over HTTP, to be read: they are changed in a session, never by a token."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import INSTANT, TEXT, listed, maybe, thing
from plumbline.identity import policy
from plumbline.identity.organization import proofs, queries
from plumbline.kernel import clock

SETTING = thing(
    name=TEXT, value=TEXT, environment=maybe(TEXT), changed_at=maybe(INSTANT), changed_by=maybe(TEXT)
)


def _settings(call: Call) -> Answer:
    policy.require(call.actor, "read")
    proofs.verify()
    return Answer(
        [
            {
                "name": row.name,
                "value": row.value,
                "environment": row.variable or None,
                "changed_at": clock.rfc3339(row.changed_at) if row.changed_at is not None else None,
                "changed_by": row.changed_by or None,
            }
            for row in queries.rows()
        ]
    )


def operations() -> Iterator[Operation]:
    """Each setting of the organization with what it is fixed by, or who changed it."""
    yield Operation(
        "GET", "/settings", "listSettings", "Settings of the organization", _settings, tag="people",
        replies={200: Reply("Each with who changed it, or the variable that fixes it.", listed(SETTING))},
    )  # fmt: skip
