"""The matrix of competences as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from plumbline.clauses.support.competence.queries import Asked
from plumbline.records.csv_export import harmless

HEADER: Final = [
    *("competence", "title", "work", "role", "person", "name", "asked", "standing", "qualification"),
    *("valid_until", "training", "effect"),
]


def lines(asked: tuple[Asked, ...]) -> Iterator[list[str]]:
    """A line for each competence and each person of whom it is asked or recorded."""
    for one in asked:
        for row in one.rows:
            cell = row.cell
            until = cell.valid_until.isoformat() if cell.valid_until is not None else ""
            yield [
                harmless(text)
                for text in (
                    *(one.reference, one.title, one.work, one.position, row.person, row.name),
                    *("yes" if cell.asked else "no", cell.standing.value, cell.qualification, until),
                    *(cell.training, cell.effect),
                )
            ]
