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
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import commands as door
from plumbline.records.models import Record


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Limit]:
    """The limits that come with the package, by name. The first part of a name is the check's slug."""
    text = resources.files("plumbline.controls").joinpath("data/limits.yaml").read_text(encoding="utf-8")
    return {
        name: Limit(float(row["value"]), str(row["unit"]), int(row["minimum"]), side=row["side"])
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


def gate_limit(actor: Actor, record: Record, reason: str) -> None:
    """Refuse a limit that no check reads, that looks the wrong way, or that hides a loosening."""
    row = queries.limit_row(record.reference)
    default = defaults().get(row.name)
    faults = []
    if default is None:
        known = ", ".join(sorted(defaults()))
        faults.append(Fault("check_name", "is not the name of a limit", f"one of: {known}"))
    elif not row.paused:
        wanted = "at most" if default.side == "over" else "at least"
        if row.direction != wanted:
            faults.append(Fault("direction", f"does not fit {row.name}", f"choose {wanted}"))
        held = in_force(clock.now().date()).limit(row.name, row.system)
        looser = row.value > held.value if default.side == "over" else row.value < held.value
        if looser and row.change != "looser":
            remedy = f"say looser, with a back-test: {held.value:g} is in force ({held.source})"
            faults.append(Fault("change", "is looser than what is in force", remedy))
    if faults:
        raise Conflict(f"{record.reference} cannot come into force as it is.", faults)


def register_gates() -> None:
    """Ask this gate at the door before a limit is approved."""
    door.register_gate("limit", "approve", gate_limit)


def fails_under(check: Check | None, unit: str, held_against: float) -> bool:
    """Whether a value under what it is held against is the bad one (a share of all, or such a limit)."""
    if unit == "ratio" and held_against == 1.0:
        return True
    main = defaults().get(check.limits[0]) if check is not None and check.limits else None
    return main is not None and main.side == "under"
