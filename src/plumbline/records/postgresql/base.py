"""Django's PostgreSQL engine with the guard on every connection (Django fixes the name of this module)."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as Engine
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

from plumbline.records import guard


class SchemaEditor(DatabaseSchemaEditor):
    """Changes of the schema move rows between tables; they pass the guard."""

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Run one statement of a migration."""
        with guard.opened("schema"):
            super().execute(sql, params)


class DatabaseWrapper(Engine):
    """A connection that refuses writes past the door."""

    SchemaEditorClass = SchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(guard.wrapper)
