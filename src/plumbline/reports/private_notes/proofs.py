"""What a private note follows from: the entry that it was kept, and the one that it was deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from plumbline.reports.private_notes.models import PrivateNote
from plumbline.trail.commitments import queries
from plumbline.trail.entry_rows import EntryRows, span_of
from plumbline.trail.proofs import Declaration, Difference, Pass, Proof, without_entry, without_row

TABLE = "reports.PrivateNote"
DELETED = frozenset({"private-note.deleted"})


def _digest(row: PrivateNote) -> str:
    """The SHA-256 of what is sealed; of a deleted note, what the row says that it was."""
    if row.removed is not None:
        return row.digest
    return hashlib.sha256(row.sealed.encode()).hexdigest()


NOTES = EntryRows(
    table=TABLE,
    rows=lambda: PrivateNote.objects.select_related("person"),
    types=frozenset({"private-note.kept"}),
    expected=lambda entry: {
        "handle": entry.view.subject_ref,
        "actor": entry.view.actor,
        "person": entry.view.actor,
        "digest": entry.facts["sha256"],
        "sealed": entry.facts["sha256"],
    },
    found=lambda row: {
        "handle": row.handle,
        "actor": row.actor,
        "person": row.person.handle,
        "digest": row.digest,
        "sealed": _digest(row),
    },
    row=lambda row: str(row.handle),
)


def check_deleted(start: int, stop: int) -> Iterator[Difference]:
    """Notes without their text, each with the entry of its deletion."""
    rows = list(PrivateNote.objects.filter(pk__gte=start, pk__lt=stop, removed__isnull=False))
    entries = queries.at([row.removed for row in rows if row.removed is not None])
    for row in rows:
        entry = entries.get(row.removed or 0)
        is_its = entry is not None and entry.view.entry_type in DELETED
        if entry is None or not is_its or entry.view.subject_ref != row.handle:
            yield without_entry(TABLE, row.handle, row.removed)


def check_deletions(start: int, stop: int) -> Iterator[Difference]:
    """Entries of deletions, each with a note that is gone."""
    views = queries.between(start, stop, DELETED)
    gone = set(
        PrivateNote.objects.filter(removed__gte=start, removed__lt=stop, sealed="").values_list(
            "removed", flat=True
        )
    )
    for view in views:
        if view.index not in gone:
            yield without_row(TABLE, view.subject_ref or str(view.index), view.index)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        TABLE,
        "The entry of a note has its author and the SHA-256 of what is sealed, and of nothing that is "
        "readable; another entry says that it was deleted, and by whom.",
        (
            *NOTES.passes(),
            Pass("deleted", lambda: span_of(PrivateNote.objects.all()), check_deleted),
            Pass("deletions", queries.log_span, check_deletions, step=2_000),
        ),
    ),
)
