"""People whom plain values of records name by their opaque id: on pages they have names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from plumbline.identity import queries as identity
from plumbline.records.kinds import Kind

Values = Mapping[str, Any]


def _names_people(kind: Kind, name: str) -> bool:
    return kind.field(name).related_model is get_user_model()


def named(kind: Kind, snapshots: Iterable[Values]) -> list[dict[str, Any]]:
    """Plain values of revisions with names where fields hold people; no query where none does."""
    rows = [dict(values) for values in snapshots]
    held = {
        name: [row for row in rows if row.get(name)]
        for name in {name for row in rows for name in row if _names_people(kind, name)}
    }
    people = identity.names(str(row[name]) for name, those in held.items() for row in those)
    for name, those in held.items():
        for row in those:
            row[name] = people.get(str(row[name]), row[name])
    return rows
