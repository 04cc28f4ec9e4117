"""kind → XLSX and JSON: the rows of the list with their types, and a sheet that explains the columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Literal, TypeAlias

from django.db import models
from django.utils.translation import gettext

from plumbline.documents import workbook
from plumbline.documents.workbook import Column, Value, Words
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.records import computed, csv_export
from plumbline.records.csv_export import LINKS, SEPARATOR
from plumbline.records.kinds import Kind
from plumbline.trail import log

JSON_TYPE, XLSX_TYPE = "application/json", workbook.TYPE
_Type: TypeAlias = Literal["text", "number", "day", "instant", "yes or no", "list", "record", "person"]
_OWN: dict[str, _Type] = {
    "revision": "number",
    "created_at": "instant",
    "updated_at": "instant",
    LINKS: "list",
}


def xlsx(actor: Actor, kind: Kind, columns: Sequence[str] | None = None, **asked: Any) -> Iterator[bytes]:
    """The list as a workbook, in pieces; refuses what `csv_export.plain_rows` refuses before the first one.

    Days are days; instants are in the organization's time zone, which the second sheet names together with
    the instant and the entry of the trail as of which the list was read.
    """
    names = csv_export.header(kind, columns)
    types = [_type(kind, name) for name in names]
    rows = _begun(csv_export.plain_rows(actor, kind, columns=columns, **asked))
    cells = ([_cell(value, found) for value, found in zip(row, types, strict=True)] for row in rows)
    conditions = {**(asked.get("filters") or {}), "q": asked.get("search"), "where": asked.get("where")}
    explained = [_column(kind, name, found) for name, found in zip(names, types, strict=True)]
    return book(explained, cells, gettext(kind.names), conditions)


def book(
    explained: Sequence[Column], cells: Iterable[list[Value]], names: str, conditions: Mapping[str, Any]
) -> Iterator[bytes]:
    """A workbook of ``cells`` in pieces, with a sheet that has the ``explained`` columns and says of what and
    as of when it is; ``names`` are what its rows are."""
    now, entry = clock.now(), log.size() - 1
    local = clock.in_zone(now)
    facts: list[tuple[str, Value]] = [
        (gettext("Organization"), organization.current().organization),
        (gettext("Records"), names),
        (gettext("As of"), local.replace(tzinfo=None, microsecond=0)),
        (gettext("Time zone"), clock.zone_label(local)),
        (gettext("Entry of the trail"), entry),
        (
            gettext("Conditions"),
            SEPARATOR.join(f"{name}: {text}" for name, text in conditions.items() if text),
        ),
    ]
    words = Words(
        gettext("Records"), gettext("Columns"),
        (gettext("Column"), gettext("Label"), gettext("Meaning"), gettext("Type")),
        gettext(" [shortened; {length} letters, all of them in CSV]"),
    )  # fmt: skip
    return workbook.write(explained, cells, facts, words, int(now.timestamp()))


def json_text(actor: Actor, kind: Kind, columns: Sequence[str] | None = None, **asked: Any) -> Iterator[str]:
    """The list as one JSON array of objects, in pieces: names as in CSV, values with their types."""
    names = csv_export.header(kind, columns)
    rows = _begun(csv_export.plain_rows(actor, kind, columns=columns, **asked))
    return _json(names, rows)


def _json(names: Sequence[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    opening = "[\n"
    for row in rows:
        yield opening + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)
        opening = ",\n"
    yield "\n]\n" if opening != "[\n" else "[]\n"


def _begun(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """``rows``, of which the first is read now, so that a refusal comes before an answer has begun."""
    return chain([row for row in [next(rows, None)] if row is not None], rows)


def _field(kind: Kind, name: str) -> models.Field[Any, Any] | None:
    return kind.field(name) if name in (*kind.field_names, "created_at", "updated_at") else None


def _type(kind: Kind, name: str) -> _Type:
    field = _field(kind, name)
    if name in _OWN or field is None:
        return _OWN.get(name, "text")
    if field.many_to_many:
        return "list"
    if field.is_relation:
        if field.related_model is Person:
            return "person"
        return "record" if name in kind.own_fields else "text"
    if isinstance(field, models.BooleanField):
        return "yes or no"
    if isinstance(field, models.DateTimeField):
        return "instant"
    if isinstance(field, models.DateField):
        return "day"
    if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        return "number"
    return "list" if isinstance(field, models.JSONField) else "text"


def _cell(value: Any, found: _Type) -> Value:
    if isinstance(value, list):
        return SEPARATOR.join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str) or not value:
        return None if value in (None, "") else value if isinstance(value, int) else str(value)
    if found == "day":
        return date.fromisoformat(value)
    if found == "instant":
        return clock.in_zone(clock.parse_rfc3339(value)).replace(tzinfo=None, microsecond=0)
    return Decimal(value) if found == "number" else value


def _column(kind: Kind, name: str, found: _Type) -> Column:
    known = {
        "reference": (gettext("Reference"), gettext("Identifier given by this installation.")),
        "key": (gettext("Key"), gettext("Names the record in every installation; links name it so.")),
        "state": (gettext("State"), ", ".join(gettext(state) for state in kind.workflow.states)),
        "revision": (gettext("Revision"), gettext("Number of the revision that is shown.")),
        LINKS: (gettext("Linked to"), gettext("What it is to other records, and the key of each.")),
    }
    derived = {extra.name: extra.label for extra in computed.of(kind.slug)}
    type_name = gettext(found)
    if name in known:
        return Column(name, *known[name], type_name)
    field = _field(kind, name)
    if field is None:
        return Column(
            name, gettext(derived.get(name, name)), gettext("Derived when the list is read."), type_name
        )
    options = [str(key) for key, _ in field.flatchoices if key not in ("", None)]
    meaning = " ".join(
        filter(None, (gettext(str(field.help_text)) if field.help_text else "", SEPARATOR.join(options)))
    )
    return Column(name, gettext(str(field.verbose_name)), meaning, type_name)
