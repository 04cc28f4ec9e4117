"""Cases of the checks on resources, awareness and communication. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import Case, case
from plumbline.controls.library.cases.samples import draft, sighting, system
from plumbline.controls.library.cases.support_samples import awareness, communication, resource

AWARENESS_RAISED = (
    case("passes", "3 of 3 topics reached people in time", awareness()),
    case("fails", "The AI policy is in no approved measure", population=3),
    case("fails", "0 of 3", draft(awareness())),
    case("fails", "1 of 3", awareness(topics=["policy"])),
    case("passes", "3 of 3", awareness(done_on="2025-03-03")),
    case("fails", "was last in AWR-1, too long ago", awareness(done_on="2025-03-02")),
    case("passes", "3 of 3", awareness(reached=80)),
    case("fails", "reached 79 of 100 people by AWR-1", awareness(reached=79)),
    case("fails", "79 of 100 people by AWR-2", awareness(reached=5), awareness("AWR-2", reached=79)),
    case("passes", "3 of 3", awareness(reached=79), awareness("AWR-2")),
)
_INSIDE, _OUTSIDE = communication(), communication("COM-2", side="outside")
COMMUNICATION_PLANNED = (
    case("passes", "2 of 2 communications", _INSIDE, _OUTSIDE),
    case("fails", "Communication inside is in no approved plan", population=2),
    case("fails", "Communication to the outside is in no approved plan", _INSIDE, population=2),
    case("fails", "0 of 2", draft(_INSIDE)),
    case("fails", "COM-1 says not by whom", communication(speaker=""), _OUTSIDE),
    case("passes", "2 of 2", communication(next_due="2026-03-03"), _OUTSIDE),
    case("fails", "COM-1 was due on 2 Mar", communication(next_due="2026-03-02"), _OUTSIDE),
)
_PEOPLE, _MONEY = resource(), resource("RES-2", type="money")
AIMS_RESOURCED = (
    case("passes", "2 of 2 resources of the AIMS", _PEOPLE, _MONEY),
    case("fails", "Money for the AIMS is in no approved record; staff for the AIMS is in no", population=2),
    case("fails", "Money for the AIMS is in no approved record", _PEOPLE, draft(_MONEY)),
    case("fails", "1 of 2", _PEOPLE, resource("RES-2", type="money", systems=["SYS-0001"])),
    case("fails", "is not said to be enough in RES-2", _PEOPLE, resource("RES-2", type="money", enough="no")),
    case("fails", "not said to be enough", resource(enough=""), _MONEY),
    case("fails", "1 of 2", _PEOPLE, _MONEY, resource("RES-3", enough="no")),
)


def recorded(type: str, what: str) -> tuple[Case, ...]:
    """The cases of a check that a resource of ``type``, called ``what``, is recorded for each live system."""
    one = resource(type=type, systems=["SYS-0001"])
    return (
        case("nothing", "There are none", system(lifecycle="retired"), one),
        case("passes", "For 1 of 1 live systems", system(), one),
        case("fails", f"SYS-0001 has no approved record of {what}", system(), named=("SYS-0001",)),
        case("fails", "0 of 1", system(), draft(one)),
        case("fails", "0 of 1", system(), resource(type="data", systems=["SYS-0001"])),
        case("fails", "0 of 1", system(), resource(type=type)),
        case("fails", "1 of 2", system(), one, sighting("chat")),
    )
