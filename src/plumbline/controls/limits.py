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
from plumbline.kernel.number_format import format_number
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import steps
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
        if _is_looser(default, row.value, held.value) and row.change != "looser":
            remedy = f"say looser, with a back-test: {format_number(held.value)} is in force ({held.source})"
            faults.append(Fault("change", "is looser than what is in force", remedy))
    if faults:
        raise Conflict(f"{record.reference} cannot come into force as it is.", faults)


def _is_looser(default: Limit, value: float, held: float) -> bool:
    return value > held if default.side == "over" else value < held


def gate_end(actor: Actor, record: Record, reason: str) -> None:
    """Refuse to take a limit out of force where what would hold then is looser: nobody loosens alone."""
    row, now = queries.limit_row(record.reference), in_force(clock.now().date())
    default = defaults().get(row.name)
    if record.state != "approved" or default is None or row.paused:
        return
    after = InForce(tuple(one for one in now.rows if one.reference != row.reference))
    held, then = now.limit(row.name, row.system), after.limit(row.name, row.system)
    if held.source == row.reference and _is_looser(default, then.value, held.value):
        remedy = f"have a looser limit approved in its place: {then.value:g} would hold ({then.source})"
        raise Conflict(
            f"Without {record.reference} a looser limit would hold; one person alone loosens none.",
            [Fault("value", "is tighter than what would hold", remedy)],
        )


def register_gates() -> None:
    """Ask these gates at the door before a limit comes into force or leaves it."""
    steps.register_gate("limit", "approve", gate_limit)
    steps.register_gate("limit", "revise", gate_end)
    steps.register_gate("limit", "retire", gate_end)


def fails_under(check: Check | None, unit: str, held_against: float) -> bool:
    """Whether a value under what it is held against is the bad one (a share of all, or such a limit)."""
    if unit == "ratio" and held_against == 1.0:
        return True
    main = defaults().get(check.limits[0]) if check is not None and check.limits else None
    return main is not None and main.side == "under"
