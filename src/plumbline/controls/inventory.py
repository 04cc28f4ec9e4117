"""The AI systems that checks on telemetry speak of, and which of them each check must read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plumbline.controls import facts, queries
from plumbline.controls.declare import Check
from plumbline.controls.populations import Population
from plumbline.controls.verdicts import ORGANIZATION, Evidence
from plumbline.discovery import queries as discovery
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records import queries as records


@dataclass(frozen=True)
class Inventory:
    """Every AI system in use, by slug: the reference of its record, empty for one that nobody registered.

    ``members`` are the slugs of each population of a check on telemetry, as they are asked for; with ``at``
    records are read as they were then.
    """

    now: datetime
    systems: Mapping[str, str]
    members: dict[str, Sequence[str]] = field(default_factory=dict)
    at: datetime | None = None

    def must_report(self, check: Check) -> Sequence[str]:
        """The systems that ``check`` speaks of, by slug: those of its population, or all that are live."""
        population = check.population
        if population is None:
            return tuple(self.systems)
        if population.slug not in self.members:
            self.members[population.slug] = self._slugs(population)
        return self.members[population.slug]

    def _slugs(self, population: Population) -> Sequence[str]:
        evidence = evidence_for(population, self.now, self.at)
        slugs = {
            str(member.row["slug"]) for member in population.members(evidence) if member.excluded is None
        }
        return tuple(sorted(slugs))


def read(now: datetime) -> Inventory:
    """The AI systems in use at ``now``: live ones, and those that telemetry named and that nobody registered
    or set aside."""
    seen = {row.slug: "" for row in discovery.unregistered(clock.day_of(now))}
    return Inventory(now, {**seen, **queries.live_systems()})


def read_at(instant: datetime) -> Inventory:
    """The AI systems in use at ``instant``: those live by what was approved or written then, and those that
    telemetry had named and nobody had registered."""
    if not kinds.exists("ai-system"):
        return Inventory(instant, {}, at=instant)
    claims = [row for row in records.claimed("ai-system", instant) if row["state"] != "retired"]
    live = {
        row["slug"]: row["reference"]
        for row in (*claims, *records.in_force("ai-system", instant))
        if row["live"]
    }
    known = {row["slug"] for row in claims}
    seen = {
        row.slug: ""
        for row in discovery.unregistered(clock.day_of(instant))
        if row.first_seen <= instant and row.slug not in known
    }
    return Inventory(instant, dict(sorted({**seen, **live}.items())), at=instant)


def evidence_for(population: Population, now: datetime, at: datetime | None = None) -> Evidence:
    """What ``population`` needs to know its members."""

    def needed(sort: str) -> list[str]:
        return [need.partition(":")[2] for need in population.needs if need.startswith(sort + ":")]

    return Evidence(
        ORGANIZATION,
        now,
        now,
        now,
        records={kind: tuple(records.in_force(kind, at)) for kind in needed("records")},
        claims={kind: tuple(records.claimed(kind, at)) for kind in needed("claims")},
        facts={name: facts.FACTS[name].read() for name in needed("facts")},
    )
