"""What the page of a record says of the import that it came by: what is missing, what its source states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from plumbline.imports.stated import queries, reading
from plumbline.imports.stated.queries import Edition
from plumbline.imports.stated.words import Stated
from plumbline.records.completeness import queries as completeness
from plumbline.web import cells
from plumbline.web.hubs.declaration import EVERY, Hub, section

ABOUT = {
    "state": gettext_lazy("State"),
    "owner": gettext_lazy("Owner"),
    "approval": gettext_lazy("Approval"),
    "date": gettext_lazy("Date"),
    "other": gettext_lazy("Other"),
}


@dataclass(frozen=True)
class StatedLine:
    """One text of the source: what it is about, its column, and the text."""

    about: str
    one: Stated


@dataclass(frozen=True)
class ShownEdition:
    """What one edition of the source says."""

    edition: Edition
    lines: tuple[StatedLine, ...]


@section(EVERY, "imported", "Imported, incomplete", 1, part="lead", template="web/imports/incomplete.html")
def incomplete(hub: Hub) -> dict[str, Any] | None:
    """What an imported draft still lacks, and the step that waits for it."""
    names = completeness.lacking(hub.kind, hub.record)
    if not names or not queries.was_imported(hub.record.reference):
        return None
    workflow = hub.kind.workflow
    waiting = [move.label for move in workflow.open_from(hub.record.state) if workflow.completes(move)]
    return {"missing": [cells.label(hub.kind, name) for name in names], "steps": waiting}


@section(EVERY, "stated", "As stated by the source", 85, template="web/imports/stated.html")
def stated(hub: Hub) -> dict[str, Any] | None:
    """What the source says of the record in its own words, the newest edition first."""
    editions = reading.editions(hub.record.reference)
    if not editions:
        return None
    shown = [
        ShownEdition(
            edition, tuple(StatedLine(str(ABOUT.get(one.about, one.about)), one) for one in edition.words)
        )
        for edition in editions
    ]
    return {"newest": shown[0], "earlier": shown[1:]}
