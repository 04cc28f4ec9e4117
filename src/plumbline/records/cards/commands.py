"""Writing cards: with the record that the door writes, or all of a kind's anew from its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import connection, transaction

from plumbline.records import guard, kinds
from plumbline.records import values as plain_values
from plumbline.records.card_models import CardShape, IndexCard
from plumbline.records.cards import slots
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

_BATCH = 500


def write(kind: Kind, record: Record, values: Mapping[str, Any]) -> None:
    """Keep the card of ``record``, whose plain ``values`` these are. Inside the door only."""
    held = _held(kind, record, values)
    if record.revision > 1 and IndexCard.objects.filter(pk=record.pk).update(**held):
        return
    IndexCard(record_id=record.pk, **held).save(force_insert=True)


def _held(kind: Kind, record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind.slug,
        "reference": record.reference,
        "title": slots.title(record.title),
        "state": record.state,
        "unit_id": record.unit_id,
        "owner_id": record.owner_id,
        "updated_at": record.updated_at,
        **slots.columns(kind, {name: _value(kind, record, values, name) for name in slots.names(kind)}),
    }


def _value(kind: Kind, record: Record, values: Mapping[str, Any], name: str) -> Any:
    """A plain value; fields that nobody fills in (the state, a level worked out) are not among ``values``."""
    return values[name] if name in values else plain_values.of_field(record, kind.field(name))


def refresh() -> list[str]:
    """Make the cards anew of every kind whose shape has changed or whose cards are not all there.

    Names the kinds. Called after the schema has been brought up to date, before this process serves anybody;
    others may be at it, or serve, meanwhile.
    """
    return [kind.slug for kind in kinds.all_kinds() if _is_stale(kind) and _remade(kind)]


def _is_stale(kind: Kind) -> bool:
    if not CardShape.objects.filter(kind=kind.slug, digest=slots.shape(kind)).exists():
        return True
    records, cards = (model.objects.filter(kind=kind.slug).count() for model in (Record, IndexCard))
    return records != cards


def _remade(kind: Kind) -> bool:
    """Make every card of ``kind`` anew, in one transaction, unless somebody else has just done so."""
    with guard.opened("cards"), transaction.atomic():
        _keep_writers_out()
        if not _is_stale(kind):
            return False
        IndexCard.objects.filter(kind=kind.slug).delete()
        made = _made(kind)
        while part := list(islice(made, _BATCH)):
            IndexCard.objects.bulk_create(part)
        CardShape.objects.update_or_create(kind=kind.slug, defaults={"digest": slots.shape(kind)})
    return True


def _keep_writers_out() -> None:
    """Until the transaction ends nobody writes a record or locks one to do so; SQLite has one writer anyway.

    The records and not their cards, since whoever has locked a record goes on to write its card.
    """
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(Record._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")


def _made(kind: Kind) -> Iterator[IndexCard]:
    names = slots.names(kind)
    many = [name for name in names if kind.field(name).many_to_many]
    foreign = [name for name in names if kind.field(name).is_relation and name not in many]
    rows = kind.model._default_manager.select_related(*foreign).prefetch_related(*many).order_by("pk")
    for record in rows.iterator(chunk_size=_BATCH):
        yield IndexCard(record_id=record.pk, **_held(kind, record, {}))
