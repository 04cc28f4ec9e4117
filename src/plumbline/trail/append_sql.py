"""The three statements of an append, spelled from the models once.

An append is the most frequent write there is, and composing a query anew costs Django several times what
the database then needs for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model

from plumbline.kernel import clock
from plumbline.trail.models import Coordinator, Leaf


@dataclass
class LogHead:
    """Where the log ends: the coordinator's row as it stands, locked by this transaction."""

    origin: str
    size: int
    frontier: bytes
    last_time: datetime | None
    counters: bytes


_LOCKED = ("origin", "size", "frontier", "last_time", "counters")
_CHANGED = ("size", "frontier", "last_time", "counters")


@cache
def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.name: field for field in model._meta.concrete_fields}


def _name(model: type[Model], field: str = "") -> str:
    name = _fields(model)[field].column if field else model._meta.db_table
    return str(connection.ops.quote_name(str(name)))


def _value(model: type[Model], field: str, value: Any) -> Any:
    return _fields(model)[field].get_db_prep_save(value, connection)


@cache
def _lock(vendor: str) -> str:
    columns = ", ".join(_name(Coordinator, field) for field in _LOCKED)
    known = f"SELECT {_name(Leaf, 'index')} FROM {_name(Leaf)} WHERE {_name(Leaf, 'client_id')} = %s"  # noqa: S608
    locked = f" FOR UPDATE OF {_name(Coordinator)}" if vendor == "postgresql" else ""
    return f"SELECT {columns}, ({known}) FROM {_name(Coordinator)} WHERE id = 1{locked}"  # noqa: S608


@cache
def _add(vendor: str) -> tuple[str, tuple[str, ...]]:
    fields = tuple(_fields(Leaf))
    columns, marks = ", ".join(_name(Leaf, field) for field in fields), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {_name(Leaf)} ({columns}) VALUES ({marks})", fields  # noqa: S608


@cache
def _advance(vendor: str) -> str:
    changes = ", ".join(f"{_name(Coordinator, field)} = %s" for field in _CHANGED)
    return f"UPDATE {_name(Coordinator)} SET {changes} WHERE id = 1"  # noqa: S608


def lock_head(client_id: UUID) -> tuple[LogHead | None, int | None]:
    """Lock the coordinator's row and read it; also the index of the entry with this client id."""
    with connection.cursor() as cursor:
        cursor.execute(_lock(connection.vendor), [_value(Leaf, "client_id", client_id)])
        row = cursor.fetchone()
    if row is None:
        return None, None
    origin, size, frontier, time, counters, known = row
    time = None if time is None else clock.in_utc(time)
    return LogHead(origin, size, bytes(frontier), time, bytes(counters)), known


def add_leaf(**values: Any) -> None:
    """Insert one leaf. Raises ``IntegrityError`` when its number or its client id is taken."""
    statement, fields = _add(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [_value(Leaf, field, values[field]) for field in fields])


def advance(head: LogHead) -> None:
    """Write where the log ends now."""
    values = [_value(Coordinator, field, getattr(head, field)) for field in _CHANGED]
    with connection.cursor() as cursor:
        cursor.execute(_advance(connection.vendor), values)
