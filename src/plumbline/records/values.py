"""A record as plain values: what a revision stores, what the API, CSV and checks read.

Times are RFC 3339 texts, dates ISO 8601, decimals texts, references and people their public names; no
floats, so that the bytes are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from plumbline.kernel import clock
from plumbline.records.kinds import Kind
from plumbline.records.models import Record


def plain(value: Any) -> Any:
    """One Python value as a JSON value without floats."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def public_name(related: Any) -> str | None:
    """How a related row is named outside: a record by reference, a person by handle, a unit by slug."""
    for attribute in ("reference", "handle", "slug"):
        if related is not None and hasattr(related, attribute):
            return str(getattr(related, attribute))
    return None


def of_field(record: Record, field: models.Field[Any, Any]) -> Any:
    """The plain value of one field of ``record``."""
    if field.many_to_many:
        return sorted(str(public_name(item)) for item in getattr(record, field.name).all())
    if field.is_relation:
        return public_name(record.written_unit if field.name == "unit" else getattr(record, field.name))
    return plain(getattr(record, field.name))


def of_record(
    record: Record, kind: Kind, many_valued: Mapping[str, Sequence[models.Model]] | None = None
) -> dict[str, Any]:
    """Every field of ``kind`` that a person fills in, by name.

    ``many_valued`` are the records that many-valued fields refer to, where they are at hand.
    """
    at_hand = many_valued or {}
    return {
        name: sorted(str(public_name(other)) for other in at_hand[name])
        if name in at_hand
        else of_field(record, kind.field(name))
        for name in kind.field_names
    }


def snapshot(
    record: Record, kind: Kind, many_valued: Mapping[str, Sequence[models.Model]] | None = None
) -> dict[str, Any]:
    """What a revision keeps: the values and what the system says of the record."""
    return {
        "reference": record.reference,
        "kind": kind.slug,
        "revision": record.revision,
        "state": record.state,
        "recorded": clock.rfc3339(record.updated_at),
        "key": record.key,
        "values": of_record(record, kind, many_valued),
    }


_IN_EVERY_BODY = frozenset(
    {"id", "record_ptr", "reference", "kind", "state", "revision", "updated_at", "key", "title"}
)


def of_system(record: Record, kind: Kind) -> dict[str, Any]:
    """The columns that no person fills in and no other part of a revision holds: author, unit in force, what
    gates and stages derive."""
    columns = (field for field in kind.model._meta.concrete_fields if field.name not in _IN_EVERY_BODY)
    own = {field.name: of_field(record, field) for field in columns if field.name not in kind.field_names}
    return {**own, "unit_in_force": public_name(record.unit)}


def revision_body(
    record: Record, kind: Kind, many_valued: Mapping[str, Sequence[models.Model]] | None = None
) -> dict[str, Any]:
    """What the entry of a revision commits to: the snapshot, and what the system itself says of the record.

    With it every column of the record follows from the trail, so that none can be changed behind its back.
    """
    return {**snapshot(record, kind, many_valued), "system": of_system(record, kind)}
