"""The shape of a query, and the values that fill it.

Two queries of one shape have the same SQL, and differ only in the values bound to it. What could change the
SQL belongs to the shape: names, `None`, truth values, lengths of lists, limits, whole expressions.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Expression, F, Field, Model, Q
from django.db.models.functions import datetime as zoned

LONGEST: Final = 64
"""A longer list of values has no plain shape: each of its lengths would be a statement of its own."""
LARGEST: Final = 2**31 - 1
"""A larger number may not fit its column, and Django then leaves out the comparison."""
CONDITIONS: Final = frozenset({"filter", "exclude"})
"""Operations whose arguments hold values. Those of a union are query sets; all others belong to the shape."""
UNION: Final = "union"
_ZONED: Final = frozenset({
    "date", "time", "year", "iso_year", "quarter", "month", "week", "day", "week_day", "iso_week_day",
    "hour", "minute", "second",
})  # fmt: skip
"""Transforms whose SQL depends on the time zone of the reader."""

SEVERAL: Final[tuple[type, ...]] = (list, tuple, set, frozenset, dict, type({}.keys()), type({}.values()))
"""What a list of values may come as."""

_ARGUMENTS: Final = "_constructor_args"
"""What an expression was made of, and Django itself compares expressions by."""
Shape = Any
"""Of tuples, types and constants: what can be hashed."""
Operation = tuple[str, tuple[Any, ...], dict[str, Any]]


class NoShapeError(Exception):
    """The query has no plain shape; Django's own way is the right one."""


def shape(operations: Iterable[Operation], values: list[Any]) -> Shape:
    """The shape of these operations on a query set; what fills it is added to `values` in order.

    Raises `NoShapeError` where a value could change the SQL.
    """
    return tuple((name, *_one(name, args, kwargs, values)) for name, args, kwargs in operations)


def _one(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], values: list[Any]) -> tuple[Shape, ...]:
    if name in CONDITIONS:
        conditions = tuple(_condition(item, values) for item in args)
        return conditions, tuple(_keyword(key, item, values) for key, item in kwargs.items())
    if name == UNION:
        return tuple(_value(item, values) for item in args), _named(kwargs)
    return _constants(args), _named(kwargs)


def filled(operations: Iterable[Operation], values: Iterator[Any]) -> Iterator[Operation]:
    """The same operations with other values, taken in the order in which `shape` has found theirs."""
    for name, args, kwargs in operations:
        if name in CONDITIONS:
            conditions = tuple(_condition_with(item, values) for item in args)
            yield name, conditions, {key: _with(item, values) for key, item in kwargs.items()}
        elif name == UNION:
            yield name, tuple(_with(item, values) for item in args), kwargs
        else:
            yield name, args, kwargs


def _condition(item: Any, values: list[Any]) -> Shape:
    if isinstance(item, Q):
        return (
            item.connector,
            item.negated,
            tuple(
                _keyword(child[0], child[1], values)
                if isinstance(child, tuple)
                else _condition(child, values)
                for child in item.children
            ),
        )
    return _constant(item)


def _condition_with(item: Any, values: Iterator[Any]) -> Any:
    if not isinstance(item, Q):
        return item
    children = [
        (child[0], _with(child[1], values)) if isinstance(child, tuple) else _condition_with(child, values)
        for child in item.children
    ]
    return Q.create(children, item.connector, item.negated)


def _keyword(name: str, value: Any, values: list[Any]) -> Shape:
    return _name(name), _value(value, values)


def _name(text: str) -> str:
    """A name of a field, wherever it stands; none with a transform that depends on the time zone."""
    if "__" in text and not _ZONED.isdisjoint(text.split("__")[1:]):
        raise NoShapeError
    return text


def _value(value: Any, values: list[Any]) -> Shape:
    """What belongs to the shape of one value of a condition."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if isinstance(value, str) or kind in (datetime.date, datetime.datetime):
        if kind is datetime.datetime and value.tzinfo is None:  # Django reads it in the zone of the settings
            raise NoShapeError
        values.append(value)
        return kind
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NoShapeError
        values.append(value)
        return kind
    if isinstance(value, Model):
        if value.pk is None:
            raise NoShapeError
        return Model, _value(value.pk, values)
    if kind in SEVERAL:
        return _several(value, values)
    return _nested(value, values)


def _several(value: Any, values: list[Any]) -> Shape:
    """A list of values. Its length is part of the shape; Django drops what is there twice, and `None`."""
    if len(value) > LONGEST or None in value:
        raise NoShapeError
    before = len(values)
    found = tuple(_value(item, values) for item in value)
    if len(set(values[before:])) != len(value):
        raise NoShapeError
    return list, found


def _nested(value: Any, values: list[Any]) -> Shape:
    operations = getattr(value, "noted", None)
    if operations is None:
        return _constant(value)
    return value.model, value.db, shape(operations, values)


def _with(value: Any, values: Iterator[Any]) -> Any:
    """`value` with the next of `values` in each place that `_value` has found one."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if isinstance(value, str) or kind in (datetime.date, datetime.datetime, int):
        return next(values)
    if isinstance(value, Model):
        return _with(value.pk, values)
    if kind in SEVERAL:
        return [_with(item, values) for item in value]
    operations = getattr(value, "noted", None)
    return value if operations is None else value.noting(tuple(filled(operations, values)))


def _constants(items: Iterable[Any]) -> Shape:
    return tuple(map(_constant, items))


def _named(items: dict[str, Any]) -> Shape:
    return tuple((name, _constant(item)) for name, item in items.items())


def _constant(value: Any) -> Shape:
    """`value` as a part of the shape, with all it holds."""
    if isinstance(value, str):
        return type(value), _name(value)
    if value is None or isinstance(value, int | float | datetime.date):
        return type(value), value
    if isinstance(value, list | tuple):
        return type(value), _constants(value)
    if isinstance(value, slice):
        return slice, value.start, value.stop
    found: list[Any] = []
    if isinstance(value, Q):
        return Q, _condition(value, found), tuple(found)
    if isinstance(value, Field):
        return _field(value)
    if isinstance(value, F | Expression) and type(value).__module__ != zoned.__name__:
        args, kwargs = vars(value)[_ARGUMENTS]
        return type(value), _constants(args), _named(kwargs)
    operations = getattr(value, "noted", None)
    if operations is None:
        raise NoShapeError
    return value.model, value.db, shape(operations, found), tuple(found)


def _field(value: Field[Any, Any]) -> Shape:
    """The type of an output; one that was given options, or belongs to a table, is none of a plain shape."""
    if hasattr(value, "model") or value.deconstruct()[3]:
        raise NoShapeError
    return type(value)
