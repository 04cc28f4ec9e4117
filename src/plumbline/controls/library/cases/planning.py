"""Cases of the checks on planning. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Case, Sample, case
from plumbline.controls.library.cases.planning_samples import criteria
from plumbline.controls.library.cases.samples import (
    applicability,
    component,
    control,
    dataset,
    deviation,
    draft,
    in_force,
    indicator,
    objective,
    supplier,
    system,
)

_CONTROLS = (control("A.2.2"), control("A.2.3"))
_FIRST, _SECOND = "iso42001:A.2.2", "iso42001:A.2.3"
_OUT: dict[str, Any] = {
    "applicable": "no",
    "justification": "",
    "exclusion_reason": "We neither build nor use anything like it.",
}
_THIN = {**_OUT, "exclusion_reason": "x"}
_OWN = applicability("", reference="APP-OWN", requirement=None)


def _out(number: str) -> tuple[Sample, ...]:
    return control(number), applicability(f"iso42001:{number}", **_OUT)


def _against(number: str, says: str, *world: Sample) -> tuple[Case, ...]:
    """That a control can be left out, and no longer once something is there that it is about."""
    return (
        case("passes", "1 of 1", *_out(number)),
        case("fails", f"{number} is left out although {says}", *_out(number), *world),
        case("passes", "1 of 1", control(number), applicability(f"iso42001:{number}"), *world),
    )


_HIGH = {"eu_class": "high-risk use", "eu_role": "provider"}
SOA_COMPLETE = (
    case("fails", "0 of 2 controls", *_CONTROLS, population=2, denominator=2),
    case("passes", "2 of 2 controls", *_CONTROLS, applicability(_FIRST), applicability(_SECOND)),
    case(
        "fails", "A.2.2 has no approved row; A.2.3 has no row.", *_CONTROLS, draft(applicability(_FIRST)),
        named=(_FIRST, _SECOND), numerator=0,
    ),
    case("fails", "A.2.2 has no row", _CONTROLS[0], applicability(_FIRST, state="retired")),
    case("fails", "A.2.3 lacks why it is needed", _CONTROLS[1], applicability(_SECOND, justification="")),
    case("fails", "nothing of why it is needed", _CONTROLS[1], applicability(_SECOND, justification="x")),
    case("passes", "1 of 1", _CONTROLS[1], applicability(_SECOND, **_OUT)),
    case("fails", "nothing of why it is left out", _CONTROLS[1], applicability(_SECOND, **_THIN)),
    case("passes", "1 of 1", _CONTROLS[0], applicability(_FIRST, next_review="2026-03-03")),
    case("fails", "was due for review", _CONTROLS[0], applicability(_FIRST, next_review="2026-03-02")),
    # controls of our own count as well
    case("passes", "2 of 2", _CONTROLS[0], applicability(_FIRST), _OWN),
    case("fails", "APP-OWN has no approved row", _CONTROLS[0], applicability(_FIRST), draft(_OWN)),
    *_against("A.9.4", "SYS-0001 is in operation", system()),
    *_against("A.5.4", "SYS-0001 touches people", system()),
    *_against("A.8.5", "we provide SYS-0001, which is high-risk", system(**_HIGH)),
    *_against("A.4.5", "CMP-1 is on record", component(type="computing")),
    *_against("A.7.4", "DST-1 is on record", dataset()),
    *_against("A.10.3", "SUP-1 is on record", supplier()),
    *_against("A.10.2", "SYS-0001 is supplied", system(sourcing="bought")),
    case("passes", "1 of 1", *_out("A.10.2"), system()),
    case("passes", "1 of 1", *_out("A.5.4"), system(effect="none")),
    case("passes", "1 of 1", *_out("A.8.5"), system()),
    case("passes", "1 of 1", *_out("A.8.5"), system(**{**_HIGH, "eu_role": "deployer"})),
    case("passes", "1 of 1", *_out("A.4.5"), component()),
    # a draft that calls it something else takes nothing off the record
    case(
        "fails", "CMP-1 is on record", *_out("A.4.5"), in_force(component(type="computing")),
        draft(component(type="tool")),
    ),
    case("passes", "1 of 1", *_out("A.7.4"), draft(dataset(), state="retired")),
)  # fmt: skip
_YESTERDAY = "2026-03-02"
_NEWER = {"approved_at": "2026-03-01T00:00:00Z"}
CRITERIA_APPROVED = (
    case("fails", "The risk criteria are not set and approved", population=1),
    case("passes", "1 of 1 set of risk criteria is approved and in date.", criteria()),
    case("fails", "are not set and approved", draft(criteria())),
    case(
        "fails", "CRI-1 was due for review on 2 Mar 2026", criteria(next_review=_YESTERDAY), named=("CRI-1",)
    ),
    case("passes", "1 of 1", criteria(next_review="2026-03-03")),
    case("fails", "CRI-1 lacks what they rest on", criteria(basis="")),
    case("fails", "says next to nothing of what they rest on", criteria(basis="As usual.")),
    case("fails", "CRI-2 was due", criteria(), criteria("CRI-2", next_review=_YESTERDAY, **_NEWER)),
)
DEVIATIONS_IN_DATE = (
    case("passes", "1 of 1", deviation()),
    case("passes", "1 of 1", deviation(expires_on=None)),
    case("fails", "DEV-1 ended on 2 Mar 2026 and is not retired", deviation(expires_on=_YESTERDAY)),
    case("fails", "has nothing that compensates for it", deviation(compensation=""), named=("DEV-1",)),
    case("nothing", "There are none: approved deviations from own rules.", population=0),
)
OBJECTIVES_MEASURABLE = (
    case("fails", "AI objectives are not set and approved", population=1),
    case("passes", "1 of 1", objective()),
    case("fails", "OBJ-1 has neither target nor indicator", objective(target=None), named=("OBJ-1",)),
    case("passes", "1 of 1", objective(target=None), indicator(objective="OBJ-1")),
    case("fails", "neither", objective(target=None), indicator(objective="OBJ-2")),
    case("fails", "has no owner", objective(owner=None)),
    case("fails", "was due on 2 Mar 2026", objective(due=_YESTERDAY)),
    case("passes", "1 of 1", objective(due="2026-03-03")),
    case("passes", "1 of 1", objective(due=None)),
    case("nothing", "There are none: AI objectives that still run.", objective(outcome="reached")),
)
