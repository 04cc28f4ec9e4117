"""The requirement statements of a sub-clause, each with what answers it here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from plumbline import catalogs
from plumbline.catalogs import shown_by
from plumbline.controls import registry
from plumbline.records import kinds
from plumbline.web import cells


@dataclass(frozen=True)
class Place:
    """Records of a kind that hold the answer, with the labels of their columns."""

    title: str
    href: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class StatementRow:
    """One statement; ``missing`` says what nobody can show here yet."""

    number: str
    gist: str
    records: tuple[Place, ...]
    checks: tuple[str, ...]
    missing: str


def rows(subclause_id: str) -> tuple[StatementRow, ...]:
    """The statements of one sub-clause in order; none for a framework that has no table."""
    known = shown_by.statements()
    return tuple(
        StatementRow(
            row.number,
            row.gist,
            tuple(_records(known[row.id])),
            tuple(_checks(known[row.id])),
            known[row.id].missing,
        )
        for row in catalogs.statements(subclause_id)
    )


def _records(answer: shown_by.Answer) -> Iterator[Place]:
    for slug, names in answer.records.items():
        # A kind may be switched off; the table is about all there are.
        if kinds.exists(slug):
            kind = kinds.get(slug)
            labels = tuple(cells.label(kind, name) for name in names)
            yield Place(kind.names, reverse("record-list", args=[kind.plural]), labels)


def _checks(answer: shown_by.Answer) -> Iterator[str]:
    for slug in answer.checks:
        check = registry.find(slug)
        if check is not None:
            yield check.title
