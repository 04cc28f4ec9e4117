"""The AI systems that checks on telemetry speak of, and which of them each check must read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from plumbline.controls import easings, facts
from plumbline.controls.declare import Check
from plumbline.controls.library.population import LIVE_SYSTEMS
from plumbline.controls.populations import Population
from plumbline.controls.system_versions import system_versions
from plumbline.controls.verdicts import ORGANIZATION, Evidence, name_text
from plumbline.discovery import queries as discovery
from plumbline.kernel import clock
from plumbline.kernel.messages import Message
from plumbline.records import kinds
from plumbline.records import queries as records

Members: TypeAlias = Mapping[str, "Message | None"]
"""AI systems by slug, each with the approved reason for which it is left out; None for those that are not."""


@dataclass(frozen=True)
class Inventory:
    """Every AI system in use, by slug: the reference of its record, empty for one that nobody registered.

    ``members`` are the slugs of each population of a check on telemetry, as they are asked for, each with
    the approved reason for which it is left out, if it is; with ``at`` records are read as they were then.
    ``known`` is what those of the library need, where it has been read; ``in_force`` are the records of the
    systems as they are in force.
    """

    now: datetime
    systems: Mapping[str, str]
    members: dict[str, Members] = field(default_factory=dict)
    at: datetime | None = None
    known: Evidence | None = None
    in_force: facts.Rows = ()

    def must_report(self, check: Check) -> Members:
        """The systems that ``check`` speaks of, by slug: those of its population, those that it may not ask
        about since two people accepted that, and those for which that is accepted no longer."""
        population = check.population
        if population is None:
            return dict.fromkeys(self.systems)
        if population.slug not in self.members:
            self.members[population.slug] = self._members(population)
        accepted = easings.not_asked(check.slug, self.in_force, clock.day_of(self.now))
        return {**accepted, **self.members[population.slug], **dict.fromkeys(self.lapsed(check))}

    def lapsed(self, check: Check) -> Mapping[str, Message]:
        """What is said of each system, by slug, whose record makes ``check`` easier, no longer accepted."""
        rows = easings.lapsed(check.slug, self.in_force, clock.day_of(self.now))
        return {row["slug"]: message for row, message in rows}

    def _members(self, population: Population) -> Members:
        evidence = self.known
        if evidence is None or population.needs != LIVE_SYSTEMS.needs:
            evidence = evidence_for(population, self.now, self.at)
        members = population.members(evidence)
        found = {member.row["slug"] or name_text(member.name): member.excluded for member in members}
        return dict(sorted(found.items(), key=lambda item: item[0]))


def read(now: datetime) -> Inventory:
    """The AI systems in use at ``now``: live ones, those that send telemetry whatever their record says, and
    those that telemetry named and that nobody registered or set aside."""
    evidence = _evidence_now(now)
    seen = LIVE_SYSTEMS.members(evidence)
    systems = {member.row["slug"] or name_text(member.name): member.system for member in seen}
    in_force = evidence.records["ai-system"]
    return Inventory(now, dict(sorted(systems.items())), known=evidence, in_force=in_force)


def _evidence_now(now: datetime) -> Evidence:
    """What the populations of telemetry are made of, in as few queries as pages can afford.

    It has the columns that they read and no others.
    """
    claims, in_force = system_versions(now)
    return Evidence(
        ORGANIZATION,
        now,
        now,
        now,
        claims={"ai-system": claims},
        records={"ai-system": in_force},
        facts={"sightings": facts.FACTS["sightings"].read()},
    )


def read_at(instant: datetime) -> Inventory:
    """The AI systems in use at ``instant``: those live by what was approved or written then, and those that
    telemetry had named and nobody had registered."""
    if not kinds.exists("ai-system"):
        return Inventory(instant, {}, at=instant)
    claims = [row for row in records.claimed("ai-system", instant) if row["state"] != "retired"]
    in_force = tuple(records.in_force("ai-system", instant))
    live = {
        row["slug"]: row["reference"] for row in (*claims, *in_force) if row["live"] or not row["lifecycle"]
    }
    known = {row["slug"] for row in claims}
    seen = {
        row.slug: ""
        for row in discovery.unregistered(clock.day_of(instant))
        if row.first_seen <= instant and row.slug not in known
    }
    systems = {**seen, **discovery.sending(instant), **live}
    return Inventory(instant, dict(sorted(systems.items())), at=instant, in_force=in_force)


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
