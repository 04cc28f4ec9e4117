"""Whether anybody has committed anything since the last look, for a few microseconds.

Asking every stage whether it has work takes a dozen queries. Asking the database whether it has changed at
all takes one that reads no table, so an idle pump asks only that.
"""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection

_QUESTIONS = {
    # Changes when another connection commits, never by this connection's own commits
    # (https://sqlite.org/pragma.html#pragma_data_version). Comparable on one connection only.
    "sqlite": "PRAGMA data_version",
    # Which transactions are visible now (https://www.postgresql.org/docs/current/functions-info.html,
    # "transaction ID and snapshot information"). Changes with every commit in the cluster, this
    # connection's own included; one in another database only causes a needless turn.
    "postgresql": "SELECT pg_current_snapshot()::text",
}


class ChangeDetector:
    """Remembers the state of the default database and says whether it has moved on."""

    def __init__(self) -> None:
        self._seen: tuple[Any, Any] | None = None

    def changed(self) -> bool:
        """Whether there may be something new; ``True`` on the first call and whenever it cannot tell."""
        try:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute(_QUESTIONS[connection.vendor])
                version = cursor.fetchone()
        except DatabaseError:
            # The stages will meet the same error, and they have a way to report and retry it.
            self._seen = None
            return True
        # A new connection numbers its versions anew, so the connection itself is part of the answer.
        state = (connection.connection, version)
        changed = state != self._seen
        self._seen = state
        return changed
