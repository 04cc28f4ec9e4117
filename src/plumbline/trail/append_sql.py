"""The statements of an append, spelled from the models once.

An append is the most frequent write there is, and composing a query anew costs Django several times what the
database then needs for it. A batch is the same statements, executed with many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model

from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict
from plumbline.trail.models import Coordinator, Leaf, Opening


@dataclass
class LogHead:
    """Where the log ends: the coordinator's row, locked by this transaction.

    ``read_size`` is what ``size`` was when it was read; `advance` moves the head from there and nowhere else.
    """

    origin: str
    epoch: int
    size: int
    frontier: bytes
    last_time: datetime | None
    counters: bytes
    read_size: int


_READ = ("origin", "epoch", "size", "frontier", "last_time", "counters")
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
    columns = ", ".join(_name(Coordinator, field) for field in _READ)
    known = f"SELECT {_name(Leaf, 'index')} FROM {_name(Leaf)} WHERE {_name(Leaf, 'client_id')} = %s"  # noqa: S608
    # On SQLite the transaction has begun as IMMEDIATE, so the whole file is locked already.
    locked = f" FOR UPDATE OF {_name(Coordinator)}" if vendor == "postgresql" else ""
    return f"SELECT {columns}, ({known}) FROM {_name(Coordinator)} WHERE id = 1{locked}"  # noqa: S608


@cache
def _insert(model: type[Model], fields: tuple[str, ...], vendor: str) -> str:
    columns, marks = ", ".join(_name(model, field) for field in fields), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {_name(model)} ({columns}) VALUES ({marks})"  # noqa: S608


@cache
def _advance(vendor: str) -> str:
    changes = ", ".join(f"{_name(Coordinator, field)} = %s" for field in _CHANGED)
    # The lock keeps other writers waiting; this is what they meet who come without it: a pooler that gave the
    # two statements to two connections, or a process that read the head before somebody else's entry.
    met = f"{_name(Coordinator, 'size')} = %s AND {_name(Coordinator, 'epoch')} = %s"
    return f"UPDATE {_name(Coordinator)} SET {changes} WHERE id = 1 AND {met}"  # noqa: S608


def lock_head(client_id: UUID | None) -> tuple[LogHead | None, int | None]:
    """Lock the coordinator's row and read it; also the index of the entry with this client id."""
    with connection.cursor() as cursor:
        cursor.execute(_lock(connection.vendor), [_value(Leaf, "client_id", client_id)])
        row = cursor.fetchone()
    if row is None:
        return None, None
    origin, epoch, size, frontier, time, counters, index = row
    time = None if time is None else clock.in_utc(time)
    return LogHead(origin, epoch, size, bytes(frontier), time, bytes(counters), size), index


COPIED = 32
"""Rows from which on PostgreSQL gets them by ``COPY``: one command instead of one for each row."""


def _insert_rows(model: type[Model], fields: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or len(rows) < COPIED:
            cursor.executemany(_insert(model, fields, connection.vendor), rows)
            return
        columns = ", ".join(_name(model, field) for field in fields)
        # Django hands this on to the driver as it is; its errors have to become those of Django here.
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {_name(model)} ({columns}) FROM STDIN") as lines,
        ):
            for row in rows:
                lines.write_row(row)


_LEAF = ("index", "body", "hash", "entry_type", "subject_ref", "actor", "source", "client_id", "time")
LeafRow: TypeAlias = tuple[int, bytes, bytes, str, str, str, str, UUID]
"""The columns of a leaf in this order, but for the time, which a batch has in common."""
_OPENING = ("index", "slot", "salt", "body", "retention", "key_id")
OpeningRow: TypeAlias = tuple[int, str, bytes, bytes, str, str]
"""The columns of an opening in this order."""


def add_leaves(rows: Iterable[LeafRow], time: datetime) -> None:
    """Insert leaves recorded at ``time``. Raises ``IntegrityError`` when a number or a client id is taken."""
    # Both drivers take str, int and bytes as they are. Converting each value by its field took longer than
    # inserting it; the time is converted once for all rows, a UUID as Django's field would.
    recorded, native = _value(Leaf, "time", time), connection.features.has_native_uuid_field
    values = [(*columns, identity if native else identity.hex, recorded) for *columns, identity in rows]
    _insert_rows(Leaf, _LEAF, values)


def add_openings(rows: Sequence[OpeningRow]) -> None:
    """Insert openings."""
    _insert_rows(Opening, _OPENING, rows)


def advance(head: LogHead) -> None:
    """Write where the log ends now, if it still ends where ``head`` was read.

    Raises `Conflict` when it does not; the caller's transaction is then rolled back with its leaves.
    """
    values = [_value(Coordinator, field, getattr(head, field)) for field in _CHANGED]
    with connection.cursor() as cursor:
        cursor.execute(_advance(connection.vendor), [*values, head.read_size, head.epoch])
        if cursor.rowcount != 1:
            raise Conflict(
                say(
                    "trail.head-moved",
                    "The log no longer ends at entry {size}, where this one was to follow. Nothing was "
                    "saved; send it again.",
                    size=head.read_size,
                )
            )
    head.read_size = head.size
