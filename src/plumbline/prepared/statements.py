"""Compiled statements: kept by the shape of their query, bound to values, compared with Django's in tests."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any, Final

from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet, ValidationError
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from plumbline.prepared.loading import converters
from plumbline.prepared.shapes import NoShapeError, Operation, filled, shape

MOST: Final = 4_000
"""Shapes that are kept; with more of them all are forgotten, and come again."""
_UNFIT: Final = (
    ValueError, TypeError, LookupError, ValidationError, FieldError, EmptyResultSet, FullResultSet,
)  # fmt: skip
"""What Django raises where a placeholder does not do for the value of a column."""

compare = 0
"""How often each statement, once bound, is compared with what Django writes. The tests set it."""
Rebuild = Callable[[Iterable[Operation]], QuerySet[Any]]


class DifferentStatementError(AssertionError):
    """A bound statement is another than Django's; raised where `compare` asks for it."""


class Statement:
    """The SQL of one shape of query, and which of its parameters are which values."""

    def __init__(
        self, rows: QuerySet[Any], query: Query, places: Sequence[Any], compiler: SQLCompiler, sql: str
    ):
        self.rows = rows
        self._query = query
        self._places = places
        self._compiler = compiler
        self.sql = sql
        self.compared = 0

    def parameters(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """The parameters of the statement for these values, in order."""
        return tuple(
            place[1](values[place[0]]) if isinstance(place, _Place) else place for place in self._places
        )

    def bound(self, values: Sequence[Any], using: str) -> BoundQuery:
        """The query of this shape with these values."""
        compiler = object.__new__(type(self._compiler))
        compiler.__dict__.update(self._compiler.__dict__)
        written = self.sql, self.parameters(values)
        connection = compiler.connection = connections[using]
        compiler.__dict__["as_sql"] = lambda *_, **__: written
        compiler.__dict__["get_converters"] = partial(converters, self, self._compiler, connection)
        return BoundQuery(self._query, compiler)


class _Place(tuple[int, Callable[[Any], Any]]):
    """A parameter that is a value: which one, and how the database wants it."""

    __slots__ = ()


class BoundQuery:
    """A query that was compiled before; it answers like the one that was compiled."""

    def __init__(self, query: Query, compiler: SQLCompiler) -> None:
        self._query = query
        self.compiler = compiler

    def get_compiler(self, *_: Any, **__: Any) -> SQLCompiler:
        """What runs the query."""
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


_statements: dict[Hashable, Statement | None] = {}
_UNKNOWN: Final[Any] = object()
_FIRST: Final[Any] = object()
"""In place of the statement of a shape that has come once."""


def forget() -> None:
    """Forget every statement, as after a change of the schema."""
    _statements.clear()


def find(rows: Any, rebuild: Rebuild, *, purpose: str = "rows") -> tuple[Statement, BoundQuery] | None:
    """The statement of a query set that has only noted what it is asked for; none if Django has to write it.

    `purpose` is `rows` or `exists`. The first query of a shape is Django's own, the second one is compiled.
    """
    values: list[Any] = []
    try:
        key = purpose, rows.db, rows.model, shape(rows.noted, values)
        held = _statements.get(key, _UNKNOWN)
    except (NoShapeError, TypeError):  # a TypeError: a constant of the query that cannot be hashed
        return None
    if held is _UNKNOWN:
        if len(_statements) >= MOST:
            forget()
        _statements[key] = _FIRST
        return None
    if held is _FIRST:
        held = _statements[key] = _compiled(rows, rebuild, values, purpose)
    if held is None:
        return None
    bound = held.bound(values, rows.db)
    if held.compared < compare:
        held.compared += 1
        _compare(held, values, _of(rebuild(rows.noted), purpose), rows.db)
    return held, bound


def _of(rows: QuerySet[Any], purpose: str) -> Query:
    return rows.query.exists() if purpose == "exists" else rows.query


def _compiled(rows: Any, rebuild: Rebuild, values: Sequence[Any], purpose: str) -> Statement | None:
    """The statement of this shape, written with placeholders for its values; none if they do not fit."""
    numbers = count(1_870_000_001)
    placeholders = [_placeholder(value, next(numbers)) for value in values]
    try:
        built = rebuild(filled(rows.noted, iter(placeholders)))
        query = _of(built, purpose)
        compiler = query.get_compiler(using=rows.db)
        sql, parameters = compiler.as_sql()
    except _UNFIT:
        return None
    ways = _ways(placeholders, rows.db)
    places = [_place(found, ways) for found in parameters]
    used = {place[0] for place in places if isinstance(place, _Place)}
    if len(used) < len(values) or any(_holds(place, placeholders) for place in places):
        return None
    return Statement(built, query, places, compiler, sql)


def _place(found: Any, ways: Mapping[tuple[type, Any], _Place]) -> Any:
    """The place that a parameter holds for a value, or the parameter itself where it holds none."""
    if not isinstance(found, str | int | datetime.date):
        return found
    kind = type(found)
    if kind not in (int, bool) and isinstance(found, int):  # a number of a width, which PostgreSQL is told
        place = ways.get((int, int(found)))
        return found if place is None else _Place((place[0], kind))
    return ways.get((kind, found), found)


def _placeholder(value: Any, number: int) -> Any:
    """A value of the same kind that stands nowhere else."""
    if isinstance(value, str):
        return f" %_\\ aB e\u0301 {number} "  # a pattern escapes it, and what trims or folds it changes it
    if isinstance(value, datetime.datetime):
        return datetime.datetime(2100, 1, 1, 7, 8, 9, 123456, value.tzinfo) + datetime.timedelta(
            seconds=number % 1_000_000
        )
    if isinstance(value, datetime.date):
        return datetime.date(2100, 1, 1) + datetime.timedelta(days=number % 1_000_000)
    return number


def _ways(placeholders: Sequence[Any], using: str) -> dict[tuple[type, Any], _Place]:
    """Where a parameter is a placeholder as the database wants it: the place it holds for a value."""
    operations = connections[using].ops
    found: dict[tuple[type, Any], _Place] = {}
    for number, placeholder in enumerate(placeholders):
        if isinstance(placeholder, datetime.datetime):
            way: Callable[[Any], Any] = operations.adapt_datetimefield_value
        elif isinstance(placeholder, datetime.date):
            way = operations.adapt_datefield_value
        else:
            way = _as_it_is
        adapted = way(placeholder)
        found[type(adapted), adapted] = _Place((number, way))
    return found


def _as_it_is(value: Any) -> Any:
    return value


def _holds(place: Any, placeholders: Sequence[Any]) -> bool:
    """Whether a constant parameter is made of a placeholder, as a pattern would be."""
    return isinstance(place, str) and any(isinstance(item, str) and item in place for item in placeholders)


def _compare(held: Statement, values: Sequence[Any], query: Query, using: str) -> None:
    sql, parameters = query.get_compiler(using=using).as_sql()
    bound = held.parameters(values)
    if (sql, tuple(parameters), [*map(type, parameters)]) != (held.sql, bound, [*map(type, bound)]):
        raise DifferentStatementError(f"{held.sql}\n{bound}\n{sql}\n{tuple(parameters)}")
