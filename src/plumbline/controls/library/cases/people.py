"""Cases of the checks on people."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import claimed, person, sighting, system

_HERE, _LEFT = person("per_1"), person("per_2", active=False)

SYSTEMS_OWNED = (
    case("nothing", "There are none: live AI systems.", _HERE, population=0),
    case("nothing", "There are none", system(lifecycle="retired"), system(state="retired"), _HERE),
    case("fails", "0 of 1 live systems have an owner. chat has no owner.", sighting("chat"), _HERE),
    case("passes", "1 of 1", system(), sighting("claims"), _HERE),
    case("fails", "1 of 2", system(), claimed(system("SYS-0002", owner=None)), _HERE),
    case("fails", "0 of 1", system(owner=None), claimed(system(lifecycle="planned")), _HERE),
    case("passes", "1 of 1", system(), sighting("chat", dismissed_until="2026-03-03"), _HERE),
    case("fails", "1 of 2", system(), sighting("chat", dismissed_until="2026-03-02"), _HERE),
    case("passes", "1 of 1 live systems have an owner.", system(), _HERE, _LEFT),
    case(
        "fails",
        "SYS-0002 has no owner; SYS-0003 has an owner who is no longer here.",
        *(system(), system("SYS-0003", owner="per_2"), system("SYS-0002", owner=None), _HERE, _LEFT),
        named=("SYS-0002", "SYS-0003"),
        numerator=1,
        denominator=3,
        side="under",
    ),
)
_MANAGER = person("a", "aims-manager")
ROLES_HELD = (
    case("unknown", "There are no live systems", system(lifecycle="retired"), population=0),
    case(
        "passes",
        "3 of 3 roles are held",
        system(),
        _MANAGER,
        person("b", "top-management", "internal-auditor"),
    ),
    case(
        "fails",
        "internal auditor is held by nobody",
        *(system(), _MANAGER, person("c", "top-management"), person("b", "internal-auditor", active=False)),
        named=("internal auditor",),
    ),
    case("fails", "0 of 3 roles are held", system()),
)
