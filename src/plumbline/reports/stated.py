"""What the sources of imported records state of them in their own words, as a document of a pack."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from plumbline.imports.stated import reading
from plumbline.kernel.clock import rfc3339
from plumbline.records import kinds
from plumbline.records.csv_export import csv_chunks, harmless
from plumbline.reports.disclosure import Scope

DOCUMENT = "stated-by-sources.csv"
COLUMNS = (
    "reference", "stated_about", "stated_column", "stated_text", "source_file", "source_sha256",
    "source_line", "imported_at",
)  # fmt: skip
"""No column is called like a field of a record: nothing of this is what a record says."""


def csv_text(scope: Scope) -> str:
    """The words of every edition that says something of a record in ``scope``; empty where none does.

    They are texts of files, kept as they stood: no entry says that they are so, and no check reads them. The
    entries of each import bind them, and the records they are about, by digests. Raises `Altered`.
    """
    rows = list(_rows(scope))
    return "".join(csv_chunks(rows, list(COLUMNS))) if rows else ""


def references_in(text: str) -> set[str]:
    """The records that such a document speaks of."""
    return {row["reference"] for row in csv.DictReader(io.StringIO(text, newline=""))}


def _rows(scope: Scope) -> Iterator[list[str]]:
    wanted = [
        reference
        for reference in sorted(scope.records)
        if not scope.requirements
        or scope.requirements.intersection(kinds.of_reference(reference).requirements)
    ]
    for reference, editions in sorted(reading.editions_of(wanted).items()):
        for edition in editions:
            at = rfc3339(edition.imported_at) if edition.imported_at else ""
            for one in edition.words:
                values = (one.about, one.column, one.text, edition.file_name, edition.file_sha256)
                yield [harmless(cell) for cell in (reference, *values, edition.line, at)]
