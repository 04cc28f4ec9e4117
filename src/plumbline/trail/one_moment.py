"""A transaction in which every query of the database sees the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Let the queries in this block see one moment, unless a transaction is open already.

    On SQLite every transaction does. On PostgreSQL each statement of an ordinary one sees a moment of its
    own, so that what was written between two of them would look like a difference. The spool, the opening
    store and the evidence store are files of their own, outside of this on either database.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
