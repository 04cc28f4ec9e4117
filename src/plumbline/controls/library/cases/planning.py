"""Cases of the checks on planning. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    applicability,
    control,
    deviation,
    indicator,
    objective,
    risk,
    treatment,
)

_CONTROLS = (control("A.2.2"), control("A.2.3"))
_FIRST, _SECOND = "iso42001:A.2.2", "iso42001:A.2.3"
_UNREASONED = {"justification": ""}
SOA_COMPLETE = (
    case("fails", "No control has a row.", *_CONTROLS, population=0, denominator=2),
    case("fails", "No control has a row.", *_CONTROLS, applicability("", requirement=None), population=0),
    case("passes", "2 of 2 controls", *_CONTROLS, applicability(_FIRST), applicability(_SECOND)),
    case(
        "fails", "A.2.2 is draft; A.2.3 has no row.", *_CONTROLS, applicability(_FIRST, state="draft"),
        named=(_FIRST, _SECOND), numerator=0,
    ),
    case(
        "fails", "A.2.3 has no justification", *_CONTROLS, applicability(_FIRST),
        applicability(_SECOND, **_UNREASONED), numerator=1,
    ),
    case(
        "passes", "2 of 2", *_CONTROLS, applicability(_FIRST),
        applicability(_SECOND, **_UNREASONED, exclusion_reason="none built"),
    ),
)  # fmt: skip
_TREATED = treatment()
RISKS_IN_HAND = (
    case("unknown", "There are no open risks", _TREATED),
    case("unknown", "There are no open risks", risk(state="closed"), _TREATED),
    case("fails", "RSK-1 is not assessed", risk(state="identified"), _TREATED, named=("RSK-1",)),
    case("fails", "is neither treated nor accepted", risk(state="assessed"), _TREATED),
    case("passes", "1 of 1 open risks", risk(), _TREATED),
    case("passes", "1 of 1 open risks", risk(), treatment(state="carried out")),
    case("fails", "has no approved treatment", risk(), treatment(state="draft")),
    case("fails", "RSK-2 has no approved treatment", risk("RSK-2"), _TREATED),
    case("passes", "1 of 1", risk("RSK-2", response="retain"), _TREATED),
    case("fails", "was accepted until 2 Mar 2026", risk(state="accepted", accepted_until="2026-03-02")),
    case("passes", "1 of 1", risk(state="accepted", accepted_until="2026-03-03")),
    case("passes", "1 of 1", risk(accepted_until="2026-03-02"), _TREATED),
    case("fails", "was due for review on 2 Mar 2026", risk(state="accepted", next_review="2026-03-02")),
    case("passes", "1 of 1", risk(next_review="2026-03-03"), _TREATED),
)
_YESTERDAY = "2026-03-02"
TREATMENTS_IN_TIME = (
    case("passes", "1 of 1", treatment()),
    case("fails", "TRT-1 was due on 2 Mar 2026 and is approved", treatment(due=_YESTERDAY), named=("TRT-1",)),
    case("fails", "and is draft", treatment(state="draft", due=_YESTERDAY)),
    case("passes", "1 of 1", treatment(state="carried out", due=_YESTERDAY)),
    case("passes", "1 of 1", treatment(state="verified", due=_YESTERDAY)),
    case("passes", "1 of 1", treatment(due=None)),
    case("unknown", "There are no treatments", treatment(state="abandoned", due=_YESTERDAY), excluded=1),
)
DEVIATIONS_IN_DATE = (
    case("passes", "1 of 1", deviation()),
    case("passes", "1 of 1", deviation(expires_on=None)),
    case("fails", "DEV-1 ended on 2 Mar 2026 and is not retired", deviation(expires_on=_YESTERDAY)),
    case("fails", "has nothing that compensates for it", deviation(compensation=""), named=("DEV-1",)),
    case("unknown", "There are no approved deviations", deviation(state="retired", expires_on=_YESTERDAY)),
)
OBJECTIVES_MEASURABLE = (
    case("passes", "1 of 1", objective()),
    case("fails", "OBJ-1 has neither target nor indicator", objective(target=None), named=("OBJ-1",)),
    case("passes", "1 of 1", objective(target=None), indicator(objective="OBJ-1")),
    case("fails", "neither", objective(target=None), indicator(objective="OBJ-1", state="retired")),
    case("fails", "has no owner", objective(owner=None)),
    case("fails", "was due on 2 Mar 2026", objective(due=_YESTERDAY)),
    case("passes", "1 of 1", objective(due="2026-03-03")),
    case("unknown", "There are no running objectives", objective(outcome="reached"), excluded=1),
    case("unknown", "There are no running objectives", objective(state="draft", target=None), excluded=0),
)
