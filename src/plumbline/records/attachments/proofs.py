"""What files and their dates follow from: the entries by which they were added and dated."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch

from plumbline.identity import authors
from plumbline.kernel.clock import rfc3339
from plumbline.records import files
from plumbline.records.attachments.dates import Dates
from plumbline.records.models import Attachment, AttachmentDates
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows, span_of
from plumbline.trail.proofs import Declaration, Difference, Pass, Proof

ATTACHED = "attachments/*"
_NAMES_A_ROW = "Follows from the entry whose number it has. "


def hanging(entry: CommittedEntry, slot: str) -> dict[str, object] | None:
    """What every file and link has in common with its entry, with the fields in the opening ``slot``."""
    body = entry.json(slot)
    if body is None:
        return None
    return {
        **body,
        **authors.of_actor(entry.view.actor),
        "at": rfc3339(entry.view.time),
        "of": entry.subject["ref"],
    }


def _attached(entry: CommittedEntry) -> dict[str, object] | None:
    expected = hanging(entry, "attachment")
    # Entries of files that were added before files had dates say nothing of them.
    return None if expected is None else {**Dates().as_json(), "replaces": None, **expected}


ATTACHMENTS = EntryRows(
    table="records.Attachment",
    rows=lambda: Attachment.objects.select_related("record", "person", "replaces").prefetch_related(
        Prefetch("dates", AttachmentDates.objects.select_related("person"))
    ),
    types=frozenset({"record.attached"}),
    expected=_attached,
    found=lambda row: {
        "of": row.record.reference,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        **Dates(row.document_date, row.valid_until).as_json(),
        "replaces": row.replaces.leaf if row.replaces is not None else None,
        **authors.of_row(row),
        "at": rfc3339(row.at),
    },
    row=lambda row: f"file {row.name} of {row.record.reference}",
)
DATED = EntryRows(
    table="records.AttachmentDates",
    rows=lambda: AttachmentDates.objects.select_related("attachment__record", "person"),
    types=frozenset({"record.dated"}),
    expected=lambda entry: hanging(entry, "dates"),
    found=lambda row: {
        "of": row.attachment.record.reference,
        "file": row.attachment.leaf,
        **Dates(row.document_date, row.valid_until).as_json(),
        **authors.of_row(row),
        "at": rfc3339(row.at),
    },
    row=lambda row: f"dates of file {row.attachment.name} of {row.attachment.record.reference}",
)


def _check_files(start: int, stop: int) -> Iterator[Difference]:
    # A row without a digest was erased, or differs from its entry: that is for the pass over the rows.
    rows = Attachment.objects.filter(pk__gte=start, pk__lt=stop).exclude(sha256="").select_related("record")
    for row in rows.order_by("pk"):
        yield from file_differences(row)


def file_differences(row: Attachment) -> Iterator[Difference]:
    """Whether the bytes of a file are those that were attached."""
    digest_now = files.digest_of(row.sha256)
    if digest_now != row.sha256:
        name = f"{row.name} of {row.record.reference}"
        yield Difference(ATTACHED, name, "bytes", row.sha256, digest_now or "no file", row.leaf)


def declarations() -> Iterator[Declaration]:
    """The tables of files and of their dates, and the bytes."""
    yield Proof(
        "records.Attachment",
        _NAMES_A_ROW + "The opening “attachment” has its name, type, size, SHA-256 and dates.",
        ATTACHMENTS.passes(),
    )
    yield Proof(
        "records.AttachmentDates",
        _NAMES_A_ROW + "The opening “dates” has the file, by its entry, and its dates from then on.",
        DATED.passes(),
    )
    yield Proof(
        ATTACHED,
        "The bytes of a file have the SHA-256 that the entry of its attachment commits to.",
        (Pass("bytes", lambda: span_of(Attachment.objects.all()), _check_files, step=20),),
    )
