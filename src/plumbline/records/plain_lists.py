"""Lists for machines: rows of plain values read straight off the columns, without making model objects.

The values are those of `plumbline.records.values.of_record`; related records, people and units are joined by
their public names, many-valued relations take one more query, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Value, When

from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.kernel import clock
from plumbline.records import queries, read_log
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.qualified import queries as qualified

_HEAD = ("pk", "reference", "state", "revision", "created_at", "updated_at", "key")


@dataclass(frozen=True)
class PlainPage:
    """One page of plain rows. ``total`` counts up to `list_index.COUNT_CAP`; ``capped``: there are more."""

    items: list[dict[str, Any]]
    total: int
    capped: bool


def page(
    actor: Actor,
    kind: Kind,
    *,
    filters: Mapping[str, str] | None = None,
    search: str = "",
    sort: str = "",
    where: str = "",
    number: int = 1,
    size: int = queries.PAGE_SIZE,
) -> PlainPage:
    """One page of what ``actor`` may see. Raises `Invalid` for a wrong filter, column or page."""
    list_index.check_page(number, size)
    chosen = list_index.select(actor, kind, filters=filters, search=search, sort=sort, where=where)
    keys, counted = chosen.page((number - 1) * size, size)
    rows = queries.visible(actor, kind).filter(pk__in=keys).order_by()
    names = [name for name in kind.field_names if not kind.field(name).many_to_many]
    columns = [_written_unit() if name == "unit" else _column(kind.field(name)) for name in names]
    found = {row[0]: row for row in rows.values_list(*_HEAD, *columns)}
    read_log.of_list(actor, kind, len(found))
    many = _many(actor, kind, keys)
    plain = _converters(names, kind)
    items = [_item(found[key], kind, names, plain, many) for key in keys if key in found]
    known = qualified.homes()
    for item in items:
        item["qualified_reference"] = known.qualify(item["reference"], item["key"])
    return PlainPage(items, min(counted, list_index.COUNT_CAP), counted > list_index.COUNT_CAP)


def _column(field: models.Field[Any, Any]) -> str:
    if not field.is_relation:
        return field.name
    target = field.related_model
    public = "handle" if target is Person else "slug" if target is Unit else "reference"
    return f"{field.name}__{public}"


def _written_unit() -> Case:
    """The column of `Record.written_unit`: a list says what reading the one record says."""
    return Case(When(unit_change=True, then="unit_wanted__slug"), default="unit__slug")


def _many(actor: Actor, kind: Kind, keys: Sequence[int]) -> dict[str, dict[int, list[str]]]:
    """For each many-valued field, the public names by primary key of the row."""
    names = [name for name in kind.own_fields if kind.field(name).many_to_many]
    found: dict[str, dict[int, list[str]]] = {name: defaultdict(list) for name in names}
    if not names or not keys:
        return found
    rows = queries.visible(actor, kind).filter(pk__in=keys).order_by()
    pairs = [
        rows.filter(**{f"{name}__isnull": False})
        .annotate(in_field=Value(name, models.CharField()))
        .values_list("pk", "in_field", _column(kind.field(name)))
        .distinct()
        for name in names
    ]
    for key, name, text in pairs[0].union(*pairs[1:], all=True) if pairs[1:] else pairs[0]:
        found[name][key].append(text)
    return found


def _converters(names: Sequence[str], kind: Kind) -> list[tuple[str, Callable[[Any], Any]]]:
    """The fields whose column value is not its plain value already."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for name in names:
        field = kind.field(name)
        if field.is_relation or isinstance(field, (models.BooleanField, models.IntegerField)):
            continue
        if isinstance(field, models.CharField):
            continue
        if type(field) is models.TextField:
            continue
        found.append((name, _day if type(field) is models.DateField else _listed))
    return found


def _listed(value: Any) -> Any:
    """A plain value; a tuple of texts is one already, as JSON makes a list of it."""
    return value if type(value) is tuple else plain_values.plain(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _item(
    row: tuple[Any, ...],
    kind: Kind,
    names: Sequence[str],
    plain: Sequence[tuple[str, Callable[[Any], Any]]],
    many: Mapping[str, Mapping[int, list[str]]],
) -> dict[str, Any]:
    pk, reference, state, revision, created, updated, key = row[:7]
    values = dict(zip(names, row[7:], strict=True))
    for name, convert in plain:
        value = values[name]
        if value is not None:
            values[name] = convert(value)
    for name, named in many.items():
        values[name] = sorted(named.get(pk, ()))
    return {
        "reference": reference,
        "kind": kind.slug,
        "state": state,
        "revision": revision,
        "created": clock.rfc3339(created),
        "recorded": clock.rfc3339(updated),
        "key": key,
        "values": values,
    }
