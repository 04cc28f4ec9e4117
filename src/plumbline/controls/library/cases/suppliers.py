"""Cases of the checks on suppliers. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.samples import (
    component,
    dataset,
    draft,
    in_force,
    row_of,
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


def assessed(reference: str = "SAS-1", **more: Any) -> Sample:
    """An approved assessment of SUP-1 in January, which SYS-0001 uses."""
    fields: dict[str, Any] = {
        "supplier": "SUP-1",
        "assessed_on": "2026-01-15",
        "findings": "Controls hold; tests are by language.",
        "evidence": "Independent report of 2025, own test of 200 letters.",
        "systems": ["SYS-0001"],
        "inherited": "An outage stops sorting for hours.",
        "verdict": "suitable",
        "conditions_by": None,
        "next_review": "2027-01-15",
    }
    return row_of("supplier-assessment", reference, state="approved", fields=fields, more=more)


_ON: dict[str, Any] = {"verdict": "suitable with conditions"}
_BAD = assessed("SAS-2", verdict="not suitable", assessed_on="2026-02-01")
_ALL = (_USED, supplier())
_SECOND = system("SYS-0002", slug="chat", supplier="SUP-1")
SUPPLIER_ASSESSMENTS = (
    case("nothing", "There are none", system(), supplier(), assessed()),
    case("passes", "1 of 1 suppliers", *_ALL, assessed()),
    case("fails", "SUP-1 has no approved assessment of its own", *_ALL, named=("SUP-1",)),
    case("fails", "has no approved assessment", *_ALL, draft(assessed())),
    case("fails", "has no approved assessment", *_ALL, assessed(supplier="SUP-2")),
    case("fails", "SYS-0001 comes from outside", system(sourcing="bought"), assessed()),
    case("fails", "SUP-1 is not approved", _USED, draft(supplier()), assessed()),
    # the newest one counts, whichever is written last
    case("fails", "SAS-2, which found it not suitable", *_ALL, _BAD, assessed()),
    case("passes", "1 of 1", *_ALL, _BAD, assessed("SAS-3", assessed_on="2026-02-02")),
    case("passes", "1 of 1", *_ALL, assessed("SAS-3", assessed_on="2026-02-01"), _BAD),
    case("passes", "1 of 1", *_ALL, assessed(**_ON, conditions_by="2026-03-03")),
    case("fails", "set conditions that nobody", *_ALL, assessed(**_ON, conditions_by="2026-03-02")),
    case("fails", "set conditions that nobody", *_ALL, assessed(**_ON)),
    # a system that came to use it afterwards inherits what nobody has looked at
    case("fails", "SAS-1, which leaves out SYS-0002", *_ALL, _SECOND, assessed()),
    case("passes", "1 of 1", *_ALL, _SECOND, assessed(systems=["SYS-0002", "SYS-0001"])),
    case("fails", "next to nothing of the evidence", *_ALL, assessed(evidence="seen")),
    case("fails", "lacks the risk inherited", *_ALL, assessed(inherited="")),
    case("passes", "1 of 1", *_ALL, assessed(assessed_on="2025-03-03")),
    case("fails", "last assessed on 2 Mar 2025", *_ALL, assessed(assessed_on="2025-03-02")),
    case("fails", "still to come", *_ALL, assessed(assessed_on="2026-03-04")),
    case("fails", "due for review on 2 Mar 2026", *_ALL, assessed(next_review="2026-03-02")),
    case("fails", "later than in 13 months", *_ALL, assessed(next_review="2027-04-04")),
)
