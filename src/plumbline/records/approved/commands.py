"""Putting a record back to the revision that is in force. Part of the one door: called in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Conflict
from plumbline.records.approved import queries
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.units import rules as units


def restore(record: Record, kind: Kind) -> Mapping[str, Sequence[models.Model]]:
    """Give a locked record the values of its revision in force; answers what many-valued fields refer to.

    The values are not cleaned again: they were approved, and a rule that is younger than the approval may not
    keep anybody from dropping a draft. Raises `Conflict` when the revision cannot be read any more.
    """
    row = queries.in_force_of(record, kind)
    if row is None:
        raise Conflict(
            say("restore.gone", "No revision of {record} is in force.", record=Ref(record.reference))
        )
    settled = record.unit
    record.unit_change, record.unit_wanted = False, None
    many = _set_values(record, kind, row, kind.field_names)
    leaders = units.leaders_of(record, kind, many)
    if leaders:
        # It may have followed since; one that was approved to lie elsewhere is moved by an approval alone.
        home = units.common_unit([leader.unit for leader in leaders])
        record.unit = settled if record.unit_apart else home
    record.save()
    for name, others in many.items():
        getattr(record, name).set(others)
    return many


def put_back(record: Record, kind: Kind, values: Mapping[str, Any]) -> Mapping[str, Sequence[models.Model]]:
    """Give a locked record the ``values`` of an earlier revision, except its unit; answers what many-valued
    fields refer to. The record itself is still to be saved."""
    many = _set_values(record, kind, values, [name for name in kind.field_names if name != "unit"])
    for name, others in many.items():
        getattr(record, name).set(others)
    return many


def _set_values(
    record: Record, kind: Kind, values: Mapping[str, Any], names: Iterable[str]
) -> dict[str, list[models.Model]]:
    """Set plain ``values`` on a record without cleaning them; what many-valued fields refer to, by name."""
    many: dict[str, list[models.Model]] = {}
    for name in names:
        field = kind.field(name)
        if field.many_to_many:
            many[name] = _rows_named(field, values[name])
        elif field.is_relation:
            setattr(record, name, next(iter(_rows_named(field, [values[name]])), None))
        else:
            setattr(record, name, field.to_python(values[name]))
    return many


def _rows_named(field: models.Field[Any, Any], public: Sequence[str | None]) -> list[models.Model]:
    """The rows that public names refer to: records by reference, people by handle, units by slug."""
    related = field.related_model
    assert isinstance(related, type)
    known = {column.name for column in related._meta.get_fields()}
    column = next(name for name in ("reference", "handle", "slug") if name in known)
    named = [name for name in public if name]
    return list(related._default_manager.filter(**{f"{column}__in": named})) if named else []
