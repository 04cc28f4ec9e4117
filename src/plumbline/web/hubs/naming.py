"""Sections of the records that name another one, as their kinds declare them; the others under *Used in*.

What can be recorded here and is not yet has no section, so that its act stands under *Not recorded yet*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from plumbline.records import computed, queries
from plumbline.records.kinds import HubSection, Kind
from plumbline.records.related.queries import Naming
from plumbline.web import cells
from plumbline.web.frame import Cell
from plumbline.web.hubs.declaration import Hub, Section, ShownSection, declared_naming
from plumbline.web.records import naming as kind_names
from plumbline.web.requirements import related

SHOWN = 6
"""Records of one section that are shown at once; its list has the others."""
OVER = frozenset(
    {
        *("closed", "dismissed", "verified", "reviewed", "retired", "abandoned"),
        *("dismissal proposed", "retirement proposed", "worked", "sufficient", "withdrawn", "called off"),
    }
)
"""States in which nothing is left to do on a record."""
TABS_UNTIL = 60
"""Sections of a lower place are among the tabs at the top of the page."""
USED_IN = 80
"""The place of what no kind has declared a section for."""
BEGIN = 15
"""The place of what can be recorded here and is not yet: a section begins with its first record, and the way
to that one has to stand somewhere."""


@dataclass(frozen=True)
class NamingRow:
    """One record of a section, with the columns of the section as cells."""

    record: Any
    cells: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class UsedIn:
    """Records of one kind that name this one in one field; ``more`` leads to the whole list."""

    label: str
    records: tuple[Any, ...]
    more: str


def list_href(kind: Kind, field: str, reference: str) -> str:
    """The list of the records that name ``reference`` in ``field``, or of all where it has no such filter."""
    address = reverse("record-list", args=[kind.plural])
    return f"{address}?{field}={reference}" if field in kind.filters else address


def derived(hub: Hub, replaced: frozenset[str]) -> list[ShownSection]:
    """The sections that kinds declare on the page of ``hub``, and one of whatever else names its record."""
    by_pair = {(row.kind.slug, row.field): row for row in hub.naming}
    found, begun = [], []
    for kind, declared in declared_naming(hub.kind):
        row = by_pair.pop((kind.slug, declared.field), None)
        records = _listed(declared, row)
        if row is None:
            begun.append((declared.place, add(hub, kind, declared)))
        elif records and kind.slug not in replaced:
            found.append(_section(hub, kind, declared, records))
    acts = [act for _, act in sorted(begun, key=lambda one: one[0]) if act is not None]
    if acts and hub.record.state not in OVER:
        begin = Section("", "begin", "Not recorded yet", BEGIN, "side", "web/hubs/begin.html", lambda _: None)
        found.append(ShownSection(begin, {"acts": acts}))
    others = tuple(_used_in(hub, row, by_pair.values()) for row in by_pair.values())
    if others:
        template = "web/hubs/used_in.html"
        section = Section("", "named", "Used in", USED_IN, "main", template, lambda _: None)
        found.append(ShownSection(section, {"used_in": others}))
    return found


def _listed(declared: HubSection, row: Naming | None) -> Sequence[Any]:
    if row is None:
        return ()
    return [record for record in row.records if not declared.is_work or record.state not in OVER]


def _section(hub: Hub, kind: Kind, declared: HubSection, records: Sequence[Any]) -> ShownSection:
    part, template = ("side", "named_beside") if declared.beside else ("main", "named")
    section = Section(
        hub.kind.slug, kind.plural, declared.title, declared.place, part,  # type: ignore[arg-type]
        f"web/hubs/{template}.html", lambda _: None,
        tab=declared.title if declared.place < TABS_UNTIL else "",
    )  # fmt: skip
    count = len(records)
    names = (*declared.columns, *(one.name for one in computed.of(kind.slug) if one.name in declared.columns))
    context = {
        "rows": [_row(kind, declared, record) for record in records[:SHOWN]],
        "columns": [cells.label(kind, name) for name in names],
        "count": count,
        "is_more": count > SHOWN or hub.is_capped,
        "all_href": list_href(kind, declared.field, hub.record.reference),
        "add": add(hub, kind, declared),
    }
    return ShownSection(section, context)


def _row(kind: Kind, declared: HubSection, record: Any) -> NamingRow:
    shown = tuple(
        (cells.label(kind, name), cells.field_cell(kind, name, queries.display(record, kind, name)))
        for name in declared.columns
    )
    return NamingRow(record, shown)


def add(hub: Hub, kind: Kind, declared: HubSection, **values: str) -> tuple[str, str] | None:
    """The label and the address of the form that adds a record of ``kind`` here, begun with the link to this
    one; None where the reader may not add one or the section offers none."""
    if not declared.adds:
        return None
    begun = {declared.field: hub.record.reference} | _of_same_system(hub, kind) | values
    href = related.new_href(hub.actor, kind.slug, **begun)
    return (gettext(declared.adds), href) if href else None


def _of_same_system(hub: Hub, kind: Kind) -> dict[str, str]:
    """The AI system that the record here is about, for a record that is about the same one."""
    if "system" not in kind.own_fields or "system" not in hub.kind.own_fields:
        return {}
    system = hub.record.system
    return {"system": system.reference} if system is not None else {}


def _used_in(hub: Hub, row: Naming, others: Any) -> UsedIn:
    label = kind_names.capitalized(row.kind.names)
    if sum(other.kind is row.kind for other in others) > 1:
        field = cells.label(row.kind, row.field).lower()
        label = gettext("{kind}, as {field}").format(kind=label, field=field)
    more = list_href(row.kind, row.field, hub.record.reference)
    is_more = len(row.records) > SHOWN or hub.is_capped
    return UsedIn(label, row.records[:SHOWN], more if is_more else "")
