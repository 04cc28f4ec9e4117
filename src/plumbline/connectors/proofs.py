"""What connections follow from: the entries by which they were set up and taken down."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.connectors.models import Connection
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

CONNECTION = "connectors.Connection"


def _check(start: int, stop: int) -> Iterator[Difference]:
    expected: dict[str, tuple[int, dict[str, object]]] = {}
    for entry in committed.of_types({"connection.added", "connection.removed"}):
        handle = entry.view.subject_ref
        if entry.verb == "removed":
            expected.pop(handle, None)
            continue
        fields = {"connector": entry.facts["connector"], "person": entry.subject["person"]}
        expected[handle] = entry.index, {**fields, **(entry.json("settings") or {})}
    rows = {row.handle: row for row in Connection.objects.select_related("person")}
    for handle, (index, fields) in expected.items():
        if handle not in rows:
            yield without_row(CONNECTION, handle, index)
            continue
        row = rows[handle]
        found = {
            "connector": row.connector,
            "person": row.person.handle,
            "name": row.name,
            "settings": row.settings,
        }
        yield from compare(CONNECTION, handle, index, fields, found)
    for handle in rows.keys() - expected.keys():
        yield without_entry(CONNECTION, handle)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        CONNECTION,
        "Connector and person stand in the entry that set it up, name and settings in its opening. How far "
        "it has read is not proved: read again, a fact that was taken is found by its key.",
        (Pass("connections", whole, _check),),
    ),
    NoProof("connectors.ConnectionFault", "What was wrong with a fact the last time it was read."),
)
