"""Nothing but the door writes record tables: not the ORM, not in bulk, not many-to-many, not raw SQL."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet

from plumbline.clauses.operation.systems import AISystem
from plumbline.identity.actors import Actor
from plumbline.records import guard
from plumbline.records.commands import Saved
from plumbline.records.guard import WriteRefused
from plumbline.records.models import Record, Revision

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: AISystem.objects.update(title="x"),
        lambda: AISystem.objects.all()._raw_delete("default"),
        lambda: AISystem.objects.get().save(),
        lambda: QuerySet(Record).update(state="approved"),
        lambda: Revision.objects.bulk_create([Revision(record_id=1, number=9)]),
        lambda: Revision.objects.filter(number=1).update(note="x"),
        lambda: raw("UPDATE records_record SET state = 'approved'"),
        lambda: raw('update "records_record" set state = 1'),
        lambda: raw("DELETE FROM clauses_aisystem"),
        lambda: raw("INSERT INTO records_sequence (prefix, last) VALUES ('X', 1)"),
        lambda: raw("WITH gone AS (SELECT 1) DELETE FROM records_comment"),
        lambda: raw("SELECT 1; DELETE FROM records_comment"),
        lambda: raw("/* a */ DELETE FROM records_comment"),
        lambda: raw("-- a\nUPDATE records_link SET note = ''"),
        lambda: raw("(SELECT 1); DELETE FROM records_comment"),
        lambda: raw("(WITH gone AS (DELETE FROM records_comment RETURNING 1) SELECT * FROM gone)"),
    ],
)
def test_a_write_past_the_door_is_refused(system: Saved, attempt: object) -> None:
    with pytest.raises(WriteRefused):
        attempt()  # type: ignore[operator]
    assert AISystem.objects.get().state == "draft"


def test_every_record_table_is_guarded() -> None:
    tables = guard.guarded_tables()
    assert {"records_record", "records_revision", "records_approval", "clauses_aisystem"} <= tables
    many = {
        field.m2m_db_table() for model in Record.__subclasses__() for field in model._meta.local_many_to_many
    }
    assert many <= tables


def test_reading_and_other_tables_are_free(mina: Actor, system: Saved) -> None:
    assert Record.objects.count() == 1
    records, revisions = (
        Record.objects.values_list("pk").order_by(),
        Revision.objects.values_list("pk").order_by(),
    )
    assert len(records.union(revisions, all=True)) == 2
    raw("UPDATE identity_person SET theme = 'dark'")
