"""The list of a kind as of an earlier day: the records as their revisions then had them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import queries
from plumbline.records.kinds import Kind
from plumbline.web import as_of as days
from plumbline.web import cells
from plumbline.web.frame import Cell, Crumb
from plumbline.web.records import naming, person_names
from plumbline.web.view import parse_int

SHOWN = 50


@dataclass(frozen=True)
class KnownRow:
    """One record as it was known then."""

    reference: str
    title: str
    cells: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class KnownList:
    """The context of a list as of a day. Filters and order belong to the list of today."""

    kind: Kind
    rows: tuple[KnownRow, ...]
    total: int
    earlier: str
    later: str

    @property
    def title(self) -> str:
        """The title of the page."""
        return naming.capitalized(self.kind.names)

    @property
    def crumbs(self) -> tuple[Crumb, ...]:
        """The way to the page."""
        number = gettext("Clause {number}").format(number=self.kind.clause)
        return (Crumb(number, reverse("clauses")),)

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings beside reference and title."""
        return tuple(label for label, _ in self.rows[0].cells) if self.rows else ()


def known_list(actor: Actor, kind: Kind, query: dict[str, str], as_of: days.AsOf) -> KnownList:
    """The records of ``kind`` that the reader may see as they were known then, by reference.

    Raises `Invalid` for an address that narrows or sorts as well: it would say less than it shows.
    """
    assert as_of.instant is not None
    narrowing = [name for name in query if name not in {days.PARAMETER, "page"}]
    if narrowing:
        faults = [Fault(name, "does not go with as_of", "leave it out") for name in narrowing]
        raise Invalid("A list of an earlier day is not narrowed or sorted.", faults)
    snapshots = sorted(
        queries.known_at(actor, kind, as_of.instant).values(), key=lambda found: str(found["reference"])
    )
    place = max(parse_int(query.get("page", "1")), 1)
    shown = snapshots[(place - 1) * SHOWN : place * SHOWN]
    named = person_names.named(kind, [found["values"] for found in shown])

    def address(number: int) -> str:
        wanted = {days.PARAMETER: as_of.text, "page": str(number)}
        return f"{reverse('record-list', args=[kind.plural])}?{urlencode(wanted)}"

    return KnownList(
        kind,
        tuple(_row(kind, found, values) for found, values in zip(shown, named, strict=True)),
        len(snapshots),
        address(place - 1) if place > 1 else "",
        address(place + 1) if len(snapshots) > place * SHOWN else "",
    )


def _row(kind: Kind, found: dict[str, Any], values: dict[str, Any]) -> KnownRow:
    shown: list[tuple[str, Cell]] = [(gettext("State"), Cell("state", str(found["state"])))]
    for name in kind.columns:
        if name not in {"title", "state", "owner", "updated_at"}:
            shown.append((cells.label(kind, name), cells.snapshot_cell(kind, name, values)))
    shown.append((gettext("Owner"), cells.cell(values.get("owner"))))
    shown.append((gettext("Last change"), cells.cell(clock.parse_rfc3339(found["recorded"]))))
    return KnownRow(str(found["reference"]), str(values["title"]), tuple(shown))
