"""Cases of the checks on user information and technical documentation. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import document, draft, in_force, sighting, system

_INSTRUCTIONS = document(type="instructions")
_LATE = document("DOC-3", type="instructions", next_review="2026-03-01")
_SHARED = document(type="instructions", systems=["SYS-0001", "SYS-0002"])
USERS_INFORMED = (
    case("nothing", "There are none", system(lifecycle="retired"), _INSTRUCTIONS),
    case("fails", "SYS-0001 has no approved user information", system(), named=("SYS-0001",)),
    case("fails", "has no approved user information", system(), document()),
    case("fails", "has no approved", system(), draft(_INSTRUCTIONS)),
    case("fails", "has no approved", system(), document(type="instructions", systems=[])),
    case("fails", "chat has no approved", sighting("chat"), _INSTRUCTIONS),
    case("passes", "1 of 1 live systems have current user information", system(), _INSTRUCTIONS),
    case(
        "fails", "no current user information: DOC-3 was due for review on 1 Mar 2026", system(), _LATE,
        named=("SYS-0001",),
    ),
    case("passes", "1 of 1", system(), document("DOC-2", type="instructions"), _LATE),
    case("passes", "1 of 1", system(), _LATE, document("DOC-2", type="instructions")),
    case("passes", "1 of 1", system(), document(type="instructions", next_review="2026-03-03")),
    case("fails", "has no review date", system(), document(type="instructions", next_review=None)),
    # one document for all is no information about each
    case("fails", "0 of 2", system(), system("SYS-0002", slug="chat"), _SHARED),
    case("fails", "SYS-0001 shares DOC-1 with other systems", system(), _SHARED),
    case("passes", "1 of 1", system(), _SHARED, document("DOC-2", type="instructions")),
)  # fmt: skip
_DESIGN = {"type": "design"}
_EARLY = document(**_DESIGN, effective_from="2026-01-09")
TECHNICAL_DOCUMENTATION = (
    case("nothing", "There are none", document(**_DESIGN)),
    case("fails", "has no approved technical documentation", system(), document(type="process")),
    case("passes", "1 of 1", system(), document(**_DESIGN)),
    case("passes", "1 of 1", system(), document(type="specification")),
    case("passes", "1 of 1", system(), document(**_DESIGN, effective_from="2026-01-10")),
    case("fails", "DOC-1 is of 9 Jan 2026, before the release on 10 Jan 2026", system(), _EARLY),
    # a draft moves no release day
    case("fails", "before the release", in_force(system()), draft(system(released_on="2026-01-01")), _EARLY),
    case("passes", "1 of 1", system(released_on=None), _EARLY),
    case("passes", "1 of 1", system(), document(**_DESIGN, effective_from=None)),
    case(
        "fails",
        "is of 2 Jan 2026",
        system(),
        document(**_DESIGN, effective_from=None, approved_at="2026-01-02T00:00:00Z"),
    ),
    case("fails", "has no date", system(), document(**_DESIGN, effective_from=None, approved_at=None)),
    case(
        "passes",
        "1 of 1",
        system(released_on=None),
        document(**_DESIGN, effective_from=None, approved_at=None),
    ),
    case("fails", "was due for review", system(), document(**_DESIGN, next_review="2026-03-02")),
)
