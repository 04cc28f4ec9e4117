"""A chunk of an import that is being written: who holds it, what becomes of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault

LEASE = timedelta(seconds=5)
"""How long nobody else takes an import up. Every chunk renews it, and ends when it was lost."""


class Lost(Exception):
    """Somebody else has taken the import up."""


def renewed(job: ImportJob) -> datetime:
    """Hold the job for the transaction; until when it is leased now. Raises `Lost` when it was taken.

    First thing in the transaction: the update locks the row (on SQLite the database), so that nobody can take
    the import over before the chunk is committed, however long it takes.
    """
    own = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.RUNNING, leased_until=job.leased_until)
    until = clock.now() + LEASE
    if not own.update(leased_until=until):
        raise Lost
    return until


def mark(rows: Sequence[ImportRow]) -> None:
    """Store what became of the rows, by one prepared statement."""
    quote, columns = connection.ops.quote_name, ("outcome", "reference", "revision", "written")
    changes = ", ".join(f"{quote(column)} = %s" for column in columns)
    statement = f"UPDATE {quote(ImportRow._meta.db_table)} SET {changes} WHERE id = %s"  # noqa: S608
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                statement, [(str(r.outcome), r.reference, r.revision, r.written, r.pk) for r in rows]
            )


def refuse(row: ImportRow, faults: Sequence[Fault]) -> None:
    """Mark ``row`` as one that cannot be taken, with why."""
    row.outcome = ImportRow.Outcome.FAULTY
    ImportFault.objects.bulk_create(
        [
            ImportFault(row=row, field=fault.field, message=fault.message, remedy=fault.remedy)
            for fault in faults
        ]
    )
