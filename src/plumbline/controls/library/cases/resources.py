"""Cases of the checks on components, data and suppliers. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import component, dataset, supplier, system

COMPONENTS_REGISTERED = (
    case("unknown", "There are no live systems", system(lifecycle="retired"), component()),
    case("fails", "SYS-0001 has no component.", system(), named=("SYS-0001",)),
    case("fails", "has no component with a version", system(), component(version="")),
    case("passes", "1 of 1", system(), component()),
    case("fails", "has no component", system(), component(state="retired")),
    case("fails", "has no component", system(), component(systems=["SYS-0002"])),
)
DATA_REGISTERED = (
    case("fails", "SYS-0001 has no dataset", system(), excluded=0, named=("SYS-0001",)),
    case("passes", "1 of 1 live systems made here", system(), dataset(), excluded=0),
    case("fails", "has no dataset", system(), dataset(state="retired")),
    case("unknown", "There are no live systems made here", system(sourcing="bought"), excluded=1),
    case("unknown", "There are no live systems made here", system(technique="rules"), excluded=1),
)
_RETIRED = dataset("DST-4", state="retired", origin="")
_ELSEWHERE = dataset("DST-3", systems=[], origin="")
DATA_PROVENANCE = (
    case("unknown", "There are no datasets of live systems", system(), _RETIRED, _ELSEWHERE),
    case("passes", "1 of 1", system(), dataset(), _RETIRED, _ELSEWHERE),
    case(
        "fails",
        "DST-2 lacks provenance and the right to use it.",
        *(system(), dataset(), dataset("DST-2", lineage="", rights=""), _RETIRED, _ELSEWHERE),
        named=("DST-2",),
        numerator=1,
        denominator=2,
    ),
    case("fails", "DST-1 lacks origin", system(), dataset(origin="")),
)
DATA_QUALITY = (
    case("unknown", "There are no datasets", system()),
    case("passes", "1 of 1", system(), dataset()),
    case("passes", "1 of 1", system(), dataset(next_review="2026-03-03")),
    case("fails", "DST-1 was due for review on 2 Mar 2026", system(), dataset(next_review="2026-03-02")),
    case(
        "fails", "DST-1 lacks quality found.", system(), dataset(quality_found="", next_review="2026-03-02")
    ),
    case(
        "fails",
        "lacks quality asked for",
        system(),
        dataset(quality_wanted=""),
        dataset("DST-2"),
        numerator=1,
    ),
)
DATA_PREPARATION = (
    case("unknown", "no datasets used to build or test", system(), dataset(uses=["retrieval"]), excluded=1),
    case("passes", "1 of 1", system(), dataset()),
    case(
        "fails",
        "DST-2 lacks preparation.",
        *(system(), dataset(), dataset("DST-2", uses=["test"], preparation="")),
        dataset("DST-3", uses=["retrieval"], preparation=""),
        named=("DST-2",),
        denominator=2,
        excluded=1,
    ),
)
_NEVER = supplier("SUP-2", diligence="not done", assessed_on=None)
_PART = component(supplier="SUP-1")
SUPPLIERS_ASSESSED = (
    case("unknown", "There are no suppliers of live systems", system(), _NEVER),
    case("passes", "1 of 1", system(), _PART, supplier(), _NEVER, population=1),
    case(
        "passes", "1 of 1", system(supplier="SUP-1"), supplier(diligence="suitable with conditions"), _NEVER
    ),
    case("passes", "1 of 1", system(), dataset(supplier="SUP-1"), supplier(assessed_on="2025-03-03"), _NEVER),
    case(
        "fails",
        "last assessed on 2 Mar 2025",
        system(),
        _PART,
        supplier(assessed_on="2025-03-02"),
        population=1,
    ),
    case(
        "fails", "SUP-1 was never assessed", system(), _PART, supplier(diligence="not done"), named=("SUP-1",)
    ),
    case("fails", "SUP-1 was never assessed", system(), _PART, supplier(assessed_on=None)),
    case("fails", "was found not suitable", system(), _PART, supplier(diligence="not suitable")),
)
_USED = system(supplier="SUP-1")
DUTIES_SHARED_OUT = (
    case("unknown", "There are no suppliers of live systems", system(), supplier()),
    case("passes", "1 of 1", _USED, supplier()),
    case("passes", "1 of 1", _USED, supplier(contract_until="2026-03-03")),
    case(
        "fails", "lacks who is responsible for what", _USED, supplier(responsibilities=""), named=("SUP-1",)
    ),
    case("fails", "lacks a contract", _USED, supplier(contract="")),
    case("fails", "has a contract that ended on 2 Mar 2026", _USED, supplier(contract_until="2026-03-02")),
)
