"""Checks on the register of AI systems: whether everything in use is in it (A.4.2, A.9.2)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import inventory as cases
from plumbline.controls.library.population import (
    INVENTORY,
    LIVE_SYSTEMS,
    Unrecorded,
    either,
    in_force,
    live_systems,
    not_approved,
    of_system,
    owned,
)
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Subject, Word, say
from plumbline.kernel.states import Strength

_RUNS = frozenset({"model", "service", "index", "agent", "server"})
"""Types of component that are at work in some AI system or other."""


def _in_use(evidence: Evidence) -> list[Member]:
    """Every live AI system, every one that telemetry named, and every model or service of no system at all,
    or what may be one.

    A system that was set aside stays in the population, left out with its reason until the day on which that
    ends.
    """
    known = {row["slug"] for row in evidence.claims["ai-system"]}
    members = live_systems(evidence)
    for row in evidence.facts["sightings"]:
        until = day_of(row["dismissed_until"])
        if row["slug"] not in known and until is not None and until >= evidence.today:
            aside = say("inventory.aside", "is set aside until {day}", day=until)
            members.append(Member(Subject(row["slug"]), excluded=aside, row=Unrecorded()))
    return members + [
        owned(versions[0], loose=True)
        for versions in either(evidence, "component").values()
        if any((not row["type"] or row["type"] in _RUNS) and not row["systems"] for row in versions)
    ]


@check(
    "iso42001:A.4.2",
    "iso42001:A.9.2",
    slug="inventory-complete",
    title="Every AI system in use is registered",
    finding="AI systems in use that are not registered",
    over="organization",
    needs=(),
    population=Population(
        "in-use",
        Word("AI systems, models and services in use"),
        (*INVENTORY, "claims:component", "records:component"),
        _in_use,
        bare.SYSTEM,
    ),
    share=share("inventory.share", "{have} of {total} in use are registered."),
    strength=Strength.RECORDED,
    severity="major",
    required=True,
    cases=cases.INVENTORY_COMPLETE,
)
def inventory_complete(member: Member, evidence: Evidence) -> Message | None:
    """Every AI system that is live or sends telemetry has an approved record; no model is without a system.

    An inventory that grows only when somebody remembers is the finding auditors write up most.
    """
    if member.row["loose"]:
        return say("inventory.loose", "belongs to no registered system")
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    return None


@check(
    "iso42001:A.4.2",
    slug="components-registered",
    title="The components of live systems are recorded",
    finding="Live systems without recorded components",
    over="organization",
    needs=("records:component",),
    population=LIVE_SYSTEMS,
    share=share("component.share", "{have} of {total} live systems have recorded components."),
    strength=Strength.RECORDED,
    cases=cases.COMPONENTS_REGISTERED,
)
def components_registered(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has at least one approved component in the register, with its version."""
    parts = of_system(member, evidence, "component")
    if not parts:
        return say("component.none", "has no component")
    if not any(row["version"] for row in parts):
        return say("component.no-version", "has no component with a version")
    return None
