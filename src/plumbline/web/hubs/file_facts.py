"""What the files of a component or dataset say of it, on its page beside what its fields say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plumbline.imports.artifacts import queries
from plumbline.imports.artifacts.queries import DIFFERS, ONLY_FILE, SAME, FileFacts
from plumbline.kernel.messages import Text
from plumbline.records.related import queries as related
from plumbline.web import cells
from plumbline.web.hubs.declaration import Hub, section


@dataclass(frozen=True)
class _Row:
    """One fact as the page shows it."""

    label: Text
    text: str
    place: str
    own: str
    is_same: bool
    differs: bool
    is_only_in_file: bool


@dataclass(frozen=True)
class _File:
    """One file with its facts."""

    facts: FileFacts
    rows: tuple[_Row, ...]


def _section(hub: Hub) -> dict[str, Any] | None:
    hung = hub.once("hanging", lambda: related.hanging(hub.record))
    found = queries.of_record(hub.actor, hub.kind, hub.record, hung.attachments)
    if not found:
        return None
    shown = [
        _File(
            each,
            tuple(
                _Row(
                    row.fact.label or cells.label(hub.kind, row.fact.field),
                    row.fact.text,
                    row.fact.place,
                    row.own,
                    row.state == SAME,
                    row.state == DIFFERS,
                    row.state == ONLY_FILE,
                )
                for row in each.facts
            ),
        )
        for each in found
    ]
    return {"files": shown, "record": hub.record, "count": len(shown)}


section("component", "file-facts", "What its files say", 35)(_section)
section("dataset", "file-facts", "What its files say", 35)(_section)
