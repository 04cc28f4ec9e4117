"""Cases of the checks on data. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import dataset, draft, in_force, sighting, system

_BOUGHT = system(sourcing="bought")
DATA_REGISTERED = (
    case("fails", "SYS-0001 has no dataset", system(), named=("SYS-0001",)),
    case("passes", "1 of 1 live systems made here", system(), dataset()),
    case("fails", "chat has no dataset", sighting("chat"), dataset(systems=[])),
    case("nothing", "There are none: live AI systems made here from data.", _BOUGHT),
    case("fails", "has no dataset", draft(_BOUGHT), in_force(system())),
    case("nothing", "There are none", system(technique="rules")),
    case("fails", "has no dataset", draft(system(technique="rules")), in_force(system())),
    case("fails", "has no dataset", draft(system(technique="rules"))),
    case("fails", "has no dataset", draft(_BOUGHT)),
    case("fails", "has no dataset", system(sourcing="unknown")),
)
_RETIRED = draft(dataset("DST-4", origin=""), state="retired")
_ELSEWHERE = dataset("DST-3", systems=[], origin="")
DATA_PROVENANCE = (
    case("nothing", "There are none", _BOUGHT, _ELSEWHERE),
    case("fails", "SYS-0001 has no dataset", system(), _RETIRED, _ELSEWHERE),
    case("passes", "1 of 1", system(), dataset(), _RETIRED, _ELSEWHERE),
    case("passes", "1 of 1", _BOUGHT, dataset()),
    case("fails", "DST-1 is not approved", system(), draft(dataset())),
    # a draft that names no system takes nothing out, and one that names a live one counts at once
    case("fails", "DST-1 lacks origin", _BOUGHT, in_force(dataset(origin="")), draft(dataset(systems=[]))),
    case("fails", "DST-1 lacks origin", _BOUGHT, in_force(dataset(origin="", systems=[])), draft(dataset())),
    case(
        "fails",
        "DST-2 lacks provenance and the right to use it.",
        *(system(), dataset(), dataset("DST-2", lineage="", rights=""), _RETIRED, _ELSEWHERE),
        named=("DST-2",),
        numerator=1,
        denominator=2,
    ),
    case("fails", "DST-1 says next to nothing of provenance", system(), dataset(lineage="x")),
    case("fails", "SYS-0002 has no dataset", system(), dataset(), system("SYS-0002", slug="chat")),
    case("fails", "1 of 2", system(), dataset(), sighting("chat"), denominator=2),
)
_LATE = {"next_review": "2026-03-02"}
DATA_QUALITY = (
    case("nothing", "There are none", _BOUGHT),
    case("passes", "1 of 1", system(), dataset()),
    case("passes", "1 of 1", system(), dataset(next_review="2026-03-03")),
    case("fails", "DST-1 was due for review on 2 Mar 2026", system(), dataset(**_LATE)),
    case("fails", "DST-1 lacks quality found.", system(), dataset(quality_found="", **_LATE)),
    case("fails", "lacks quality asked for", system(), dataset(quality_wanted=""), dataset("DST-2")),
    case("fails", "says next to nothing of quality found", system(), dataset(quality_found="bad")),
    # one person who adds a system to a good dataset describes nothing of it
    case(
        "fails",
        "SYS-0002 has no dataset",
        *(system(), system("SYS-0002", slug="chat"), in_force(dataset())),
        draft(dataset(systems=["SYS-0001", "SYS-0002"])),
    ),
    case("fails", "was found not good enough", system(), dataset(quality_verdict="not good enough")),
    case("fails", "was found not judged", system(), dataset(quality_verdict="not judged")),
)
DATA_PREPARATION = (
    case("nothing", "There are none", _BOUGHT, dataset(uses=["retrieval"])),
    case("passes", "1 of 1", system(), dataset()),
    case("fails", "SYS-0001 has no dataset", system(), dataset(systems=[])),
    case("fails", "lacks preparation", _BOUGHT, in_force(dataset(preparation="")), draft(dataset(uses=[]))),
    case(
        "fails",
        "DST-2 lacks preparation.",
        *(system(), dataset(), dataset("DST-2", uses=["test"], preparation="")),
        dataset("DST-3", uses=["retrieval"], preparation=""),
        named=("DST-2",),
        denominator=2,
    ),
)
