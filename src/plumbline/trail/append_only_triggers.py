"""Triggers that refuse to change or delete leaves and tiles.

They protect against accidents and are no proof: whoever may write to the database may also drop a trigger.
What reveals a change is the tree, the guard, and the checkpoints that others keep.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("trail_leaf", "trail_tile")


def _install_statements(vendor: str) -> list[str]:
    statements = []
    if vendor == "postgresql":
        # TRUNCATE fires no row trigger, so it needs one of its own. SQLite has no TRUNCATE.
        statements.append(
            "CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'the trail is append-only'; END$$"
        )
        for table in TABLES:
            statements += [
                f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION trail_refuse()",
                f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()",
            ]
        return statements
    return [
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
        for table in TABLES
        for verb in ("UPDATE", "DELETE")
    ]


def _remove_statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
            for table in TABLES
            for name in ("rows", "truncate")
        ]
    return [f"DROP TRIGGER IF EXISTS {table}_{verb}" for table in TABLES for verb in ("update", "delete")]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers on SQLite or PostgreSQL."""
    with connection.cursor() as cursor:
        for statement in _install_statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, to reverse the migration or to empty a test database."""
    with connection.cursor() as cursor:
        for statement in _remove_statements(connection.vendor):
            cursor.execute(statement)
