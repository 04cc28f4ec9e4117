"""Every AI system beside every check over telemetry: the same rows for the page, the API and CSV.

A cell without a reading says why: a system that has to report and has not is *No signal*, one that is left
out with an approved reason has *Nothing to judge*, and one that a check does not speak of has no cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline.controls import inventory, queries, registry, visibility
from plumbline.controls.declare import Check
from plumbline.controls.inventory import Inventory
from plumbline.controls.judged import queries as judged
from plumbline.controls.measured_state import must_report
from plumbline.controls.models import Result
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.visibility import ResultVisibility
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.states import CheckState

COLUMNS = (
    "system",
    "check",
    "word",
    "value",
    "unit",
    "limit",
    "population",
    "data_until",
    "recorded",
    "result",
)
"""Columns of a cell as CSV and as a table."""


@dataclass(frozen=True)
class GridCell:
    """What one check reads of one system; without a result why there is none, in the words of a check."""

    system: str
    check: str
    word: CheckState
    result: Result | None = None


@dataclass(frozen=True)
class Grid:
    """The cells that somebody sees, by system and check, and how many systems there are besides.

    ``checks`` are those over telemetry that speak of at least one of the systems.
    """

    systems: Sequence[str]
    checks: Sequence[Check]
    cells: Mapping[tuple[str, str], GridCell]
    hidden: int

    def rows(self) -> Iterator[GridCell]:
        """Every cell, system by system."""
        for system in self.systems:
            for check in self.checks:
                cell = self.cells.get((system, check.slug))
                if cell is not None:
                    yield cell


def grid(actor: Actor | None, at: datetime | None = None) -> Grid:
    """The grid as ``actor`` sees it, now or as of an instant."""
    results = queries.readings() if at is None else judged.readings_at(at)
    shown = visibility.visible_results(actor, results).rows
    stock = inventory.read(clock.now()) if at is None else inventory.read_at(at)
    visible = ResultVisibility(actor)
    every = {*stock.systems, *(subject for _, subject in results if subject != ORGANIZATION)}
    systems = sorted(slug for slug in every if visible.covers(slug))
    checks = [check for check in registry.all_checks() if check.on_telemetry]
    cells = {
        (slug, check.slug): cell for check in checks for slug, cell in _of_check(check, systems, shown, stock)
    }
    spoken = {check for _, check in cells}
    return Grid(
        systems, [check for check in checks if check.slug in spoken], cells, len(every) - len(systems)
    )


def _of_check(
    check: Check, systems: Sequence[str], shown: Mapping[tuple[str, str], Result], stock: Inventory
) -> Iterator[tuple[str, GridCell]]:
    members = stock.must_report(check)
    for slug in systems:
        result = shown.get((check.slug, slug))
        if result is not None:
            yield slug, GridCell(slug, check.slug, CheckState(result.word), result)
        elif slug in members and members[slug] is not None:
            yield slug, GridCell(slug, check.slug, CheckState.NOTHING_TO_JUDGE)
        elif slug in members and must_report(check):
            yield slug, GridCell(slug, check.slug, CheckState.NO_SIGNAL)


def as_dict(cell: GridCell) -> dict[str, Any]:
    """One cell as JSON values; what has no result has no figures."""
    row = cell.result
    return {
        "system": cell.system,
        "check": cell.check,
        "word": str(cell.word),
        "value": row.value if row else None,
        "unit": row.unit if row else "",
        "limit": row.limit_value if row else None,
        "population": row.population if row else None,
        "data_until": rfc3339(row.seen_until) if row else None,
        "recorded": rfc3339(row.recorded_at) if row else None,
        "result": row.pk if row else None,
    }


def as_cells(cell: GridCell) -> tuple[str, ...]:
    """One cell as `COLUMNS`."""
    row = as_dict(cell)
    return tuple("" if row[name] is None else str(row[name]) for name in COLUMNS)
