"""Django's SQLite engine with the guard on every connection (Django fixes the name of this module)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as Engine
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor

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
        self.file_identity: tuple[int, int] | None = None
        self.execute_wrappers.append(guard.wrapper)

    def get_new_connection(self, conn_params: Any) -> Any:
        """Open the file, and remember which one it was.

        A connection keeps the file that it has opened, also when a restored copy takes its name meanwhile;
        `plumbline.trail.log_state` compares.
        """
        opened = super().get_new_connection(conn_params)
        try:
            found = Path(str(self.settings_dict["NAME"])).stat()
        except OSError:  # a database in memory
            self.file_identity = None
        else:
            self.file_identity = (found.st_dev, found.st_ino)
        return opened
