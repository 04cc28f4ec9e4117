"""`plumbline unowned`: records that nobody answers for."""

from __future__ import annotations

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened


def unowned(data: Data = None, json: Json = False) -> None:
    """List the records without an owner, or whose owner has left; those of people who have left first.

    Example: plumbline unowned --json
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.records.ownership import queries

    found = queries.unowned(Actor.installation())
    rows = [row.as_dict() for row in found.rows]
    if json:
        output.as_json({"items": rows, "total": found.total})
        return
    output.table(
        ("reference", "title", "kind", "state", "unit", "left", "recorded"),
        [[value or "" for value in row.values()] for row in rows],
    )
    if found.total > len(rows):
        output.note(f"{found.total - len(rows)} more are not listed.")
