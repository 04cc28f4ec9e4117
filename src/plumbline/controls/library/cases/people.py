"""Cases of the checks on people."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import draft, in_force, person, sighting, system

_HERE, _LEFT = person("per_1"), person("per_2", active=False)

SYSTEMS_OWNED = (
    case("nothing", "There are none: live AI systems.", _HERE, population=0),
    case(
        "nothing", "There are none", system(lifecycle="retired"), system(state="retired", live=False), _HERE
    ),
    case("fails", "0 of 1 live systems have an owner. chat has no owner.", sighting("chat"), _HERE),
    # what was retired and goes on sending is live all the same
    case(
        "fails",
        "0 of 1",
        draft(system("SYS-0002", slug="chat", owner=None, live=False), state="retired"),
        sighting("chat", reference="SYS-0002", sends=True),
        _HERE,
    ),
    case("passes", "1 of 1", system(), sighting("claims"), _HERE),
    case("passes", "1 of 1", system(), sighting("chat", dismissed_until="2026-03-03"), _HERE),
    case("fails", "1 of 2", system(), sighting("chat", dismissed_until="2026-03-02"), _HERE),
    case("passes", "1 of 1 live systems have an owner.", system(), _HERE, _LEFT),
    case("fails", "SYS-0001 is not approved", draft(system()), _HERE),
    # whoever a draft names helps nobody, and a draft that names somebody who left is no help either
    case("fails", "no longer here", draft(system()), in_force(system(owner="per_2")), _HERE, _LEFT),
    case("fails", "no longer here", draft(system(owner="per_2")), in_force(system()), _HERE, _LEFT),
    # a draft that says it is no longer live takes nothing out
    case(
        "fails",
        "has no owner",
        draft(system(owner=None, lifecycle="planned")),
        in_force(system(owner=None)),
        _HERE,
    ),
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
_MANAGER, _TOP = person("a", "aims-manager"), person("c", "top-management")
_BOTH = person("a", "aims-manager", "internal-auditor")
ROLES_HELD = (
    case("passes", "3 of 3 roles are held", _MANAGER, _TOP, person("b", "internal-auditor")),
    case("passes", "3 of 3", _MANAGER, person("b", "top-management", "internal-auditor")),
    case(
        "fails",
        "Internal auditor is held by nobody",
        *(_MANAGER, _TOP, person("b", "internal-auditor", active=False)),
        named=("internal auditor",),
    ),
    case("fails", "0 of 3 roles are held", population=3),
    case("fails", "Internal auditor is held only by who manages the AIMS", _TOP, _BOTH),
    case("passes", "3 of 3", _TOP, _BOTH, person("b", "internal-auditor")),
)
