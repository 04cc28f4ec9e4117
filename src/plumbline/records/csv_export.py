"""kind → rows, and CSV: the same rows and filters as the list, with formulas in cells made harmless."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.records import computed, queries, read_log
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.models import Record
from plumbline.records.qualified import queries as qualified
from plumbline.records.related import queries as related

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that a spreadsheet may run: a sign, also full width or after blanks, or a line end."""


OWN_COLUMNS = ("reference", "key", "state", "revision")
"""The columns before those of the fields. ``key`` is the qualified reference (`plumbline.records.qualified`),
which names the record in every installation; so does every cell that refers to another record. A person is
named by e-mail address, a unit by its short name."""
LINKS = "linked_to"
"""The last column: the links that the record has to others, each as ``treats: RSK-0007@1a2b3c4d``."""
SEPARATOR = "; "
"""Between the values of a cell that holds several."""
MARK = "\ufeff"
"""The byte order mark of a file that a person may open by a double click: without it a spreadsheet takes
UTF-8 for the code page of the machine, and shows two other letters for every umlaut."""


def harmless(value: Any) -> str:
    """A cell as text; what a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection)."""
    text = "" if value is None else SEPARATOR.join(map(str, value)) if isinstance(value, list) else str(value)
    # A text that begins with apostrophes before a sign gets one more, so that taking one away brings it back.
    if FORMULA.match(text.lstrip("'")) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def header(kind: Kind, columns: Sequence[str] | None = None) -> list[str]:
    """Column names of the CSV of ``kind``: those of a list with ``columns``, or by default every field."""
    if columns is not None:
        return ["reference", "title", *columns]
    return [*OWN_COLUMNS, *kind.field_names, *(one.name for one in computed.of(kind.slug)), LINKS]


def rows(actor: Actor, kind: Kind, **asked: Any) -> Iterator[list[str]]:
    """The cells of every row of the list as texts; what is ``asked`` as of `plain_rows`."""
    for row in plain_rows(actor, kind, **asked):
        yield [harmless(value) for value in row]


def plain_rows(
    actor: Actor,
    kind: Kind,
    *,
    filters: Mapping[str, str] | None = None,
    search: str = "",
    sort: str = "",
    where: str = "",
    columns: Sequence[str] | None = None,
) -> Iterator[list[Any]]:
    """The values of every row of the list, as `values.plain` gives them: of ``columns``, by default of every
    field. A link is the key of the other record, which names it in every installation."""
    policy.require(actor, "export", kind=kind.slug, anywhere=True)
    many = [name for name in kind.own_fields if kind.field(name).many_to_many]
    single = [n for n in kind.own_fields if kind.field(n).is_relation and n not in many]
    keys = list_index.select(actor, kind, filters=filters, search=search, sort=sort, where=where).keys()
    found = queries.visible(actor, kind).select_related("owner", "unit", "unit_wanted", *single)
    found = found.annotate(**computed.parts(kind.slug))
    read_log.of_list(actor, kind, len(keys))
    read_log.of_export(actor, kind.slug, len(keys))
    known, names = qualified.homes(), header(kind)
    links = related.outgoing(actor, kind, known)
    places = [names.index(name) if name in names else name for name in header(kind, columns)]
    for record in queries.in_chunks(keys, found, many):
        derived = computed.texts(kind.slug, record).values()
        row = [*_values(record, kind, known), *derived, links.get(record.pk, [])]
        # What only a list with columns has, such as the day of recording, is no cell of the whole row.
        yield [
            row[place] if isinstance(place, int) else plain_values.plain(getattr(record, place))
            for place in places
        ]


def _values(record: Record, kind: Kind, known: qualified.Homes) -> list[Any]:
    own = {**plain_values.of_record(record, kind), **keys_of(record, kind, known)}
    head = [record.reference, known.name(record), record.state, record.revision]
    return head + [own[name] for name in kind.field_names]


def keys_of(record: Record, kind: Kind, known: qualified.Homes) -> dict[str, Any]:
    """The fields in which ``record`` names records and people, by keys that mean the same elsewhere: the
    qualified reference of a record, the e-mail address of a person."""
    found: dict[str, Any] = {}
    for name in (*kind.own_fields, "owner"):
        field = kind.field(name)
        if field.many_to_many:
            found[name] = sorted(known.name(other) for other in getattr(record, name).all())
        elif field.is_relation and isinstance(other := getattr(record, name), Record | Person):
            found[name] = known.name(other) if isinstance(other, Record) else other.email
    return found


def keyed(actor: Actor, kind: Kind) -> dict[str, dict[str, Any]]:
    """For every record of ``kind`` by reference: its key, the keys in its fields, and its links."""
    many = [name for name in kind.own_fields if kind.field(name).many_to_many]
    single = [n for n in kind.own_fields if kind.field(n).is_relation and n not in many]
    rows = queries.visible(actor, kind).select_related("owner", *single).prefetch_related(*many)
    known = qualified.homes()
    links = related.outgoing(actor, kind, known)
    return {
        record.reference: {
            "key": known.name(record),
            **keys_of(record, kind, known),
            LINKS: links.get(record.pk, []),
        }
        for record in rows
    }


def csv_file(lines: Iterable[list[str]], first: list[str]) -> Iterator[str]:
    """`csv_chunks` as a file for people, which begins with the byte order mark; a pack's files have none."""
    yield MARK
    yield from csv_chunks(lines, first)


def csv_chunks(lines: Iterable[list[str]], first: list[str]) -> Iterator[str]:
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
