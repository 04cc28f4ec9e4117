"""Cases of the checks on the records of AI systems. Today is 3 March 2026, the release of 10 January."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import assessment, document, indicator, sighting, system

_NO_GO = {"conclusion": "do not go ahead"}
IMPACT_ASSESSED = (
    case("unknown", "There are no live systems"),
    case("unknown", "There are no live systems", system(lifecycle="planned")),
    case("fails", "SYS-0001 has no approved assessment", system(), named=("SYS-0001",)),
    case("fails", "has no approved assessment", system(), assessment(state="draft")),
    case("fails", "has no approved assessment", system(), assessment(system=None)),
    case("fails", "has no approved assessment", system(), assessment(assessed_on=None)),
    case("passes", "1 of 1", system(), assessment()),
    case(
        "fails",
        "was assessed on 9 Jan 2026, before its release on 10 Jan 2026",
        system(),
        assessment(assessed_on="2026-01-09"),
    ),
    case("passes", "1 of 1", system(released_on=None), assessment(assessed_on="2025-03-03")),
    case(
        "fails",
        "was last assessed on 2 Mar 2025",
        system(released_on=None),
        assessment(assessed_on="2025-03-02"),
    ),
    case(
        "fails",
        "SYS-0001 runs although AIA-2 concludes not to go ahead",
        system(),
        assessment(),
        assessment("AIA-2", assessed_on="2026-01-12", **_NO_GO),
        named=("SYS-0001",),
    ),
    case("fails", "although AIA-2", system(), assessment(), assessment("AIA-2", **_NO_GO)),
    case("passes", "1 of 1", system(), assessment(assessed_on="2026-01-12"), assessment("AIA-2", **_NO_GO)),
)
PEOPLE_ASSESSED = (
    case("unknown", "There are no assessed systems", system(), excluded=1),
    case("unknown", "There are no assessed systems", system(), assessment(state="draft"), excluded=1),
    case("passes", "1 of 1", system(), assessment()),
    case("fails", "has AIA-1, which leaves out customers", system(), assessment(groups=["employees"])),
    case("fails", "says nothing of individuals or of society", system(), assessment(society="")),
    case("fails", "says nothing of individuals or of society", system(), assessment(individuals="")),
    case("passes", "1 of 1", system(), assessment(groups=[]), assessment("AIA-2", assessed_on="2026-02-01")),
    case(
        "fails", "AIA-2, which leaves out customers", system(), assessment(),
        assessment("AIA-2", assessed_on="2026-02-01", groups=[]), named=("SYS-0001",),
    ),
)  # fmt: skip
OVERSIGHT_DESCRIBED = (
    case("unknown", "There are no live systems", system(lifecycle="retired")),
    case("passes", "1 of 1", system()),
    case(
        "fails",
        "SYS-0002 lacks how to stop it.",
        system(),
        system("SYS-0002", stop_procedure=""),
        numerator=1,
    ),
    case("fails", "lacks purpose and human oversight", system(purpose="", human_oversight="")),
)
_PLAN: dict[str, Any] = {"type": "plan", "requirements": ["iso42001:9.1"]}
MONITORING_PLANNED = (
    case("fails", "SYS-0001 has neither indicator nor plan", system(), named=("SYS-0001",)),
    case("passes", "1 of 1", system(), indicator(system="SYS-0001")),
    case("fails", "neither indicator nor plan", system(), indicator(state="draft", system="SYS-0001")),
    case("fails", "neither indicator nor plan", system(), indicator(system=None)),
    case("passes", "1 of 1", system(), document(**_PLAN)),
    case("passes", "1 of 1", system(), document(type="plan", requirements=["iso42001:A.6.2.6"])),
    case("fails", "neither", system(), document(**{**_PLAN, "type": "report"})),
    case("fails", "neither", system(), document(**_PLAN, state="draft")),
    case("fails", "neither", system(), document(type="plan", requirements=["iso42001:8.1"])),
    case("unknown", "There are no live systems that touch people", system(effect="none"), excluded=1),
    case("fails", "neither", system(effect="none", autonomy="acts alone"), excluded=0),
    case("fails", "neither", system(effect="legal or similar")),
)
INVENTORY_COMPLETE = (
    case("unknown", "No system was seen in telemetry.", system()),
    case("passes", "1 of 1", system(), sighting("claims")),
    case(
        "fails",
        "shadow is not registered",
        system(),
        sighting("claims"),
        sighting("shadow"),
        sighting("toy", dismissed_until="2026-06-01"),
        named=("shadow",),
        excluded=1,
    ),
    case(
        "passes",
        "1 of 1",
        system(),
        sighting("claims"),
        sighting("toy", dismissed_until="2026-03-03"),
        excluded=1,
    ),
    case(
        "fails",
        "toy",
        system(),
        sighting("claims"),
        sighting("toy", dismissed_until="2026-03-02"),
        excluded=0,
    ),
    case("passes", "1 of 1", system(), sighting("claims", dismissed_until="2026-06-01"), excluded=0),
)
