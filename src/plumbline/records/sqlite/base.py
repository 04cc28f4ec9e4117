"""Django's SQLite engine with the guard on every connection (Django fixes the name of this module)."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as Engine


class DatabaseWrapper(Engine):
    """A connection that refuses writes past the door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from plumbline.records import guard

        self.execute_wrappers.append(guard.wrapper)
