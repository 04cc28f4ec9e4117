"""What is not as in the file of an import, as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.actors import Actor
from plumbline.imports.differences import queries
from plumbline.imports.differences.queries import ComparedRow
from plumbline.records.csv_export import csv_file, harmless

COLUMNS = (
    "line",
    "reference",
    "title",
    "field",
    "column",
    "in the file",
    "here",
    "what",
    "why",
    "by",
    "at",
    "entry",
)


def as_csv(actor: Actor, handle: str) -> Iterator[str]:
    """CSV text in chunks, one line for each field that is not as in the file. Raises as `queries.every`."""
    queries.compared(actor, handle)
    return csv_file(_lines(queries.every(actor, handle)), list(COLUMNS))


def _lines(rows: Iterator[ComparedRow]) -> Iterator[list[str]]:
    for row in rows:
        for one in row.differences:
            cells = (
                *(
                    str(row.line),
                    row.reference,
                    row.title,
                    one.field,
                    one.column,
                    one.text,
                    one.here,
                    one.sort,
                ),
                *(str(one.why), one.by, one.at.isoformat() if one.at else "", str(one.leaf or "")),
            )
            yield [harmless(cell) for cell in cells]
