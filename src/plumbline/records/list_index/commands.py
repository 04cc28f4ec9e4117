"""Writing the list index: with the record that the door writes, or all rows of a kind again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction

from plumbline.records import bulk_insert, guard, kinds
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.list_index import index_columns
from plumbline.records.models import IndexShape, Record, RecordIndex

_BATCH = 500
_UPDATED = [field.name for field in RecordIndex._meta.concrete_fields if not field.primary_key]


def write(kind: Kind, batch: Sequence[tuple[Record, Mapping[str, Any]]], *, new: bool) -> None:
    """Keep the index rows of records, each given with its plain values. Inside the door only.

    ``new`` records have no row yet. That they are at revision 1 does not say so: an erasure writes too.
    """
    rows = [RecordIndex(record_id=record.pk, **columns(kind, record, values)) for record, values in batch]
    if new:
        bulk_insert.insert(RecordIndex, rows)
    else:
        RecordIndex.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["record"], update_fields=_UPDATED
        )


def columns(kind: Kind, record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a record's index row but for its key, from its plain values where they are at hand."""
    return {
        "kind": kind.slug,
        "reference": record.reference,
        "title": index_columns.title(record.title),
        "state": record.state,
        "unit_id": record.unit_id,
        "owner_id": record.owner_id,
        "updated_at": record.updated_at,
        **index_columns.columns(
            kind, {name: _value(kind, record, values, name) for name in index_columns.names(kind)}
        ),
    }


def _value(kind: Kind, record: Record, values: Mapping[str, Any], name: str) -> Any:
    """A plain value; fields that nobody fills in (the state, a level worked out) are not among ``values``."""
    return values[name] if name in values else plain_values.of_field(record, kind.field(name))


def refresh() -> list[str]:
    """Write the index again of every kind whose shape has changed or whose rows are not all there.

    Names the kinds. Called after the schema has been brought up to date, before this process serves anybody;
    others may be at it, or serve, meanwhile.
    """
    return [kind.slug for kind in kinds.all_kinds() if _is_stale(kind) and _rebuild(kind)]


def rebuild_all() -> int:
    """Write every row of the index again from its record; how many there are then."""
    for kind in kinds.all_kinds():
        _rebuild(kind, even_fresh=True)
    return RecordIndex.objects.count()


def _is_stale(kind: Kind) -> bool:
    if not IndexShape.objects.filter(kind=kind.slug, digest=index_columns.shape(kind)).exists():
        return True
    records, indexed = (model.objects.filter(kind=kind.slug).count() for model in (Record, RecordIndex))
    return records != indexed


def _rebuild(kind: Kind, *, even_fresh: bool = False) -> bool:
    """Write every index row of ``kind`` again, in one transaction, unless somebody else has just done so."""
    with guard.opened("list index"), transaction.atomic():
        keep_writers_out()
        if not (even_fresh or _is_stale(kind)):
            return False
        RecordIndex.objects.filter(kind=kind.slug).delete()
        rows = _rows(kind)
        while part := list(islice(rows, _BATCH)):
            RecordIndex.objects.bulk_create(part)
        IndexShape.objects.update_or_create(kind=kind.slug, defaults={"digest": index_columns.shape(kind)})
    return True


def keep_writers_out() -> None:
    """Until the transaction ends nobody writes a record or locks one to do so; SQLite has one writer anyway.

    The records and not their index rows, since whoever has locked a record goes on to write its index row.
    """
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(Record._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")


def _rows(kind: Kind) -> Iterator[RecordIndex]:
    names = index_columns.names(kind)
    many = [name for name in names if kind.field(name).many_to_many]
    foreign = [name for name in names if kind.field(name).is_relation and name not in many]
    records = kind.model._default_manager.select_related(*foreign).prefetch_related(*many).order_by("pk")
    for record in records.iterator(chunk_size=_BATCH):
        yield RecordIndex(record_id=record.pk, **columns(kind, record, {}))
