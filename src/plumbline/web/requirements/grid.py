"""Live checks as a grid: every AI system beside every check over telemetry; the same rows as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from plumbline.controls import declare, grid, registry, visibility
from plumbline.controls.grid import GridCell
from plumbline.controls.visibility import VisibleResults
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Text
from plumbline.kernel.states import BEYOND, CheckState
from plumbline.records.csv_export import csv_file, harmless
from plumbline.web import as_of as days
from plumbline.web.pages import Permission, page
from plumbline.web.requirements import figures
from plumbline.web.requirements.readings import PACE, Reading
from plumbline.web.systems import Systems

UNJUDGED = frozenset({CheckState.NO_SIGNAL, CheckState.PAUSED, CheckState.NOTHING_TO_JUDGE})
"""Words of a cell that stand in the place of a figure: nothing was judged."""


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page shows it: its word, its figure with the limit, the age of its data, and its page."""

    check: declare.Check
    cell: GridCell

    @property
    def value_text(self) -> Message | str:
        """The value in words; empty where there is none, and where it was not judged."""
        row = self.cell.result
        if row is None or row.value is None or self.cell.word in UNJUDGED:
            return ""
        return figures.amount(row.value, row.unit)

    @property
    def limit_text(self) -> Message | str:
        """The limit in words; empty for none."""
        row = self.cell.result
        return figures.limit_text(figures.bounds(row), row.unit) if row is not None else ""

    @property
    def until(self) -> datetime | None:
        """Until when its data reach."""
        return min(self.cell.result.seen_until, clock.now()) if self.cell.result is not None else None

    @property
    def pace(self) -> Message:
        """How often its check is judged, which tells two apart that look for the same."""
        return PACE[self.check.window]

    @property
    def is_beyond(self) -> bool:
        """Whether it is beyond its limit."""
        return self.cell.word in BEYOND

    @property
    def href(self) -> str:
        """Its page; empty where nothing was ever judged."""
        if self.cell.result is None:
            return ""
        return reverse("check", args=[self.cell.check, self.cell.system])


@dataclass(frozen=True)
class GridRow:
    """One AI system with its cells, in the order of the checks; None where a check does not speak of it."""

    name: str
    href: str
    cells: Sequence[ShownCell | None]
    beyond: int


@dataclass(frozen=True)
class GridPage:
    """The grid, and what the checks read of the organization as a whole beside it.

    Each of ``checks`` stands with how often it is judged, since two may look for the same.
    """

    checks: Sequence[tuple[declare.Check, Message]]
    rows: Sequence[GridRow]
    organization: Sequence[Reading]
    hidden: Text

    @property
    def organization_first(self) -> Sequence[Reading]:
        """Those of the organization as a whole that are not within their limit."""
        return [reading for reading in self.organization if reading.state is not CheckState.WITHIN]

    @property
    def organization_rest(self) -> Sequence[Reading]:
        """Those that are, which are folded away."""
        return [reading for reading in self.organization if reading.state is CheckState.WITHIN]


def grid_page(actor: Actor, visible: VisibleResults, systems: Systems, at: datetime | None) -> GridPage:
    """The grid as ``actor`` sees it, the systems with most beyond their limit first."""
    found = grid.grid(actor, at)
    rows = [_row(found, slug, systems) for slug in found.systems]
    checks = registry.by_slug()
    whole = [
        Reading(checks[name], result, (), systems)
        for (name, _), result in sorted(visible.rows.items())
        if name in checks and not checks[name].on_telemetry
    ]
    whole.sort(key=lambda one: (not one.is_beyond, one.state is CheckState.WITHIN, one.check.title))
    return GridPage(
        [(check, PACE[check.window]) for check in found.checks],
        sorted(rows, key=lambda row: (-row.beyond, row.name.lower())),
        whole,
        visibility.not_shown(found.hidden, "system"),
    )


def _row(found: grid.Grid, slug: str, systems: Systems) -> GridRow:
    name, href = systems.get(slug, (slug, ""))
    cells = []
    for check in found.checks:
        cell = found.cells.get((slug, check.slug))
        cells.append(ShownCell(check, cell) if cell is not None else None)
    return GridRow(name, href, cells, sum(cell is not None and cell.is_beyond for cell in cells))


@page(
    "checks/grid.csv",
    name="check-grid",
    title="The grid of systems and checks as CSV",
    method="file",
    permission=Permission("read", anywhere=True),
    as_of=True,
)
def check_grid(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What each check over telemetry reads of each AI system, one line a cell."""
    found = grid.grid(actor, days.of_request(request).instant)
    lines = ([harmless(cell) for cell in grid.as_cells(row)] for row in found.rows())
    response = StreamingHttpResponse(
        csv_file(lines, list(grid.COLUMNS)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="check-grid.csv"'
    return response
