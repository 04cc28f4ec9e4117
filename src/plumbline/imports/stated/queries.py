"""Which records came by an import, what of them is still missing, and what their source says of them.

Nothing here writes, and no check, measure or document of the organization's own asks any of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from plumbline.imports.models import ImportJob, ImportRow
from plumbline.imports.stated import words
from plumbline.imports.stated.words import Stated
from plumbline.kernel.canonical import JSON, canonical
from plumbline.records.completeness import queries as completeness
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

CONFIRMED = (ImportJob.State.RUNNING, ImportJob.State.STOPPED, ImportJob.State.DONE)
"""States of imports of which something was written or is being written."""
_AT_ONCE = 500
"""References that are asked for at once."""


@dataclass(frozen=True)
class Edition:
    """What one edition of a source says of a record: the file, when it was imported, the row, the words.

    ``import_id`` names the import, which only those may open who may look at it.
    """

    import_id: str
    file_name: str
    file_sha256: str
    imported_at: datetime | None
    line: int
    words: tuple[Stated, ...]


def kept_rows() -> Q:
    """Rows that say what a file says of a record: those written, and those whose record said the same."""
    return Q(written=True) | Q(outcome=ImportRow.Outcome.UNCHANGED)


def stating() -> QuerySet[ImportRow]:
    """The rows that say something of a record in the source's own words.

    Also a row whose record said the same is marked as written when its words are taken.
    """
    return ImportRow.objects.filter(written=True).exclude(stated="")


def to_state(job_id: int) -> QuerySet[ImportRow]:
    """The rows of an import that change nothing here and whose words are still to be taken."""
    unchanged = ImportRow.objects.filter(job_id=job_id, outcome=ImportRow.Outcome.UNCHANGED, written=False)
    return unchanged.exclude(stated="").exclude(reference="")


def made() -> QuerySet[ImportRow]:
    """The rows that made a record."""
    return ImportRow.objects.filter(written=True, outcome=ImportRow.Outcome.CREATE)


def newest_words(references: Collection[str]) -> dict[str, str]:
    """What the newest import kept of the source's own words, as it is stored, by reference."""
    rows = stating().filter(reference__in=list(references)).order_by("id")
    return dict(rows.values_list("reference", "stated"))


def editions_of(references: Collection[str]) -> dict[str, tuple[Edition, ...]]:
    """What each edition of its sources says of records that the caller may see, the newest first, by
    reference; as it is stored (`reading` compares it)."""
    found: dict[str, tuple[Edition, ...]] = {}
    wanted = list(references)
    for start in range(0, len(wanted), _AT_ONCE):
        for reference, edition in _editions(wanted[start : start + _AT_ONCE]):
            found[reference] = (*found.get(reference, ()), edition)
    return found


def _editions(references: list[str]) -> Iterable[tuple[str, Edition]]:
    rows = stating().filter(reference__in=references).select_related("job").order_by("-id")
    for row in rows:
        job = row.job
        yield (
            row.reference,
            Edition(
                job.handle, job.file_name, job.file_sha256, job.confirmed_at, row.line,
                words.of_stored(row.stated),
            ),
        )  # fmt: skip


def texts_beside(keys: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The words of the newest edition that says something of these records, for the search index."""
    known = dict(Record.objects.filter(pk__in=keys).values_list("reference", "pk"))
    found = newest_words(list(known))
    return {
        known[reference]: [(one.column, one.text) for one in words.of_stored(text)]
        for reference, text in found.items()
    }


def digest_of(job_id: int) -> str:
    """The digest of all that an import keeps of the source's own words (`words.digest`)."""
    rows = ImportRow.objects.filter(job_id=job_id).exclude(stated="").order_by("line")
    return words.digest(rows.values_list("line", "stated").iterator())


def records_of(job_id: int) -> str:
    """The digest of which row of an import is about which record: SHA-256 over lines and references."""
    rows = ImportRow.objects.filter(job_id=job_id).exclude(reference="").order_by("line")
    found: list[JSON] = [[line, reference] for line, reference in rows.values_list("line", "reference")]
    return hashlib.sha256(canonical(found)).hexdigest()


def was_imported(reference: str) -> bool:
    """Whether an import made the record."""
    return made().filter(reference=reference).exists()


def imported(kind: Kind) -> QuerySet[ImportRow, str]:
    """References of the records of ``kind`` that imports made."""
    return made().filter(job__kind=kind.slug).values_list("reference", flat=True)


def written_by(handle: str, kind: Kind) -> QuerySet[ImportRow, str]:
    """References of the records of ``kind`` that the import with this id made or changed."""
    outcomes = (ImportRow.Outcome.CREATE, ImportRow.Outcome.AMEND)
    rows = ImportRow.objects.filter(
        job__handle=handle, job__kind=kind.slug, outcome__in=outcomes, written=True
    )
    return rows.values_list("reference", flat=True)


def incomplete(kind: Kind, among: Collection[str] | None = None) -> frozenset[str]:
    """References of the records of ``kind`` that an import made and that still lack answers, only those
    ``among`` these where they are given."""
    return frozenset(completeness.lacking_among(kind, imported(kind) if among is None else list(among)))


def incomplete_of(job_id: int, kind: Kind) -> int:
    """How many of the records that one import made still lack answers."""
    return len(incomplete(kind, made().filter(job_id=job_id).values_list("reference", flat=True)))
