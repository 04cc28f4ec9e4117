"""Which field of a kind stands in which place of its index rows, and how its values read there. Pure.

A sort is a text whose order is the order of the values: figures with leading zeros, days as in ISO 8601,
words without capitals. A filter is the value itself, or its digest when it is long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from struct import pack, unpack
from typing import Any

from django.db import models

from plumbline.records.kinds import Kind
from plumbline.records.models import FILTER_LETTERS, SORT_LETTERS, TITLE_BYTES

VERSION = 1
"""Raised when values are written otherwise or a migration changed some: every row is then written again."""
_BASE_FILTERS = ("state", "owner", "unit")
_BASE_SORTS = ("state", "effective_from")
_SIGN, _ALL = 1 << 63, (1 << 64) - 1
_SHIFT, _DIGITS = 10**20, 21  # what makes a negative figure's text sort before a positive one's


def filters(kind: Kind) -> dict[str, str]:
    """Field name → index column, for what lists of ``kind`` filter by besides state, owner and unit."""
    names = [name for name in kind.filters if name not in _BASE_FILTERS]
    return {name: f"filter_{place}" for place, name in enumerate(names, 1)}


def sorts(kind: Kind) -> dict[str, str]:
    """Field name → index column, for what lists of ``kind`` sort by; ``reference`` is their number."""
    own = [name for name in (*kind.columns, kind.due) if name and not kind.field(name).many_to_many]
    fixed = {"title": "title", "updated_at": "updated_at", "reference": "record_id"}
    names = dict.fromkeys(name for name in (*_BASE_SORTS, *own) if name not in fixed)
    return fixed | {name: f"sort_{place}" for place, name in enumerate(names, 1)}


def names(kind: Kind) -> list[str]:
    """The fields whose values stand in the filters and sorts of an index row."""
    sorting = (name for name, column in sorts(kind).items() if column.startswith("sort_"))
    return list(dict.fromkeys((*filters(kind), *sorting)))


def shape(kind: Kind) -> str:
    """A digest of what stands where."""
    layout = repr((VERSION, sorted(filters(kind).items()), sorted(sorts(kind).items())))
    return hashlib.sha256(layout.encode()).hexdigest()


def title(text: str) -> str:
    """A title as the index holds it: without capitals, cut at `TITLE_BYTES` bytes of UTF-8."""
    return text.casefold().encode()[:TITLE_BYTES].decode(errors="ignore")


def filtered(plain: Any) -> str | None:
    """A plain value as a filter; ``None`` for no value."""
    if plain is None or plain in ("", []):
        return None
    text = ",".join(map(str, plain)) if isinstance(plain, list) else str(plain)
    if len(text.encode()) <= FILTER_LETTERS:
        return text
    return hashlib.sha256(text.encode()).hexdigest()[:FILTER_LETTERS]


def sorted_as(field: models.Field[Any, Any], plain: Any) -> str | None:
    """The plain value of ``field`` as a sort; ``None`` for no value."""
    if plain is None or plain in ("", []):
        return None
    if isinstance(plain, int):
        return f"{int(plain) + _SHIFT:0{_DIGITS}d}"
    if isinstance(field, models.DecimalField):
        return f"{int(Decimal(plain).scaleb(field.decimal_places)) + _SHIFT:0{_DIGITS}d}"
    if isinstance(field, models.FloatField):
        return _float(float(plain))
    if field.is_relation:
        prefix, _, number = str(plain).rpartition("-")
        return f"{prefix}-{number:0>12}"[:SORT_LETTERS]
    text = ",".join(map(str, plain)) if isinstance(plain, list) else str(plain)
    return text.casefold()[:SORT_LETTERS]


def _float(value: float) -> str:
    """The bits of an IEEE 754 double as a number that grows with it: sign first, all turned when negative."""
    (bits,) = unpack(">Q", pack(">d", value + 0.0))  # makes -0.0 0.0
    return f"{bits ^ (_ALL if bits >> 63 else _SIGN):020d}"


def columns(kind: Kind, values: Mapping[str, Any]) -> dict[str, str | None]:
    """Column of the index row → its text, from the plain values of the fields in `names`."""
    found = {column: filtered(values[name]) for name, column in filters(kind).items()}
    for name, column in sorts(kind).items():
        if column.startswith("sort_"):
            found[column] = sorted_as(kind.field(name), values[name])
    return found
