"""Rows of the database as lines of JSON, read as of one moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import Count

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict
from plumbline.portability.tables import Column, Table, natural_name
from plumbline.portability.values import encode
from plumbline.records import kinds
from plumbline.records.models import Record

_CHUNK: Final = 2_000


def refuse_unknown_kinds() -> None:
    """Raise `Conflict` when there are records of kinds that nothing declares: they would be left out."""
    counts = dict(Record.objects.order_by().values_list("kind").annotate(Count("id")))
    if unknown := sorted(set(counts) - {kind.slug for kind in kinds.all_kinds()}):
        raise Conflict(
            say(
                "portability.unknown-kind",
                "There are records of the kind {kind}, which no installed plugin declares. Install it first.",
                kind=unknown[0],
            )
        )


def lines(table: Table) -> Iterator[dict[str, Any]]:
    """Every row of a table, in the order in which they were made."""
    single = [column for column in table.columns if not column.is_list]
    several = [column for column in table.columns if column.is_list]
    rows = table.model._base_manager.order_by("pk").values_list("pk", *(c.lookup for c in single))
    lists = {column.name: _lists(table, column) for column in several}
    for row in rows.iterator(chunk_size=_CHUNK):
        line = {column.name: encode(value) for column, value in zip(single, row[1:], strict=True)}
        yield {**line, **{name: sorted(found.get(row[0], ())) for name, found in lists.items()}}


def _lists(table: Table, column: Column) -> Mapping[Any, list[str]]:
    """The names that a many-valued field of each row refers to, by the key of the row."""
    found: dict[Any, list[str]] = {}
    by = natural_name(column.target) if column.target is not None else "pk"
    rows = table.model._base_manager.filter(**{f"{column.field.name}__isnull": False}).order_by("pk")
    for key, name in rows.values_list("pk", f"{column.field.name}__{by}"):
        found.setdefault(key, []).append(name)
    return found


def as_text(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """JSON Lines: one object a line, its fields in the order of the model."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
