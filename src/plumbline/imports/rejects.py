"""The rows that could not be taken, as a file: their own columns and one more that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.actors import Actor
from plumbline.imports import mapping, queries, reading
from plumbline.records import files
from plumbline.records.csv_export import csv_chunks, harmless

WRONG = "what is wrong"
"""Header of the added column. A file that comes back may keep it; maps do not name it."""


def faulty_csv(actor: Actor, handle: str) -> Iterator[str]:
    """CSV text of the faulty rows of an import, in chunks, formulas made harmless. Raises `NotFound`."""
    job = queries.job_row(actor, handle)
    wrong = queries.faults_by_line(job.pk)
    register = mapping.parse(job.map_text)
    sheet = reading.read(
        files.read(job.file_sha256), encoding=register.encoding, delimiter=register.delimiter
    )

    def lines() -> Iterator[list[str]]:
        for row in sheet.rows:
            if row.line in wrong:
                cells = row.cells + ("",) * (len(sheet.columns) - len(row.cells))
                yield [harmless(cell) for cell in ("; ".join(wrong[row.line]), *cells)]

    return csv_chunks(lines(), [WRONG, *(harmless(name) for name in sheet.columns)])
