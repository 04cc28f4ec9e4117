"""People with roles, an initialised trail, and values that make a complete record of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of
from plumbline.kernel import clock
from plumbline.records import commands


@pytest.fixture
def today() -> Iterator[date]:
    """It is the third of March 2026 until the test is over."""
    with clock.frozen(clock.parse_rfc3339("2026-03-03T09:00:00Z")):
        yield date(2026, 3, 3)


@pytest.fixture
def installation(tmp_path: Path, settings: Any, db: None, today: date) -> Actor:
    """An initialised trail in a data folder of its own; the operator of it."""
    from plumbline.trail import keys

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Actor.installation()


@pytest.fixture
def someone(installation: Actor) -> Callable[[str, str], Actor]:
    """Makes a person with a role and answers their actor."""

    def make(role: str, name: str) -> Actor:
        person = people.create_person(installation, email=f"{name.lower()}@halden.example", full_name=name)
        people.give_grant(installation, person, role)
        return actor_of(person)

    return make


@pytest.fixture
def mina(someone: Callable[[str, str], Actor]) -> Actor:
    """The AIMS manager."""
    return someone("aims-manager", "Mina")


@pytest.fixture
def sara(someone: Callable[[str, str], Actor]) -> Actor:
    """A second AIMS manager, for the second pair of eyes."""
    return someone("aims-manager", "Sara")


@pytest.fixture
def tove(someone: Callable[[str, str], Actor]) -> Actor:
    """A third one: closing asks for somebody who neither wrote nor verified."""
    return someone("aims-manager", "Tove")


Make = Callable[..., commands.Saved]


@pytest.fixture
def make(mina: Actor) -> Make:
    """Makes a complete record of a kind, changed by keyword, after what it points at."""
    made: dict[str, str] = {}

    def of(kind: str, **changed: Any) -> commands.Saved:
        values = dict(COMPLETE[kind], title=f"A complete {kind}")
        values.update(changed)
        for name, value in values.items():
            if isinstance(value, Needs):
                reference = made.get(value.kind) or of(value.kind).reference
                values[name] = [reference] if value.several else reference
        saved = commands.create(mina, kind, values)
        made[kind] = saved.reference
        return saved

    return of


class Needs:
    """Stands for the reference of a record of ``kind`` that is made first."""

    def __init__(self, kind: str, several: bool = False) -> None:
        self.kind, self.several = kind, several


SYSTEM = Needs("ai-system")
DAY = date(2026, 1, 15)

COMPLETE: dict[str, dict[str, Any]] = {
    "ai-system": {
        "slug": "claims-triage",
        "purpose": "Sorts motor claims by urgency for the desk in Bergen.",
        "roles": ["producer", "customer"],
        "technique": "statistical",
        "lifecycle": "in operation",
        "operating_since": DAY,
        "autonomy": "suggests",
        "effect": "direct",
        "affected_groups": ["customers"],
        "human_oversight": "A handler sees every proposal and decides.",
        "stop_procedure": "The duty lead switches the queue to plain order of arrival.",
        "data_classes": ["personal", "confidential"],
        "regions": ["other europe"],
        "sourcing": "own",
        "supplier": Needs("supplier"),
        "version": "4.2",
        "released_on": DAY,
        "reference_from": date(2025, 9, 1),
        "reference_until": date(2025, 11, 30),
        "eu_role": "provider and deployer",
        "eu_class": "no special duties",
        "eu_basis": "Decided by legal on 2026-01-10.",
    },
    "component": {
        "sort": "model",
        "systems": Needs("ai-system", several=True),
        "version": "4.2",
        "digest": "a" * 64,
        "pinned": True,
        "supplier": Needs("supplier"),
        "datasets": Needs("dataset", several=True),
    },
    "dataset": {
        "uses": ["training", "reference"],
        "content": "One motor claim per row: amounts, dates, region, cause.",
        "data_classes": ["personal"],
        "rights": "Contract with the insured; balancing test of 2025.",
        "source": "internal",
        "covers_from": date(2020, 1, 1),
        "covers_until": date(2025, 8, 31),
        "rows": 412_000,
    },
    "supplier": {
        "supplies": ["models", "services"],
        "diligence": "suitable",
        "assessed_on": DAY,
        "assessment": "Independent report of 2025, answers to our list.",
        "terms": ["notice of incidents", "no training on our data"],
        "incident_hours": 24,
    },
    "risk": {
        "system": SYSTEM,
        "description": "Claims of one region are sorted as less urgent than they are.",
        "family": "Fairness",
        "source": "iso42001:C.3.4",
        "aims": ["iso42001:C.2.5"],
        "seed": "R-01",
        "likelihood": 3,
        "harm_to_individuals": 4,
        "harm_to_society": 1,
        "harm_to_organization": 2,
        "assessed_on": DAY,
        "response": "reduce",
        "residual_likelihood": 2,
        "residual_harm_to_individuals": 3,
        "accepted_until": date(2099, 1, 1),
    },
    "treatment": {
        "risks": Needs("risk", several=True),
        "option": "reduce",
        "action": "Compare waiting times by region every month; retrain if they part.",
        "controls": ["iso42001:A.6.2.4", "iso42001:A.5.4"],
        "due": date(2026, 3, 1),
        "measure": "Difference of mean waiting time below one day.",
    },
    "impact-assessment": {
        "system": SYSTEM,
        "version": "4.2",
        "assessed_on": DAY,
        "taking_part": "Claims, data science, legal; led by the AIMS manager.",
        "intended_use": "Ordering of the queue.",
        "misuse": "Turning claims down by score.",
        "groups": ["customers"],
        "individuals": "Late help for people in hardship.",
        "society": "None seen beyond the customers.",
        "likelihood": 2,
        "harm_to_individuals": 3,
        "harm_to_groups": 2,
        "harm_to_society": 1,
        "safeguards": "Every claim is seen within two days whatever its score.",
        "risks": Needs("risk", several=True),
        "conclusion": "go ahead",
    },
    "applicability": {
        "requirement": "iso42001:A.6.2.6",
        "applicable": "yes",
        "reasons": ["risk treatment", "law"],
        "justification": "Drift would hurt customers.",
        "risks": Needs("risk", several=True),
        "implementation": "implemented",
        "how": "Hourly measures, limits, a duty rota.",
        "documents": Needs("document", several=True),
    },
    "objective": {
        "statement": "Hardship claims are never late.",
        "aims": ["iso42001:C.2.5"],
        "policy": Needs("policy"),
        "measure": "Share of hardship claims seen within a day.",
        "direction": "at least",
        "target": "0.990",
        "measured_in": "share",
        "actions": "Flag hardship at intake; weekly sample.",
        "due": date(2026, 12, 31),
    },
    "limit": {
        "check_name": "drift",
        "system": SYSTEM,
        "direction": "at most",
        "value": "0.20",
        "change": "looser",
        "reason": "Seasonal change reaches 0.18 every spring.",
        "back_test": "Of 12 alerts in 2025, 3 would not have been raised.",
        "valid_until": date(2099, 6, 30),
    },
    "deviation": {
        "rule": "Policy section 4: two reviewers per release.",
        "policy": Needs("policy"),
        "document": Needs("document"),
        "departure": "One reviewer for hotfixes.",
        "reason": "Holiday season.",
        "expires_on": date(2026, 8, 31),
    },
    "policy": {
        "sort": "AI policy",
        "purpose": "Says how Halden builds and uses AI.",
        "text": "# AI policy\n\nWe ...",
        "commitments": ["meet requirements", "improve"],
        "next_review": date(2027, 1, 15),
    },
    "document": {
        "sort": "process",
        "origin": "external",
        "issuer": "Example body, 2nd edition",
        "requirements": ["iso42001:8.1", "iso42001:A.6.2.6"],
        "systems": Needs("ai-system", several=True),
    },
    "indicator": {
        "question": "Do handlers still think for themselves?",
        "objective": Needs("objective"),
        "system": SYSTEM,
        "metric": "override_rate",
        "method": "Overrides among reviewed proposals.",
        "direction": "at least",
        "target": "0.01",
        "value": "0.034",
        "measured_on": DAY,
    },
    "attestation": {
        "requirement": "iso42001:A.9.2",
        "system": SYSTEM,
        "verdict": "Effective",
        "statement": "Intake is used for every new case of use.",
        "basis": "Twenty intake records, two talks.",
        "period_from": date(2025, 10, 1),
        "period_until": date(2025, 12, 31),
        "competence": "Internal auditor since 2019; no part in intake.",
        "valid_until": date(2026, 12, 31),
    },
    "management-review": {
        "period_from": date(2025, 1, 1),
        "period_until": date(2025, 12, 31),
        "held_on": date(2026, 1, 20),
        "top_management": "I. Halden, chief executive",
        "inputs_missing": "No internal audit yet; planned for March.",
        "suitable": "yes",
        "adequate": "partly",
        "effective": "partly",
        "decisions": "Hire a second reviewer for underwriting.",
        "changes": "None.",
    },
    "nonconformity": {
        "source": "check",
        "check_name": "drift",
        "window": "2026-01-14",
        "system": SYSTEM,
        "requirements": ["iso42001:A.6.2.6"],
        "description": "The input shifted by 0.31; at most 0.20 is allowed.",
        "detected_on": DAY,
        "grade": "minor",
        "due": date(2026, 4, 15),
    },
    "corrective-action": {
        "nonconformity": Needs("nonconformity"),
        "cause": "A new claim form sends amounts in another unit.",
        "action": "Convert at intake; add a unit check.",
        "due": date(2026, 2, 1),
        "effectiveness_check": "drift",
        "effectiveness_from": date(2026, 2, 2),
        "effectiveness_until": date(2026, 3, 3),
        "minimum_results": 20,
    },
}
