"""Which records a check looks at: live systems, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.controls.declare import Evidence

Facts = Mapping[str, Any]


def live(evidence: Evidence) -> list[Facts]:
    """Registered systems that are in operation, or whose end of it nobody has approved yet."""
    systems = evidence.records["ai-system"]
    return [row for row in systems if row["live"] and row["state"] != "retired"]


def named(*rows: Facts) -> list[str]:
    """The references of ``rows``."""
    return [str(row["reference"]) for row in rows]


def of_live(evidence: Evidence, kind: str) -> list[Facts]:
    """Records of ``kind`` that belong to a live system and are not retired."""
    names = set(named(*live(evidence)))
    rows = evidence.records[kind]
    return [row for row in rows if names.intersection(row["systems"]) and row["state"] != "retired"]


def suppliers_of_live(evidence: Evidence) -> list[Facts]:
    """Suppliers behind a live system: of itself, of its components, of its data."""
    parts = [*live(evidence), *of_live(evidence, "component"), *of_live(evidence, "dataset")]
    behind = {row["supplier"] for row in parts}
    return [row for row in evidence.records["supplier"] if row["reference"] in behind]


def lacking(row: Facts, asked: Mapping[str, str]) -> list[str]:
    """What is left empty in ``row`` of the fields that are ``asked`` for, as a reader calls it."""
    return [label for name, label in asked.items() if not row[name]]


def gaps(rows: list[Facts], asked: Mapping[str, str]) -> dict[str, str]:
    """What each of ``rows`` lacks, by reference; those that lack nothing are left out."""
    found = {str(row["reference"]): lacking(row, asked) for row in rows}
    return {name: f"lacks {', '.join(labels)}" for name, labels in found.items() if labels}
