"""Records verified as they are read: what a page or an answer is about to show, against its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline.records import proofs
from plumbline.records.attachments import proofs as attachments
from plumbline.records.discussion import proofs as discussion
from plumbline.records.kinds import Kind
from plumbline.records.models import (
    Approval,
    Attachment,
    AttachmentDates,
    Comment,
    CommentAct,
    Record,
    Revision,
)
from plumbline.records.related.models import Link
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows
from plumbline.trail.proofs import Difference

_TYPES: Mapping[str, frozenset[str]] = {
    "records.Revision": proofs.REVISING,
    **{
        how.table: how.types
        for how in (
            proofs.COMMENTS,
            discussion.ACTS,
            attachments.ATTACHMENTS,
            attachments.DATED,
            proofs.LINKS,
        )
    },
}
"""The types of the entries that leave a row, by table, where every one of them does."""


def verify(record: Record, kind: Kind) -> None:
    """Raise `Altered` unless ``record`` is what the newest entry about its reference commits to."""
    reading.verify(lambda: _differences(record, kind), lambda: _differences(_anew(record, kind), kind))


def _anew(record: Record, kind: Kind) -> Record:
    # Locked, so that no writer is between the record and its entry.
    rows = proofs.rows_of(kind).select_for_update(of=("self", "record_ptr"))
    found: Record = rows.get(pk=record.pk)
    return found


def _differences(record: Record, kind: Kind) -> Iterator[Difference]:
    entry = committed.newest(record.reference, proofs.REVISING)
    if entry is not None:
        yield from reading.entry_differences(entry)
    yield from proofs.record_differences(record, kind, entry)


def verify_revisions(rows: Sequence[Revision]) -> dict[int, CommittedEntry]:
    """The entries of ``rows`` by number. Raises `Altered` unless each row is what its entry commits to."""
    entries = committed.at([row.leaf for row in rows])
    reading.verify(lambda: _rows_differ(proofs.REVISIONS, rows, entries))
    return entries


@dataclass(frozen=True)
class Hanging:
    """What hangs on a record, each as its entry commits to it: rows with the people behind them."""

    comments: tuple[Comment, ...]
    comment_acts: tuple[CommentAct, ...]
    attachments: tuple[Attachment, ...]
    approvals: tuple[Approval, ...]
    every_link: tuple[Link, ...]
    """Those that were taken back too."""

    @property
    def links(self) -> tuple[Link, ...]:
        """The links that stand."""
        return tuple(row for row in self.every_link if row.ended_leaf is None)

    def links_at(self, instant: datetime | None) -> tuple[Link, ...]:
        """The links that stood at ``instant``; without one those that stand."""
        if instant is None:
            return self.links
        return tuple(
            row
            for row in self.every_link
            if row.at <= instant and (row.ended_at is None or row.ended_at > instant)
        )

    @property
    def dates(self) -> tuple[AttachmentDates, ...]:
        """What was said of the dates of the files since they were added."""
        return tuple(row for file in self.attachments for row in file.dates.all())


def hanging(record: Record) -> Hanging:
    """What hangs on ``record``. Raises `Altered` unless all is there, and as its entries commit to it."""
    rows = _hanging(record)
    reading.verify(lambda: _hanging_differs(record, rows), lambda: _hanging_differs(record, _hanging(record)))
    return rows


def _hanging(record: Record) -> Hanging:
    return Hanging(
        tuple(proofs.COMMENTS.rows().filter(record_id=record.pk)),
        tuple(discussion.ACTS.rows().filter(comment__record_id=record.pk)),
        tuple(attachments.ATTACHMENTS.rows().filter(record_id=record.pk)),
        tuple(proofs.APPROVALS.rows().filter(record_id=record.pk)),
        tuple(proofs.LINKS.rows().filter(source_id=record.pk)),
    )


def _hanging_differs(record: Record, found: Hanging) -> Iterator[Difference]:
    rows: list[tuple[EntryRows, Any]] = [
        *((proofs.COMMENTS, row) for row in found.comments),
        *((discussion.ACTS, row) for row in found.comment_acts),
        *((attachments.ATTACHMENTS, row) for row in found.attachments),
        *((attachments.DATED, row) for row in found.dates),
        *((proofs.APPROVALS, row) for row in found.approvals),
        *((proofs.LINKS, row) for row in found.every_link),
    ]
    ended = [row for row in found.every_link if row.ended_leaf is not None]
    entries = committed.at([*(row.leaf for _, row in rows), *(row.ended_leaf or 0 for row in ended)])
    for how, row in rows:
        yield from _rows_differ(how, [row], entries)
    for row in ended:
        yield from proofs.link_end_differences(row, entries.get(row.ended_leaf or 0))
    # A row that is gone can be seen by its entry alone.
    logged = Counter(committed.types_about(record.reference))
    present = {
        "records.Comment": len(found.comments),
        "records.CommentAct": len(found.comment_acts),
        "records.Attachment": len(found.attachments),
        "records.AttachmentDates": len(found.dates),
        "records.Link": len(found.every_link),
        "records.Revision": record.revisions.count(),
    }
    for table, count in present.items():
        expected = sum(logged[entry_type] for entry_type in _TYPES[table])
        if count != expected:
            yield Difference(table, record.reference, "rows", str(expected), str(count))
    if len(ended) != logged[proofs.UNLINKED]:
        gone = str(logged[proofs.UNLINKED])
        yield Difference("records.Link", record.reference, "taken back", gone, str(len(ended)))


def _rows_differ(
    how: EntryRows, rows: Iterable[Any], entries: Mapping[int, CommittedEntry]
) -> Iterator[Difference]:
    for row in rows:
        entry = entries.get(row.leaf)
        if entry is not None:
            yield from entry.differences()
        yield from how.differences(row, entry)
