"""Every operation of the API, in the order in which its document lists them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from plumbline.api import (
    absences,
    acknowledgements,
    anonymous_concerns,
    applicability,
    audit_samples,
    backups,
    bulk,
    checks,
    comments,
    competence,
    description,
    erasure,
    file_facts,
    gate,
    imports,
    issued_documents,
    lists,
    merges,
    notices,
    open_formats,
    openapi,
    other_limits,
    packs,
    people,
    predicted,
    private_notes,
    questionnaires,
    record_related,
    record_steps,
    records,
    search,
    settings,
    sightings,
    sources,
    starting_points,
    statements,
    tasks,
    trail,
    verdicts,
    views,
    webhooks,
)
from plumbline.api.operations import Operation
from plumbline.records import kinds

_MODULES = (
    checks,
    predicted,
    other_limits,
    verdicts,
    trail,
    backups,
    packs,
    issued_documents,
    open_formats,
    applicability,
    audit_samples,
    private_notes,
    questionnaires,
    file_facts,
    statements,
    gate,
    people,
    absences,
    anonymous_concerns,
    acknowledgements,
    comments,
    competence,
    tasks,
    notices,
    webhooks,
    imports,
    lists,
    merges,
    sources,
    sightings,
    erasure,
    search,
    settings,
    bulk,
    views,
    starting_points,
)
"""The modules of everything that is no kind of record, in the order of the document."""


@cache
def operations() -> tuple[Operation, ...]:
    """All operations. Raises ``ValueError`` when two have the same name, or the same method and path."""
    declared: list[Operation] = []
    for kind in kinds.all_kinds():
        declared += records.operations(kind)
        declared += record_steps.operations(kind)
        declared += record_related.operations(kind)
    for module in _MODULES:
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
