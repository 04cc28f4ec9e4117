"""What was handed out of sensitive kinds, noted by the queries that did so; `reading` makes entries of it.

A query does not write. It notes, and refuses to hand out anything of a sensitive kind to a person where
nobody listens, so that no door can forget to keep an entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from plumbline.identity.actors import INSTALLATION, Actor
from plumbline.records.kinds import Kind
from plumbline.records.models import Record


@dataclass(frozen=True)
class Note:
    """One record of a sensitive kind, or ``rows`` rows of a list (``None``: not counted), and who read it."""

    actor: str
    kind: str
    reference: str = ""
    revision: int = 0
    rows: int | None = None


_notes: ContextVar[list[Note] | None] = ContextVar("plumbline_sensitive_reads", default=None)


class Unheard(RuntimeError):
    """Something of a sensitive kind was asked for outside of `plumbline.records.reading.logged`."""


def of_record(actor: Actor, kind: Kind, record: Record) -> None:
    """Note that ``actor`` gets a record."""
    if kind.sensitive:
        _keep(actor, Note(actor.id, kind.slug, record.reference, record.revision))


def of_list(actor: Actor, kind: Kind, rows: int | None) -> None:
    """Note that ``actor`` gets so many rows of a list."""
    if kind.sensitive and rows != 0:
        _keep(actor, Note(actor.id, kind.slug, rows=rows))


def _keep(actor: Actor, note: Note) -> None:
    if actor.is_stage and actor.name != INSTALLATION:
        return
    notes = _notes.get()
    if notes is None:
        raise Unheard(f"Reading {note.kind} leaves an entry; ask inside reading.logged().")
    if note not in notes:
        notes.append(note)


@contextmanager
def listening() -> Iterator[list[Note]]:
    """The notes of what is handed out inside the block."""
    notes: list[Note] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)
