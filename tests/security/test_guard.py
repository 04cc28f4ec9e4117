"""Ways of writing SQL that a guard reading it could overlook."""

from __future__ import annotations

import ast

import pytest
from django.db import connection
from tests.architecture.tree import modules, parsed, short
from tests.security.conftest import House

from plumbline.records import commands, guard
from plumbline.records.guard import WriteRefused
from plumbline.records.models import Record

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

WRITES = [
    "UPDATE Records_Record SET state = 'approved'",
    "UPDATE RECORDS_RECORD SET state = 'approved'",
    "UPDATE main . records_record SET state = 'approved'",
    'UPDATE "main" . "records_record" SET state = \'approved\'',
    "UPDATE main.\nrecords_record SET state = 'approved'",
    "UPDATE main/**/.records_record SET state = 'approved'",
    "UPDATE plumbline.public.records_record SET state = 'approved'",
    "UPDATE [records_record] SET state = 'approved'",
    "UPDATE `records_record` SET state = 'approved'",
    "UPDATE U&\"records\\005Frecord\" SET state = 'approved'",
    "EXPLAIN ANALYZE UPDATE records_record SET state = 'approved'",
    "EXPLAIN (ANALYZE) DELETE FROM records_comment",
    "ALTER TABLE records_record RENAME TO other",
    "DROP TABLE records_comment",
    "CREATE VIEW other AS SELECT * FROM records_record",
    "CREATE RULE r AS ON INSERT TO identity_person DO ALSO UPDATE records_record SET state = 'approved'",
    "CREATE TRIGGER t AFTER UPDATE ON identity_person BEGIN UPDATE records_record SET state = 'x'; END",
    "CREATE TRIGGER t AFTER INSERT ON records_record BEGIN DELETE FROM trail_leaf; END",
    "PRAGMA writable_schema = ON",
    "WITH x AS (UPDATE Records_Record SET state = 'x' RETURNING id) SELECT * FROM x",
    "WITH x(a) AS (SELECT 1) UPDATE main.Records_Record SET state = 'approved'",
    "REPLACE INTO main . records_sequence VALUES ('RSK', 0)",
    "SAVEPOINT a; UPDATE records_record SET state = 'approved'; RELEASE a",
    "DO $$ BEGIN UPDATE records_record SET state = 'x'; END $$",
    "PREPARE p AS UPDATE records_record SET state = 'approved'",
    "COPY records_record FROM STDIN",
    "MERGE INTO Records_Record USING identity_person ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE identity_person, records_record",
]


def test_a_write_in_disguise_is_refused(house: House) -> None:
    mina = house.actor("Mina", "aims-manager")
    commands.create(mina, "ai-system", {"title": "Plan", "slug": "plan"})
    for sql in WRITES:
        with connection.cursor() as cursor, pytest.raises(WriteRefused):
            cursor.execute(sql)
    assert Record.objects.get().state == "draft"


def test_many_rows_at_once_are_refused(house: House) -> None:
    with connection.cursor() as cursor, pytest.raises(WriteRefused):
        cursor.executemany("DELETE FROM Records_Record WHERE id = %s", [(1,), (2,)])


def test_what_writes_no_record_passes(house: House) -> None:
    for sql in ("SELECT * FROM records_record", "UPDATE identity_person SET theme = 'dark'"):
        with connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_failed_change_leaves_the_door_shut(house: House) -> None:
    mina = house.actor("Mina", "aims-manager")
    with pytest.raises(Exception, match="not saved"):
        commands.create(mina, "ai-system", {"title": ""})
    assert not guard.is_open()


def test_nothing_reaches_below_the_guard() -> None:
    """The driver has ways to write of its own (scripts, COPY, the bare connection); nothing uses them."""
    allowed = ("src/plumbline/telemetry/", "src/plumbline_verify/")
    # They look whether the connection, or the file behind it, is still the same one.
    compared = {"src/plumbline/work/changes.py", "src/plumbline/trail/log_state.py"}
    below = {"executescript", "copy_from", "copy_expert"}
    found = []
    for path in modules():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Attribute):
                continue
            bare = node.attr == "connection" and ast.unparse(node).endswith("connection.connection")
            bare = bare and short(path) not in compared
            if (node.attr in below or bare) and not short(path).startswith(allowed):
                found.append(f"{short(path)}:{node.lineno} {ast.unparse(node)}")
    assert not found
