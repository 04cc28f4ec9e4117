"""The limits in force: an approved, unexpired Limit record before the default that comes with the package.

Nothing here loosens anything: a limit that differs from its default is a record, written by one person
and approved by another at the door, and it ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import resources

import yaml

from plumbline.controls import queries
from plumbline.controls.declare import Check, Limit
from plumbline.controls.queries import LimitRow


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Limit]:
    """The limits that come with the package, by name. The first part of a name is the check's slug."""
    text = resources.files("plumbline.controls").joinpath("data/limits.yaml").read_text(encoding="utf-8")
    return {
        name: Limit(float(row["value"]), str(row["unit"]), int(row["minimum"]))
        for name, row in yaml.safe_load(text).items()
    }


@dataclass(frozen=True)
class InForce:
    """The limits that hold on one day."""

    rows: tuple[LimitRow, ...]

    def _row(self, name: str, subject: str, *, paused: bool) -> LimitRow | None:
        mine = [
            row
            for row in self.rows
            if row.name == name and row.paused == paused and row.system in {"", subject}
        ]
        return max(mine, key=lambda row: (row.system != "", row.number), default=None)

    def limit(self, name: str, subject: str) -> Limit:
        """The limit called ``name`` for ``subject``: its own, that for all systems, or the default."""
        default, row = defaults()[name], self._row(name, subject, paused=False)
        if row is None:
            return default
        return replace(default, value=row.value, source=row.reference, revision=row.revision)

    def of_check(self, check: Check, subject: str) -> dict[str, Limit]:
        """Every limit that ``check`` reads, for ``subject``."""
        return {name: self.limit(name, subject) for name in check.limits}

    def pause(self, check: Check, subject: str) -> LimitRow | None:
        """The approved record by which ``check`` is paused for ``subject``, if there is one."""
        return self._row(check.slug, subject, paused=True)


def in_force(today: date) -> InForce:
    """The approved limits and pauses that hold ``today`` (one query)."""
    rows = queries.approved_limits()
    return InForce(
        tuple(
            row
            for row in rows
            if row.valid_until >= today and (row.effective_from is None or row.effective_from <= today)
        )
    )
