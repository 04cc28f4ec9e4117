"""Cases of the checks on the register of AI systems. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import component, draft, in_force, sighting, system

INVENTORY_COMPLETE = (
    case("nothing", "There are none: AI systems, models and services in use."),
    case("passes", "1 of 1", system(), sighting("claims")),
    case("passes", "1 of 1", system()),
    case("fails", "SYS-0001 is not approved", draft(system())),
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
    case("passes", "1 of 1", system(), sighting("toy", dismissed_until="2026-03-03"), excluded=1),
    case("fails", "toy", system(), sighting("toy", dismissed_until="2026-03-02"), excluded=0),
    case("passes", "1 of 1", system(), sighting("claims", dismissed_until="2026-06-01"), excluded=0),
    case(
        "passes",
        "2 of 2",
        system(),
        system("SYS-0002", slug="chat", lifecycle="suspended"),
        sighting("chat", reference="SYS-0002", sends=True),
    ),
    case(
        "passes",
        "1 of 1",
        system(),
        system("SYS-0002", slug="chat", lifecycle="suspended"),
        sighting("chat", reference="SYS-0002"),
    ),
    # a model or a service works for some system or other
    case("fails", "CMP-1 belongs to no registered system", component(systems=[])),
    case("fails", "CMP-1 belongs", draft(component(systems=[], type="service"))),
    # a draft that names a system, or another type, gives it none
    case("fails", "CMP-1 belongs", system(), in_force(component(systems=[])), draft(component())),
    case("fails", "CMP-1", in_force(component(systems=[])), draft(component(systems=[], type="tool"))),
    case("nothing", "There are none", component(systems=[], type="computing")),
    case("nothing", "There are none", draft(component(systems=[]), state="retired")),
    case("passes", "1 of 1", system(), component()),
)
COMPONENTS_REGISTERED = (
    case("nothing", "There are none", system(lifecycle="retired"), component()),
    case("fails", "SYS-0001 has no component.", system(), named=("SYS-0001",)),
    case("fails", "has no component with a version", system(), component(version="")),
    case("passes", "1 of 1", system(), component()),
    case("fails", "has no component", system(), component(systems=["SYS-0002"])),
)
