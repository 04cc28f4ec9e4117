"""Rows as objects: how the values of columns become those of Python, and how an object is filled with them.

Django asks each column of each query anew what converts it, reads an instant of SQLite through three checks
of its time zone, and fills an object field by field. Here the converters of a bound statement are asked for
once, an instant gets its zone in one step, and an object that has nothing to add is filled at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import models
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql.compiler import SQLCompiler

Converter = Callable[[Any, Any, Any], Any]
Converters = dict[int, tuple[list[Converter], Any]]
"""What each column is converted by, with the expression that it stands for, by its place."""

_DJANGO: Final = Model.from_db.__func__  # type: ignore[attr-defined]  # of a class
_KEPT: Final = "converters_of_statements"
_INSTANTS: Final = "convert_datetimefield_value"
_STORING: Final = frozenset({DeferredAttribute, ForeignKeyDeferredAttribute})
"""Attributes of a class that keep the value of a field of a new object as it is."""


def converters(statement: Any, compiler: SQLCompiler, connection: Any, expressions: list[Any]) -> Converters:
    """The converters of the columns of a statement, asked for once in the life of a connection."""
    # With the connection, since they belong to it: whoever kept them elsewhere would keep it open.
    kept = vars(connection).setdefault(_KEPT, WeakKeyDictionary())
    if statement not in kept:
        asking = copy(compiler)
        asking.connection = connection
        kept[statement] = {
            place: ([_shortened(one, connection) for one in every], expression)
            for place, (every, expression) in asking.get_converters(expressions).items()
        }
    found: Converters = kept[statement]
    return found


def _shortened(converter: Any, connection: Any) -> Converter:
    """The same in one step, for instants of a database that keeps them in UTC and without a zone."""
    is_instant = connection.vendor == "sqlite" and getattr(converter, "__name__", "") == _INSTANTS
    if not is_instant or connection.timezone is not UTC:
        found: Converter = converter
        return found

    def instant(value: Any, expression: Any, connection: Any) -> Any:
        if type(value) is datetime and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return converter(value, expression, connection)

    return instant


def fill_at_once(every: Sequence[Any]) -> None:
    """Let objects of these models that come from the database be filled at once, if nothing watches them."""
    ways = [(model, _from_db if is_plain(model) else model.from_db.__func__) for model in every]
    # Only now: a child of a plain model would inherit its way, whatever it does itself.
    for model, way in ways:
        model.from_db = classmethod(way)  # Django's own hook


def is_plain(model: Any) -> bool:
    """Whether an object that is made does nothing but keep the values of its fields."""
    return (
        model.__init__ is Model.__init__
        and model.from_db.__func__ is _DJANGO
        and not models.signals.pre_init.has_listeners(model)
        and not models.signals.post_init.has_listeners(model)
        and all(
            type(getattr(model, field.attname, None)) in _STORING for field in model._meta.concrete_fields
        )
    )


def _from_db(cls: type[Model], db: str | None, field_names: Sequence[str], values: Sequence[Any]) -> Model:
    """An object with these values; a field that was not asked for is read when somebody wants it."""
    new = cls.__new__(cls)
    state = ModelState()
    state.adding, state.db = False, db
    held = new.__dict__
    held["_state"] = state
    held.update(zip(field_names, values, strict=True))
    return new
