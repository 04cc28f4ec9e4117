"""The complete example of each kind: the tests make records of it, the documents and the API show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from plumbline.records import kinds
from plumbline.records.kinds import Kind


def values_of(
    kind: Kind, reference_of: Callable[[str], str], changed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values of the example with ``changed`` in place of its own, as the door takes them.

    ``reference_of`` answers the reference of a record of a kind, by the slug that the example has in a field
    that refers to other records; what is no slug of a kind stays as it is.
    """
    values = {**kind.example, **(changed or {})}
    slugs = {other.slug for other in kinds.all_kinds()}
    for name, value in values.items():
        if kind.field(name).is_relation and isinstance(value, str) and value in slugs:
            reference = reference_of(value)
            values[name] = [reference] if kind.field(name).many_to_many else reference
    return values


def as_json(kind: Kind) -> dict[str, Any]:
    """The example as a client of the API would send it, with the first reference of each other kind."""
    values = values_of(kind, lambda slug: f"{kinds.get(slug).prefix}-0001")
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
