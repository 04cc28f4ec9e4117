"""Writing cards: with the record that the door writes, or all of a kind's anew from its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count

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

    Names the kinds. Called after the schema has been brought up to date, before anybody is served.
    """
    shapes = dict(CardShape.objects.values_list("kind", "digest"))
    records, cards = (_counted(model) for model in (Record, IndexCard))
    stale = [
        kind
        for kind in kinds.all_kinds()
        if shapes.get(kind.slug) != slots.shape(kind) or records.get(kind.slug) != cards.get(kind.slug)
    ]
    for kind in stale:
        remake(kind)
    return [kind.slug for kind in stale]


def _counted(model: type[Record] | type[IndexCard]) -> dict[str, int]:
    rows = model.objects.order_by().values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in rows}


def remake(kind: Kind) -> None:
    """Make every card of ``kind`` anew, in one transaction."""
    with guard.opened("cards"), transaction.atomic():
        IndexCard.objects.filter(kind=kind.slug).delete()
        made = _made(kind)
        while part := list(islice(made, _BATCH)):
            IndexCard.objects.bulk_create(part)
        CardShape.objects.update_or_create(kind=kind.slug, defaults={"digest": slots.shape(kind)})


def _made(kind: Kind) -> Iterator[IndexCard]:
    names = slots.names(kind)
    many = [name for name in names if kind.field(name).many_to_many]
    foreign = [name for name in names if kind.field(name).is_relation and name not in many]
    rows = kind.model._default_manager.select_related(*foreign).prefetch_related(*many).order_by("pk")
    for record in rows.iterator(chunk_size=_BATCH):
        yield IndexCard(record_id=record.pk, **_held(kind, record, {}))
