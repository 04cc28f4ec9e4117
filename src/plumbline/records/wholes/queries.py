"""Every record at once, as plain rows: for what looks across all of them, such as predicted findings.

A handful of queries for the base table and what hangs on it, one for the columns of each kind and one for
each of its fields that name any number of records; never one for a record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Max

from plumbline.records.attachments import queries as attachments
from plumbline.records.kinds import Kind
from plumbline.records.models import Record, Revision
from plumbline.records.related.models import Link
from plumbline.trail import log


class RecordRow(NamedTuple):
    """What every kind has in common; owner by opaque id, unit by slug."""

    pk: int
    reference: str
    kind: str
    title: str
    state: str
    owner: str | None
    unit: str | None
    created_at: datetime
    key: str | None


def record_rows(until: datetime) -> dict[int, RecordRow]:
    """All records that were there at the instant ``until``, by primary key, in order of recording."""
    columns = (
        "pk",
        "reference",
        "kind",
        "title",
        "state",
        "owner__handle",
        "unit__slug",
        "created_at",
        "key",
    )
    rows = Record.objects.filter(created_at__lte=until).order_by("pk").values_list(*columns)
    return {row[0]: RecordRow(*row) for row in rows.iterator()}


def acts(at: datetime | None) -> list[tuple[int, str, str, str | None, datetime]]:
    """Record, verb, state afterwards, person (opaque id) and instant of each revision until ``at``, those of
    a
    record in their order."""
    until = {} if at is None else {"at__lte": at}
    rows = Revision.objects.filter(**until).order_by("leaf")
    return list(rows.values_list("record_id", "verb", "state", "person__handle", "at"))


def known(kind: Kind, at: datetime) -> list[dict[str, Any]]:
    """The records of ``kind`` as they were known at the instant ``at``: what their newest revisions until
    then
    say; what has been erased since is left out."""
    rows = Revision.objects.filter(record__kind=kind.slug, at__lte=at)
    # The entries of one record are numbered in the order of its revisions.
    newest = rows.order_by().values("record_id").annotate(newest=Max("leaf"))
    bodies = log.openings_at(list(newest.values_list("newest", flat=True)), "revision")
    return [json.loads(body) for body in bodies.values()]


def files(at: datetime | None) -> list[tuple[int, str, datetime, date | None, date | None]]:
    """Record, name, instant of adding, day of the document and last valid day of each file."""
    found = attachments.of_records(Record.objects.all(), at)
    added = attachments.added_at(at)
    return [
        (file.record, file.name, added[file.pk], file.said[-1][1].document_date, file.said[-1][1].valid_until)
        for file in found
        if file.pk in added
    ]


def links(at: datetime | None) -> list[tuple[int, str]]:
    """Record and reference of the record that it is linked to, of the links that stand."""
    until = {} if at is None else {"at__lte": at}
    rows = Link.objects.filter(**until).order_by("id")
    return list(rows.values_list("source_id", "target__reference"))


def values(kind: Kind, base: Mapping[int, RecordRow]) -> dict[int, dict[str, Any]]:
    """The fields of all records of ``kind`` by name, by primary key.

    Another record is its reference, a person their opaque id, several are a tuple; all else is as Python
    holds it.
    """
    single = [name for name in kind.own_fields if name not in kind.many_valued]
    to_records = {name for name in single if _names_records(kind, name)}
    columns = [name if name in to_records else _column(kind, name) for name in single]
    found: dict[int, dict[str, Any]] = {}
    for key, *row in kind.model._default_manager.order_by().values_list("pk", *columns).iterator():
        values = dict(zip(single, row, strict=True))
        for name in to_records:
            values[name] = base[values[name]].reference if values[name] in base else None
        found[key] = {**values, **dict.fromkeys(kind.many_valued, ())}
    for name in kind.many_valued:
        _put_many(kind, name, base, found)
    return found


def _names_records(kind: Kind, name: str) -> bool:
    field = kind.field(name)
    return isinstance(field.related_model, type) and issubclass(field.related_model, Record)


def _column(kind: Kind, name: str) -> str:
    """Where a query finds what a field is to outsiders: a person's opaque id, otherwise its own value."""
    return f"{name}__handle" if kind.field(name).is_relation else name


def _put_many(kind: Kind, name: str, base: Mapping[int, RecordRow], found: dict[int, dict[str, Any]]) -> None:
    field: Any = kind.field(name)
    through, own, other = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
    named: dict[int, list[str]] = {}
    for key, target in through._default_manager.order_by("pk").values_list(own, other):
        if target in base:
            named.setdefault(key, []).append(base[target].reference)
    for key, references in named.items():
        if key in found:
            found[key][name] = tuple(sorted(references))
