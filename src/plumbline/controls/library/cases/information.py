"""Cases of the checks on user information, technical documentation and incidents. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import document, system

_INSTRUCTIONS = document(type="instructions")
_LATE = document(type="instructions", next_review="2026-03-01")
USERS_INFORMED = (
    case("unknown", "There are no live systems", system(lifecycle="retired"), _INSTRUCTIONS),
    case("fails", "SYS-0001 has no approved user information", system(), named=("SYS-0001",)),
    case("fails", "has no approved user information", system(), document()),
    case("fails", "has no approved", system(), document(type="instructions", state="in review")),
    case("fails", "has no approved", system(), document(type="instructions", systems=[])),
    case("passes", "1 of 1 live systems have current user information", system(), _INSTRUCTIONS),
    case(
        "fails", "no current user information: DOC-1 was due for review on 1 Mar 2026", system(), _LATE,
        named=("SYS-0001",),
    ),
    case("passes", "1 of 1", system(), document("DOC-2", type="instructions"), _LATE),
    case("passes", "1 of 1", system(), document(type="instructions", next_review="2026-03-03")),
)  # fmt: skip
_DESIGN = {"type": "design"}
TECHNICAL_DOCUMENTATION = (
    case("unknown", "There are no live systems", document(**_DESIGN)),
    case("fails", "has no approved technical documentation", system(), document(type="process")),
    case("passes", "1 of 1", system(), document(**_DESIGN)),
    case("passes", "1 of 1", system(), document(type="specification")),
    case("passes", "1 of 1", system(), document(**_DESIGN, effective_from="2026-01-10")),
    case(
        "fails",
        "DOC-1 is of 9 Jan 2026, before the release on 10 Jan 2026",
        system(),
        document(**_DESIGN, effective_from="2026-01-09"),
    ),
    case("passes", "1 of 1", system(released_on=None), document(**_DESIGN, effective_from="2026-01-09")),
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
_NAMING: dict[str, Any] = {"requirements": ["iso42001:A.8.4"]}
INCIDENT_PLAN = (
    case(
        "unknown", "There are no live systems", system(lifecycle="retired"), document(**_NAMING), population=0
    ),
    case("fails", "No approved plan or process names A.8.4.", system(), document(), population=1),
    case("fails", "No approved plan", system(), document(**_NAMING, type="report"), population=1),
    case("fails", "No approved plan", system(), document(**_NAMING, state="draft"), population=1),
    case(
        "fails",
        "DOC-1 was due for review on 2 Mar 2026.",
        system(),
        document(**_NAMING, next_review="2026-03-02"),
        named=("DOC-1",),
    ),
    case("passes", "DOC-1 says how users hear of incidents.", system(), document(**_NAMING), population=1),
    case("passes", "DOC-1", system(), document(**_NAMING, next_review="2026-03-03")),
    case("passes", "DOC-1", system(), document(**_NAMING, type="plan", next_review=None)),
    case(
        "passes",
        "DOC-2",
        system(),
        document(**_NAMING, next_review="2026-03-02"),
        document("DOC-2", **_NAMING),
        population=2,
    ),
)
