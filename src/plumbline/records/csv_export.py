"""kind → CSV: the same rows and filters as the list, with formulas in cells made harmless."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import computed, queries, read_log
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.models import Record
from plumbline.records.qualified import queries as qualified

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that a spreadsheet may run: a sign, also full width or after blanks, or a line end."""


OWN_COLUMNS = ("reference", "key", "state", "revision")
"""The columns before those of the fields. ``key`` is the qualified reference (`plumbline.records.qualified`),
which names the record in every installation; so does every cell that refers to another record."""
SEPARATOR = "; "
"""Between the values of a cell that holds several."""


def harmless(value: Any) -> str:
    """A cell as text; what a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection)."""
    text = "" if value is None else SEPARATOR.join(map(str, value)) if isinstance(value, list) else str(value)
    if FORMULA.match(text) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def header(kind: Kind) -> list[str]:
    """Column names of the CSV of ``kind``."""
    shown = computed.of(kind.slug)
    return [*OWN_COLUMNS, *kind.field_names, *([shown.name] if shown else [])]


def rows(
    actor: Actor, kind: Kind, *, filters: Mapping[str, str] | None = None, search: str = "", sort: str = ""
) -> Iterator[list[str]]:
    """The cells of every row of the list, as texts."""
    policy.require(actor, "export", kind=kind.slug, anywhere=True)
    many = [name for name in kind.own_fields if kind.field(name).many_to_many]
    single = [n for n in kind.own_fields if kind.field(n).is_relation and n not in many]
    keys = list_index.select(actor, kind, filters=filters, search=search, sort=sort).keys()
    found = queries.visible(actor, kind).select_related("owner", "unit", "unit_wanted", *single)
    found = found.annotate(**computed.parts(kind.slug))
    read_log.of_list(actor, kind, len(keys))
    shown = computed.of(kind.slug)
    known = qualified.homes()
    for record in queries.in_chunks(keys, found, many):
        yield _cells(record, kind, known) + ([harmless(shown.text(record))] if shown else [])


def _cells(record: Record, kind: Kind, known: qualified.Homes) -> list[str]:
    own = plain_values.of_record(record, kind)
    for name in kind.own_fields:
        field = kind.field(name)
        if field.many_to_many:
            own[name] = sorted(known.name(other) for other in getattr(record, name).all())
        elif field.is_relation and isinstance(other := getattr(record, name), Record):
            own[name] = known.name(other)
    return [
        harmless(cell)
        for cell in (
            record.reference,
            known.name(record),
            record.state,
            record.revision,
            *(own[name] for name in kind.field_names),
        )
    ]


def csv_chunks(lines: Iterator[list[str]], first: list[str]) -> Iterator[str]:
    """CSV text (RFC 4180) in chunks of some hundred rows, header first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(first)
    for number, line in enumerate(lines, 1):
        writer.writerow(line)
        if number % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
