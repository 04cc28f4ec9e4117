"""The document of all records of one kind that somebody may see: the columns of its list, a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from plumbline.documents.model import Document, Section, Table
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import kinds, read_log
from plumbline.records import queries as records
from plumbline.records.kinds import Kind
from plumbline.reports import queries
from plumbline.reports.documents.frame import check_length, document, word
from plumbline.reports.documents.value_words import Names, is_reference, label_of, value_text

_OWN = ("reference", "title", "state")


def kind_of(name: str) -> Kind | None:
    """The kind whose document is called ``name``: its name in the plural, as in the address of its list."""
    return next((kind for kind in kinds.all_kinds() if kind.plural == name), None)


def listed(actor: Actor, kind: Kind, at: datetime | None) -> Document:
    """The records of ``kind`` as ``actor`` may see them, by reference. Raises `NotAllowed`."""
    policy.require(actor, "export", kind=kind.slug, anywhere=True)
    seen = queries.visible_references(actor, kind.slug)
    check_length(len(seen))
    rows = [row for row in records.claimed(kind.slug, at) if row["reference"] in seen]
    rows.sort(key=lambda row: (len(row["reference"]), row["reference"]))
    read_log.of_list(actor, kind, len(rows))
    columns = [name for name in kind.columns if name in kind.own_fields or name == "owner"]
    columns = [name for name in columns if name not in _OWN]
    named = Names(actor, _mentioned(rows, columns))
    heads = (
        gettext("Reference"),
        gettext("Title"),
        gettext("State"),
        *(label_of(kind, name) for name in columns),
    )
    cells = tuple(_row(kind, row, columns, named) for row in rows)
    title = gettext(kind.names)
    title = title[:1].upper() + title[1:]
    table = Table(heads, cells, (4, 10, 4, *(5 for _ in columns)))
    facts = ((gettext("Records"), f"{len(rows):,}"),)
    return document(
        kind.plural, title, at, facts, [Section(title, (table,))],
        rests_on=[(row["reference"], row["revision"]) for row in rows], landscape=True,
    )  # fmt: skip


def _mentioned(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> set[str]:
    """References and handles of people in the cells."""
    found = set[str]()
    for row in rows:
        for name in columns:
            value = row.get(name)
            texts = value if isinstance(value, list) else [value]
            found.update(text for text in texts if isinstance(text, str) and _names_one(text))
    return found


def _names_one(text: str) -> bool:
    return text.startswith("per_") or is_reference(text)


def _row(kind: Kind, row: Mapping[str, Any], columns: Sequence[str], named: Names) -> tuple[str, ...]:
    cells = (value_text(kind, name, row.get(name), named) for name in columns)
    return (row["reference"], row["title"], word(row["state"]), *cells)
