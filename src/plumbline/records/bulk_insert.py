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


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert ``rows`` into the table of ``model`` itself; a parent's row has to be there before.

    Keys that the database gives are not read back.
    """
    if not rows:
        return
    fields, statement = _statement(model, connection.vendor)
    values = []
    for row in rows:
        found = ((field, getattr(row, name), is_plain) for field, name, is_plain in fields)
        values.append(
            [
                value if is_plain and type(value) in _AS_IT_IS else field.get_db_prep_save(value, connection)
                for field, value, is_plain in found
            ]
        )
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


@cache
def _statement(
    model: type[models.Model], vendor: str
) -> tuple[tuple[tuple[models.Field[Any, Any], str, bool], ...], str]:
    """The fields a row gives values for, with attribute and whether plain values go in as they are; the SQL.

    To JSON a text is a value like any other; every other field stores plain types unchanged, and asking each
    of fifty fields to convert what needs no conversion takes longer than the insertion.
    """
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    quote = connection.ops.quote_name
    columns, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    plain = tuple((field, field.attname, not isinstance(field, models.JSONField)) for field in fields)
    return plain, f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
