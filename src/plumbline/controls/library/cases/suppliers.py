"""Cases of the checks on suppliers. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    component,
    dataset,
    draft,
    in_force,
    sighting,
    supplier,
    system,
)

_NEVER = supplier("SUP-2", diligence="not done", assessed_on=None)
_PART = component(supplier="SUP-1")
_USED = system(supplier="SUP-1")
_UNASSESSED = supplier(assessed_on=None)
_BOUGHT = system(sourcing="bought", supplier="SUP-1")
SUPPLIERS_ASSESSED = (
    case("nothing", "There are none: suppliers of live AI systems", system(), _NEVER),
    case("passes", "1 of 1", system(), _PART, supplier(), _NEVER, population=1),
    case("passes", "1 of 1", _USED, supplier(diligence="suitable with conditions"), _NEVER),
    case("passes", "1 of 1", system(), dataset(supplier="SUP-1"), supplier(assessed_on="2025-03-03"), _NEVER),
    case("fails", "last assessed on 2 Mar 2025", system(), _PART, supplier(assessed_on="2025-03-02")),
    case("fails", "dated 1 Jan 2028, which is still to come", _USED, supplier(assessed_on="2028-01-01")),
    case("fails", "SUP-1 is not approved", _USED, draft(supplier()), named=("SUP-1",)),
    case("fails", "SUP-1 was never assessed", system(), _PART, supplier(diligence="not done")),
    case("fails", "SUP-1 was never assessed", system(), _PART, _UNASSESSED),
    case("fails", "was found not suitable", system(), _PART, supplier(diligence="not suitable")),
    case("fails", "says next to nothing of what was looked into", _USED, supplier(assessment="ok")),
    # bought systems have a supplier whether or not anybody has named it
    case("fails", "SYS-0001 comes from outside and names no supplier", system(sourcing="bought")),
    case("fails", "names no supplier", draft(system()), in_force(system(sourcing="bought"))),
    case("passes", "1 of 1", _BOUGHT, supplier(), population=1),
    # one person who names a good supplier names none
    case("fails", "names no supplier", system(sourcing="bought"), draft(_PART), supplier()),
    case("fails", "names no supplier", draft(_BOUGHT), in_force(system(sourcing="bought")), supplier()),
    case("fails", "names no supplier", draft(system()), sighting("chat")),
    case("fails", "chat is not registered", sighting("chat"), sighting("toy"), population=2),
    # a draft of the system that names nobody takes nobody out
    case("fails", "was never assessed", draft(system()), in_force(_USED), _UNASSESSED),
    case("fails", "was never assessed", draft(_USED), in_force(system()), _UNASSESSED),
    case("nothing", "There are none", system(lifecycle="retired", supplier="SUP-1"), supplier(), _NEVER),
)
DUTIES_SHARED_OUT = (
    case("nothing", "There are none", system(), supplier()),
    case("passes", "1 of 1", _USED, supplier()),
    case("passes", "1 of 1", _USED, supplier(contract_until="2026-03-03")),
    case("fails", "SYS-0001 comes from outside", system(sourcing="embedded")),
    case(
        "fails", "lacks who is responsible for what", _USED, supplier(responsibilities=""), named=("SUP-1",)
    ),
    case("fails", "next to nothing of who is responsible", _USED, supplier(responsibilities="x")),
    case("fails", "lacks a contract", _USED, supplier(contract="")),
    case("fails", "has a contract that ended on 2 Mar 2026", _USED, supplier(contract_until="2026-03-02")),
)
