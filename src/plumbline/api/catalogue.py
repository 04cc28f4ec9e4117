"""Every operation of the API, in the order in which its document lists them."""

from __future__ import annotations

from functools import cache

from plumbline.api import description, imports, measured, packs, people, proofs, records, surroundings
from plumbline.api.operations import Operation
from plumbline.records import kinds


@cache
def operations() -> tuple[Operation, ...]:
    """All operations. Raises ``ValueError`` when two have the same name, or the same method and path."""
    found: list[Operation] = []
    for kind in kinds.all_kinds():
        found += records.operations(kind)
        found += surroundings.operations(kind)
    for module in (measured, proofs, packs, people, imports, description):
        found += module.operations()
    for taken in ([item.name for item in found], [(item.method, item.path) for item in found]):
        doubles = {str(one) for one in taken if taken.count(one) > 1}  # type: ignore[arg-type]  # both are lists
        if doubles:
            raise ValueError(f"declared twice: {', '.join(sorted(doubles))}")
    return tuple(found)
