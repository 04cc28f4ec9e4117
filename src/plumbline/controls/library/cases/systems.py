"""Cases of the checks on the records of AI systems. Today is 3 March 2026, the release of 10 January."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    assessment,
    component,
    component_change,
    document,
    draft,
    in_force,
    indicator,
    sighting,
    system,
)

_NO_GO = {"conclusion": "do not go ahead"}
_SWAPPED = component_change("2026-01-12T09:00:01Z")
_UNDATED = system(released_on=None)
IMPACT_ASSESSED = (
    case("nothing", "There are none: live AI systems."),
    case("nothing", "There are none", system(lifecycle="planned")),
    case("fails", "SYS-0001 has no approved assessment", system(), named=("SYS-0001",)),
    case("fails", "has no approved assessment", system(), draft(assessment())),
    case("fails", "has no approved assessment", system(), assessment(system=None)),
    case("fails", "has no approved assessment", system(), assessment(assessed_on=None)),
    case("fails", "chat has no approved assessment", sighting("chat"), assessment(system=None)),
    case("passes", "1 of 1", system(), assessment()),
    case(
        "fails",
        "was assessed on 9 Jan 2026, before its release on 10 Jan 2026",
        system(),
        assessment(assessed_on="2026-01-09"),
    ),
    # a draft with an earlier release makes nothing better, one with a later release counts at once
    case(
        "fails", "before its release on 10 Jan 2026", draft(system(released_on="2026-01-01")),
        in_force(system()), assessment(assessed_on="2026-01-09"),
    ),
    case(
        "fails", "before its release on 1 Feb 2026", draft(system(released_on="2026-02-01")),
        in_force(system()), assessment(),
    ),
    case("fails", "SYS-0001 runs 4.3, and AIA-1 is of another release", system(version="4.3"), assessment()),
    case("fails", "runs 4.3", draft(system()), in_force(system(version="4.3")), assessment()),
    case("passes", "1 of 1", system(version=""), assessment()),
    # a model that was swapped after the assessment was not assessed
    case("fails", "has CMP-1, which was changed after AIA-1", system(), assessment(), component(), _SWAPPED),
    case("passes", "1 of 1", system(), assessment(), component(), component_change("2026-01-12T09:00:00Z")),
    case("passes", "1 of 1", system(), assessment(), component("CMP-2"), _SWAPPED),
    case("passes", "1 of 1", _UNDATED, assessment(assessed_on="2025-03-03")),
    case("fails", "was last assessed on 2 Mar 2025", _UNDATED, assessment(assessed_on="2025-03-02")),
    case("fails", "which is still to come", _UNDATED, assessment(assessed_on="2026-03-04")),
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
    case("fails", "as a prohibited practice", system(eu_class="prohibited practice"), assessment()),
)  # fmt: skip
PEOPLE_ASSESSED = (
    case("nothing", "There are none: live AI systems that touch people.", system(effect="none")),
    case("fails", "has no approved assessment", draft(system(effect="none")), in_force(system())),
    # what one person says of a system of which nothing is approved takes it out of nothing
    case("fails", "has no approved assessment", draft(system(effect="none"))),
    case("fails", "has no approved assessment", draft(system()), in_force(system(effect="none"))),
    case("fails", "has no approved assessment", system(), draft(assessment())),
    case("fails", "chat has no approved assessment", sighting("chat"), assessment()),
    case("passes", "1 of 1", system(), assessment()),
    case("fails", "has AIA-1, which leaves out customers", system(), assessment(groups=["employees"])),
    case("fails", "names nobody whom it affects", system(affected_groups=[]), assessment()),
    case("fails", "has AIA-1, which lacks society", system(), assessment(society="")),
    case("fails", "says next to nothing of individuals", system(), assessment(individuals="None.")),
    case("passes", "1 of 1", system(), assessment(groups=[]), assessment("AIA-2", assessed_on="2026-02-01")),
    case(
        "fails", "AIA-2, which leaves out customers", system(), assessment(),
        assessment("AIA-2", assessed_on="2026-02-01", groups=[]), named=("SYS-0001",),
    ),
)  # fmt: skip
OVERSIGHT_DESCRIBED = (
    case("nothing", "There are none", system(lifecycle="retired")),
    case("passes", "1 of 1", system()),
    case("fails", "SYS-0001 is not approved", draft(system())),
    case("fails", "chat is not registered", sighting("chat")),
    case(
        "fails",
        "SYS-0002 lacks how to stop it.",
        system(),
        system("SYS-0002", stop_procedure=""),
        numerator=1,
    ),
    case("fails", "lacks purpose and human oversight", system(purpose="", human_oversight="")),
    case("fails", "says next to nothing of human oversight", system(human_oversight="-")),
    case("fails", "although it is classed as a prohibited practice", system(eu_class="prohibited practice")),
)
_PLAN: dict[str, Any] = {"type": "plan", "requirements": ["iso42001:9.1"]}
MONITORING_PLANNED = (
    case("nothing", "There are none", system(lifecycle="retired")),
    case("fails", "SYS-0001 has neither indicator nor plan", system(), named=("SYS-0001",)),
    case("fails", "chat has neither", sighting("chat"), indicator(), document(**_PLAN)),
    case("passes", "1 of 1", system(), indicator(system="SYS-0001")),
    case("fails", "neither indicator nor plan", system(), indicator(system=None)),
    case("passes", "1 of 1", system(), document(**_PLAN)),
    case("passes", "1 of 1", system(), document(type="plan", requirements=["iso42001:A.6.2.6"])),
    case("fails", "neither", system(), document(**{**_PLAN, "type": "report"})),
    case("fails", "neither", system(), document(type="plan", requirements=["iso42001:8.1"])),
    case("fails", "neither", system(effect="none")),
)
