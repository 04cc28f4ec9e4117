"""The lock on the door: the connection refuses writes to record tables from anywhere else.

A guard on the query set alone lets through many-to-many writes, a plain ``QuerySet(Model)``, bulk
operations and raw SQL; an execute wrapper sees them all. The engines ``plumbline.records.sqlite`` and
``plumbline.records.postgresql`` install it on every connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db.models import Model

_open: ContextVar[str] = ContextVar("plumbline_record_door", default="")
_HARMLESS = re.compile(
    r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA|EXPLAIN|SET|SHOW|VALUES|FETCH|CLOSE)\b", re.I
)
_SCHEMA = re.compile(r"\s*(CREATE|ALTER|DROP|COMMENT|ANALYZE|VACUUM|REINDEX)\b", re.I)
_TARGET = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?"
    r"|TRUNCATE(?:\s+TABLE)?|COPY|MERGE\s+INTO)\s+(?:\"?\w+\"?\.)?\"?(\w+)\"?",
    re.I,
)
_ROOTS = ("Record", "Revision", "Approval", "Link", "Comment", "Attachment", "Sequence")
_tables: frozenset[str] = frozenset()


class WriteRefused(RuntimeError):
    """A write to a record table that did not come through `plumbline.records.commands`."""


def _owner(model: type[Model]) -> type[Model]:
    made_for: object = model._meta.auto_created
    return made_for if isinstance(made_for, type) else model


def guarded_tables() -> frozenset[str]:
    """Tables that only the door writes: every kind, its many-to-many tables and what hangs on a record."""
    global _tables
    if not _tables and apps.ready:
        roots = tuple(apps.get_model("records", name) for name in _ROOTS)
        _tables = frozenset(
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if issubclass(_owner(model), roots)
        )
    return _tables


@contextmanager
def opened(why: str) -> Iterator[None]:
    """Let writes through inside the block. Only the door, migrations, test teardown and benchmarks use it."""
    token = _open.set(why)
    try:
        yield
    finally:
        _open.reset(token)


def _check(sql: str) -> None:
    several = ";" in sql.rstrip().rstrip(";")
    if not several and (_HARMLESS.match(sql) or _SCHEMA.match(sql)):
        return
    tables = guarded_tables()
    found = None if several else _TARGET.match(sql)
    if found is not None and not re.match(r"\s*TRUNCATE", sql, re.I):
        refused = found.group(1) in tables
    else:
        refused = bool(tables.intersection(re.findall(r"\w+", sql)))
    if refused:
        raise WriteRefused("records change only through plumbline.records.commands")


def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """The execute wrapper (Django database instrumentation) that every connection carries."""
    if not _open.get():
        _check(sql)
    return execute(sql, params, many, context)
