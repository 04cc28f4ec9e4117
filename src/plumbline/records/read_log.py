"""Reading a sensitive kind leaves an entry (``record.read``, ``record.listed``) in the trail, on every door;
so does taking a list of any kind out as a file (``list.exported``).

A query does not write. It notes what it hands out, and refuses to hand out anything of a sensitive kind to a
person outside of `logged`, so that no door can forget to keep an entry. Each door asks inside `logged`: when
its answer is ready, and before anybody gets it, the notes become entries. The same person, record and
revision make at most one entry an hour, so that turning back to a page does not fill the trail; a list makes
one for each number of rows. Titles beside references to a record do not count as reading it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import transaction

from plumbline.identity.actors import INSTALLATION, Actor
from plumbline.kernel import clock, ids
from plumbline.kernel.canonical import JSON
from plumbline.kernel.problems import Conflict, Unavailable
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.trail import deferred, write_priority

HOUR = 3_600_000
"""Milliseconds within which the same reading is one entry."""
_TRIES = 3


@dataclass(frozen=True)
class Note:
    """One record of a sensitive kind, or ``rows`` rows of a list (``None``: not counted), and who read it,
    or took it out as a file (``exported``)."""

    actor: str
    kind: str
    reference: str = ""
    revision: int = 0
    rows: int | None = None
    exported: bool = False


_notes: ContextVar[list[Note] | None] = ContextVar("plumbline_sensitive_reads", default=None)


class ReadNotLogged(RuntimeError):
    """Something of a sensitive kind was asked for outside of `logged`."""


def of_record(actor: Actor, kind: Kind, record: Record) -> None:
    """Note that ``actor`` gets a record."""
    if kind.sensitive:
        _note(actor, Note(actor.id, kind.slug, record.reference, record.revision))


def of_list(actor: Actor, kind: Kind, rows: int | None) -> None:
    """Note that ``actor`` gets so many rows of a list."""
    if kind.sensitive and rows != 0:
        _note(actor, Note(actor.id, kind.slug, rows=rows))


def of_export(actor: Actor, kind: str, rows: int) -> None:
    """Note that ``actor`` takes a copy of so many rows out: of any kind (its slug), of people or of units.

    Reading an ordinary list leaves no entry, and neither does a copy that no door has asked for.
    """
    if rows and _notes.get() is not None:
        _note(actor, Note(actor.id, kind, rows=rows, exported=True))


def _note(actor: Actor, note: Note) -> None:
    # A stage reads everything all the time and shows it to nobody; the operator at the machine is a person.
    if actor.is_stage and actor.name != INSTALLATION:
        return
    notes = _notes.get()
    if notes is None:
        raise ReadNotLogged(f"Reading {note.kind} leaves an entry; ask inside read_log.logged().")
    if note not in notes:
        notes.append(note)


@contextmanager
def collected() -> Iterator[list[Note]]:
    """The notes of what is handed out inside the block; whoever asks for them answers for the entries."""
    notes: list[Note] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


@contextmanager
def logged() -> Iterator[None]:
    """Ask queries inside the block; what it read of sensitive kinds has its entries when the block ends.

    A block that ends with an exception answers nothing, and leaves none.
    """
    with collected() as notes:
        yield
    for note in notes:
        _record_entry(note)


def _record_entry(note: Note) -> None:
    """Make the entry; when the same reading is being recorded at this moment, that one serves both."""
    for _ in range(_TRIES):
        try:
            with write_priority.foreground(), transaction.atomic():
                _append(note)
            return
        except Conflict:
            # Two requests appended the same client id at once: the other's entry is ours at the next try.
            continue
    raise Unavailable("Reading this leaves an entry, which could not be made now. Ask again in a moment.")


def _append(note: Note) -> None:
    now = int(clock.now().timestamp() * 1000)
    same = f"{note.actor} {note.kind} {note.reference} {note.revision} {note.rows}"
    same += " out" if note.exported else ""
    subject: dict[str, JSON] = {"kind": note.kind, "ref": note.reference or note.kind}
    if note.reference:
        subject["revision"] = note.revision
    deferred.append_or_defer(
        "list.exported" if note.exported else "record.read" if note.reference else "record.listed",
        actor=note.actor,
        subject=subject,
        facts={} if note.rows is None else {"rows": note.rows},
        # An id made from the hour and the reading lets the trail itself refuse the second entry of an hour.
        client_id=ids.uuid7_of(now - now % HOUR, same),
    )
