"""Insert rows of one table by one prepared statement, for the tables that the door writes with every record.

Django's ``bulk_create`` refuses a table that extends another one, and makes a statement as long as its rows
are many, which takes longer than running this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

_AS_IT_IS = frozenset({type(None), str, int, bool})
"""Types whose values the drivers of both databases take without a conversion."""
_IN_FLOATS = frozenset({float})


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert ``rows`` into the table of ``model`` itself; a parent's row has to be there before.

    Keys that the database gives are not read back.
    """
    if not rows:
        return
    fields, statement = _statement(model, connection.vendor)
    values = []
    for row in rows:
        found = ((field, getattr(row, name), types) for field, name, types in fields)
        values.append(
            [
                value if type(value) in types else field.get_db_prep_save(value, connection)
                for field, value, types in found
            ]
        )
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


@cache
def _statement(
    model: type[models.Model], vendor: str
) -> tuple[tuple[tuple[models.Field[Any, Any], str, frozenset[type]], ...], str]:
    """The fields a row gives values for, with attribute and the types that go in as they are; the SQL.

    To JSON a text is a value like any other; every other field stores plain types unchanged, and asking each
    of fifty fields to convert what needs no conversion takes longer than the insertion.
    """
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    quote = connection.ops.quote_name
    columns, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    plain = tuple((field, field.attname, _plain_types(field)) for field in fields)
    return plain, f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608


def _plain_types(field: models.Field[Any, Any]) -> frozenset[type]:
    if isinstance(field, models.JSONField):
        return frozenset()
    return _IN_FLOATS if isinstance(field, models.FloatField) else _AS_IT_IS
