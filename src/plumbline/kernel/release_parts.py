"""What a release is made of, by digest: models, prompts, data, tools, purpose and regions. Pure.

Two releases are compared part by part; what depends on no part that differs is as true of the one as of the
other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from plumbline.kernel.canonical import JSON, canonical

SORTS: Final[Mapping[str, str]] = {
    "model": "model",
    "prompt": "prompt",
    "agent": "tool",
    "tool": "tool",
    "server": "tool",
    "service": "tool",
    "rules": "model",
    "index": "dataset",
    "software": "software",
    "computing": "software",
}
"""Types of components, each with the sort of part that it is."""
PARTS = ("model", "prompt", "dataset", "tool", "software", "purpose", "region")
"""Sorts of parts, in the order in which they are shown."""

Content = Mapping[str, Any]
"""The content of a release: by sort of part, the digest or version of each thing by its reference, and under
``frozen`` the instant (RFC 3339) at which it was written down."""


def identity(row: Mapping[str, Any]) -> str:
    """What a component or dataset is at the moment: its digest, else its version; empty where it has none."""
    if row["digest"]:
        return f"sha256:{row['digest']}"
    return f"version:{row['version']}" if row["version"] else ""


def text_identity(text: str) -> str:
    """What a text is: the digest of its words, so that a line broken elsewhere is no change."""
    return f"sha256:{hashlib.sha256(' '.join(text.split()).encode()).hexdigest()}"


def content(
    system: Mapping[str, Any], components: Iterable[Mapping[str, Any]], datasets: Iterable[Mapping[str, Any]]
) -> dict[str, JSON]:
    """The content of a release of ``system`` made of these components and datasets (rows in force)."""
    found: dict[str, dict[str, JSON]] = {part: {} for part in PARTS}
    for row in components:
        found[SORTS[row["type"]]][row["reference"]] = identity(row)
    for row in datasets:
        found["dataset"][row["reference"]] = identity(row)
    found["purpose"][system["reference"]] = text_identity(system["purpose"])
    found["region"] = {region: region for region in system["regions"]}
    return {part: things for part, things in found.items() if things}


def digest(found: Content, parts: Collection[str] = PARTS) -> str:
    """SHA-256 over these ``parts`` of a content, in hex; empty where there is no content."""
    if not found:
        return ""
    return hashlib.sha256(canonical({part: dict(found.get(part, {})) for part in parts})).hexdigest()


@dataclass(frozen=True)
class Change:
    """A part that is another one, or new, or gone: its sort, its reference, what it was and what it is."""

    part: str
    name: str
    before: str
    after: str


def changes(before: Content, after: Content) -> list[Change]:
    """What differs between two contents, by sort and name."""
    return [
        Change(part, name, old.get(name, ""), new.get(name, ""))
        for part in PARTS
        for old, new in ((before.get(part, {}), after.get(part, {})),)
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
