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
# PostgreSQL gets the parts of a union in brackets.
_HARMLESS = re.compile(
    r"\s*([(\s]*SELECT|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA(?!\s+\w*\.?writable_schema)"
    r"|SET|SHOW|VALUES|FETCH|CLOSE|EXPLAIN(?:\s+QUERY\s+PLAN)?\s+SELECT|ANALYZE|VACUUM|REINDEX)\b",
    re.I,
)
_TARGET = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?"
    r"|DELETE\s+FROM(?:\s+ONLY)?)\s+(?:\"?\w+\"?\.)?\"?(\w+)\"?(?=\s+[\w\"]|\s*\(|\s*\Z)",
    re.I,
)
_ROOTS = (
    "Record", "Revision", "Approval", "Link", "Comment", "CommentAct", "Mention", "Attachment",
    "AttachmentDates", "Merge", "Sequence", "RecordIndex", "SearchText",
)  # fmt: skip
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


def is_open() -> bool:
    """Whether writes pass at this moment."""
    return bool(_open.get())


def _check(sql: str) -> None:
    """Raise `WriteRefused` for a statement that writes a record table, or changes the schema around one.

    A plain statement is judged by the table it writes; every other one, such as one with a common table
    expression, comments or several parts, may not so much as name a record table.
    """
    several = ";" in sql.rstrip().rstrip(";")
    if not several and _HARMLESS.match(sql):
        return
    tables, lower = guarded_tables(), sql.lower()
    found = None if several else _TARGET.match(lower)
    if found is not None:
        refused = found.group(1) in tables
    else:
        hidden = "u&" in lower or "writable_schema" in lower
        refused = hidden or bool(tables.intersection(re.findall(r"\w+", lower)))
    if refused:
        raise WriteRefused("records change only through plumbline.records.commands")


def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """The execute wrapper (Django database instrumentation) that every connection carries."""
    if not _open.get():
        _check(sql)
    return execute(sql, params, many, context)
