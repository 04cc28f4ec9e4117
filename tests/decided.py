"""A statement of applicability in which every control of Annex A has an approved row."""

from __future__ import annotations

from typing import Any

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.records import commands
from plumbline.records.commands import Saved

POLICY: dict[str, Any] = {
    "applicable": "yes",
    "reasons": ["own policy"],
    "justification": "Asked for by policy.",
}


def put_in_force(author: Actor, second: Actor, saved: Saved) -> Saved:
    """Have a reviewed record approved by a second person."""
    moved = commands.move(author, saved.reference, "submit", revision=saved.revision)
    return commands.move(second, saved.reference, "approve", revision=moved.revision)


def decide_every_control(author: Actor, second: Actor) -> dict[str, Saved]:
    """An approved row for each of the 38 controls, by its number."""
    rows = {}
    for control in catalogs.controls():
        values = {"title": "Decided", "requirement": control.id, **POLICY}
        rows[control.number] = put_in_force(author, second, commands.create(author, "applicability", values))
    return rows
