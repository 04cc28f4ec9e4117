"""Reading a sensitive kind leaves an entry (``record.read``, ``record.listed``), on every door.

Each door asks inside `logged`: when its answer is ready, and before anybody gets it, what the queries noted
becomes entries. One and the same person, record and revision make one entry an hour at the most, so that
turning back to a page does not fill the trail; a list makes one for each number of rows. Titles beside
references to a record are no reading of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from plumbline.kernel import clock, ids
from plumbline.kernel.canonical import JSON
from plumbline.kernel.problems import Conflict, Unavailable
from plumbline.records import noting
from plumbline.records.noting import Note
from plumbline.trail import log, write_priority

HOUR = 3_600_000
"""Milliseconds within which the same reading is one entry."""
_TRIES = 3


@contextmanager
def logged() -> Iterator[None]:
    """Ask queries inside the block; what it read of sensitive kinds has its entries when the block ends.

    A block that ends with an exception answers nothing, and leaves none.
    """
    with noting.listening() as notes:
        yield
    for note in notes:
        _keep(note)


def _keep(note: Note) -> None:
    """Make the entry; when the same reading is being recorded at this moment, that one serves both."""
    for _ in range(_TRIES):
        try:
            with write_priority.foreground(), transaction.atomic():
                _append(note)
            return
        except Conflict:
            continue
    raise Unavailable("Reading this leaves an entry, which could not be made now. Ask again in a moment.")


def _append(note: Note) -> None:
    now = int(clock.now().timestamp() * 1000)
    same = f"{note.actor} {note.kind} {note.reference} {note.revision} {note.rows}"
    subject: dict[str, JSON] = {"kind": note.kind, "ref": note.reference or note.kind}
    if note.reference:
        subject["revision"] = note.revision
    log.append(
        "record.read" if note.reference else "record.listed",
        actor=note.actor,
        subject=subject,
        facts={} if note.rows is None else {"rows": note.rows},
        client_id=ids.uuid7_of(now - now % HOUR, same),
    )
