"""Bringing a data folder to the version of the program: as a whole, or not at all.

All migrations run in one transaction, so that a failure or a power cut in the middle leaves the folder as it
was. Afterwards the tables are compared with the models: a folder whose history has the right names and other
tables (made by a version between two releases) is refused as well, before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

import plumbline
from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Conflict, Problem
from plumbline.records import guard
from plumbline.records.list_index import commands as list_index
from plumbline.records.search_index import commands as search_index
from plumbline.server import schema
from plumbline.server.new_database import new_tables_at_once
from plumbline.trail import log

_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c "
    "WHERE t.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema()",
}


def upgrade(data: Path, *, is_used: Callable[[], bool] = lambda: False) -> bool:
    """Make or bring up to date the database of the data folder; whether there was anything to do.

    ``is_used`` says whether another process works on the folder, whose tables must not change under it.
    Raises `Conflict`, and changes nothing, for a folder that this version cannot bring up to date.
    """
    found = schema.refuse_other_version(data, may_upgrade=True)
    due = bool(found.pending or found.unknown)
    if due and not found.empty and is_used():
        raise Conflict(
            say(
                "schema.in-use",
                "The data folder {data} is of an earlier version and a server works on it. Stop the server, "
                "copy the folder, and try again.",
                data=str(data),
            )
        )
    try:
        with guard.opened("migrate"), new_tables_at_once(), _one_transaction():
            if found.may_be_taken_over:
                _take_over()
            if due:
                call_command("migrate", verbosity=0, interactive=False)
            _compare_with_models(data)
            if due and not found.empty:
                _record_upgrade(found)
    except DatabaseError as error:
        if found.empty or not due:
            raise
        raise _failed(data, error) from error
    list_index.refresh()
    search_index.refresh()
    schema.stamp(data)
    return due


@contextmanager
def _one_transaction() -> Iterator[None]:
    # SQLite alters a table by building it anew, for which Django wants foreign keys not to be enforced. That
    # cannot be switched inside a transaction. They are checked as a whole before the commit.
    switched = connection.vendor == "sqlite" and connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            yield
            if switched:
                connection.check_constraints()
    finally:
        if switched:
            connection.enable_constraint_checking()


def _take_over() -> None:
    """Note that the tables of the earlier history are those of the present one."""
    recorder = MigrationRecorder(connection)
    for label, name in schema.TAKEN_OVER:
        recorder.record_unapplied(label, name)
    for label, name in schema.TAKEN_OVER_BY:
        recorder.record_applied(label, name)


def _compare_with_models(data: Path) -> None:
    """Raise `Conflict` when a table lacks a column, or has one, that this version does not expect."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS[connection.vendor])
        present = {(str(table), str(column)) for table, column in cursor.fetchall()}
    expected = {
        (model._meta.db_table, str(field.column))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
    }
    tables = {table for table, _ in expected}
    differing = expected ^ {pair for pair in present if pair[0] in tables}
    if differing:
        raise Conflict(
            say(
                "schema.differs",
                "The tables of the data folder {data} are not those that its history says ({columns}): a "
                "version between two releases made it. Export the registers with the version that made it, "
                "make a new folder (plumbline init --data FOLDER) and import them. Nothing was changed.",
                data=str(data),
                columns=listing(sorted(".".join(pair) for pair in differing), shown=3),
            )
        )


def _record_upgrade(found: schema.SchemaState) -> None:
    """Leave an entry: what reads the records is another program from here on."""
    facts: dict[str, JSON] = {
        "version": plumbline.__version__,
        "migrations": len(found.pending) + len(found.unknown),
    }
    try:
        with transaction.atomic():
            log.append("installation.upgraded", actor=Actor.installation().id, facts=facts)
    except Problem:
        # A log that takes no entries is mended by commands of the new version, so it must not hold this up.
        # The migrations themselves are recorded, with their times, in the database.
        return


def _failed(data: Path, error: DatabaseError) -> Conflict:
    return Conflict(
        say(
            "schema.failed",
            "The data folder {data} could not be brought up to date ({error}). Nothing was changed: the "
            "version that made it still reads it. Export there and import here, or report this message.",
            data=str(data),
            error=type(error).__name__,
        )
    )
