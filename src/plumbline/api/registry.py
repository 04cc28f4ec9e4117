"""Every operation of the API, in the order in which its document lists them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from plumbline.api import (
    checks,
    description,
    erasure,
    imports,
    openapi,
    packs,
    people,
    record_related,
    records,
    sightings,
    statements,
    tasks,
    trail,
    verdicts,
)
from plumbline.api.operations import Operation
from plumbline.records import kinds


@cache
def operations() -> tuple[Operation, ...]:
    """All operations. Raises ``ValueError`` when two have the same name, or the same method and path."""
    declared: list[Operation] = []
    for kind in kinds.all_kinds():
        declared += records.operations(kind)
        declared += record_related.operations(kind)
    for module in (checks, verdicts, trail, packs, statements, people, tasks, imports, sightings, erasure):
        declared += module.operations()
    declared += description.operations(document)
    # The second of two would never be reached, and the document would show only one of them.
    names = Counter(operation.name for operation in declared)
    addresses = Counter(f"{operation.method} {operation.path}" for operation in declared)
    twice = [name for name, count in (names + addresses).items() if count > 1]
    if twice:
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    return tuple(declared)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the whole API."""
    return openapi.document(operations())
