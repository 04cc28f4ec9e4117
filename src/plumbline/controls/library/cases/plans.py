"""Cases of the checks on risk assessments as acts and on treatment plans. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.planning_samples import act, plan
from plumbline.controls.library.cases.samples import (
    accepted,
    draft,
    longest,
    residual,
    risk,
    sighting,
    system,
    treatment,
)
from plumbline.controls.library.cases.support_samples import incident

_SYSTEM = system(released_on="2026-01-10")
_FINDINGS = {"findings": "-"}

ASSESSMENTS_HELD = (
    case("nothing", "There are none: live AI systems", act(), population=0),
    case("fails", "stands in no approved risk assessment", _SYSTEM),
    case("passes", "1 of 1", _SYSTEM, act()),
    case("fails", "stands in no approved risk assessment", _SYSTEM, draft(act())),
    case("fails", "stands in no approved risk assessment", _SYSTEM, act(system="SYS-0002")),
    case("fails", "chat stands in no approved risk assessment", sighting("chat"), act(system="")),
    case("fails", "lacks who took part", _SYSTEM, act(participants="")),
    case("fails", "says next to nothing of what was found", _SYSTEM, act(**_FINDINGS)),
    # 400 days ago was 27 January of last year
    case("passes", "1 of 1", system(released_on=None), act(assessed_on="2025-01-27")),
    case(
        "fails", "was last assessed on 26 Jan 2025", system(released_on=None), act(assessed_on="2025-01-26")
    ),
    case("fails", "was due for review on 2 Mar", _SYSTEM, act(next_review="2026-03-02")),
    case("passes", "1 of 1", _SYSTEM, act(next_review="2026-03-03")),
    case("fails", "later than in 3 months", _SYSTEM, act(), longest("risk-assessment.next_review", 3)),
    # a release is to be assessed within 30 days: of 1 February, 3 March is the last of them
    case("passes", "1 of 1", system(released_on="2026-02-01"), act()),
    case("fails", "was not assessed after its release of 31 Jan", system(released_on="2026-01-31"), act()),
    case("passes", "1 of 1", system(released_on="2026-01-20"), act()),
    case("passes", "1 of 1", system(released_on="2026-01-31"), act(), act("RAS-2", assessed_on="2026-02-20")),
    case("passes", "1 of 1", _SYSTEM, act(), incident(noticed_on="2026-02-01")),
    case("fails", "was not assessed after INC-1", _SYSTEM, act(), incident(noticed_on="2026-01-31")),
    case("passes", "1 of 1", _SYSTEM, act(), incident(noticed_on="2026-01-31", severity="limited")),
    case("passes", "1 of 1", _SYSTEM, act(), incident(noticed_on="2026-01-31", system="SYS-0002")),
    case("passes", "1 of 1", _SYSTEM, act(), incident(noticed_on=None)),
    case("passes", "1 of 1", _SYSTEM, act(), incident(noticed_on="2026-01-19")),
    case("passes", "1 of 1", _SYSTEM, act(), incident(noticed_on="2026-01-20")),
)
_TREATED = treatment(approved_revision=2)
PLANS_APPROVED = (
    case("nothing", "There are none: open risks that are to be treated", plan(), population=0),
    case("nothing", "There are none", risk(response="retain"), population=0),
    case("nothing", "There are none", risk(state="closed"), population=0),
    case("fails", "RSK-1 stands in no approved treatment plan", risk(), _TREATED),
    case("fails", "stands in no approved treatment plan", risk(), _TREATED, draft(plan())),
    case("fails", "stands in no approved treatment plan", risk(), _TREATED, plan(risk="RSK-2")),
    case("passes", "1 of 1", risk(), _TREATED, plan()),
    # what one person writes beside an acceptance takes no risk out
    case("fails", "stands in no", risk(response="retain"), accepted(response="reduce"), _TREATED),
    case("fails", "lacks what is left", risk(), _TREATED, plan(residual="")),
    case("fails", "was due for review on 2 Mar 2026", risk(), _TREATED, plan(next_review="2026-03-02")),
    case(
        "fails", "later than in 3 months", risk(), _TREATED, plan(), longest("treatment-plan.next_review", 3)
    ),
    case("fails", "out of date: TRT-1 was approved after", risk(), treatment(approved_revision=3), plan()),
    case("fails", "out of date: TRT-1 is no longer in force", risk(), plan()),
    case(
        "fails",
        "out of date: TRT-2 was approved after",
        *(risk(), _TREATED, treatment("TRT-2", approved_revision=2), plan()),
    ),
    case(
        "passes", "1 of 1", risk(), _TREATED, treatment("TRT-2", risks=["RSK-9"], approved_revision=2), plan()
    ),
    case("passes", "1 of 1", risk(), _TREATED, plan(), residual(planned=2)),
    case("fails", "another level is left", risk(), _TREATED, plan(), residual(planned=3)),
    # one plan that counts is enough
    case("passes", "1 of 1", risk(), _TREATED, plan(), plan("TPL-2", residual="")),
)
