"""The context as a whole, as it is in force: what is frozen into the scope that is approved with it.

It holds references, revisions and the words that decide, and no floats. What belongs to one unit stands there
without its title, since a scope is read by the whole organization.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from plumbline.clauses import queries
from plumbline.kernel.canonical import JSON

PARTS: Mapping[str, tuple[str, ...]] = {
    "issue": ("origin", "topic"),
    "interested-party": ("type", "climate"),
    "obligation": ("type", "instrument"),
}
"""Kinds of the context, each with the words of its records that are frozen."""


def context(excluded: Collection[str]) -> dict[str, JSON]:
    """What is in force of the context, and our role towards each AI system, in scope or ``excluded``."""
    found: dict[str, JSON] = {
        kind: [_row(row, {name: row[name] for name in names}) for row in queries.in_force_if_any(kind)]
        for kind, names in PARTS.items()
    }
    found["ai-system"] = [
        _row(row, {"roles": list(row["roles"]), "within": row["reference"] not in excluded})
        for row in queries.in_force_if_any("ai-system")
    ]
    return found


def _row(row: Mapping[str, Any], words: Mapping[str, JSON]) -> dict[str, JSON]:
    hidden = bool(row["unit"])
    frozen: dict[str, JSON] = {
        "reference": row["reference"],
        "revision": row["approved_revision"],
        "title": "" if hidden else row["title"],
    }
    kept = {name: value for name, value in words.items() if not hidden or name in ("roles", "within")}
    return {**frozen, **kept}
