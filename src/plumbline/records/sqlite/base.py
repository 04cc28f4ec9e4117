"""Django's SQLite engine with the guard on every connection (Django fixes the name of this module)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as Engine


def _guarded(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """The guard, imported at the first statement: models ask for a connection while they are loaded."""
    from plumbline.records import guard

    return guard.wrapper(execute, sql, params, many, context)


class DatabaseWrapper(Engine):
    """A connection that refuses writes past the door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_guarded)
