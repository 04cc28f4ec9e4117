"""Cases of the checks on issues, opportunities and improvement. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.context_samples import issue
from plumbline.controls.library.cases.monitoring_samples import improvement
from plumbline.controls.library.cases.planning_samples import act, opportunity
from plumbline.controls.library.cases.samples import accepted, action, draft, objective, person, review

_HERE = person("per_1")
_ISSUE = issue(risks=["RSK-1"])
_ALONE = issue(risks=[])

ISSUES_ADDRESSED = (
    case("nothing", "There are none: issues", opportunity(), population=0),
    case("passes", "1 of 1", _ISSUE, accepted()),
    case("passes", "1 of 1", _ISSUE, act()),
    case("fails", "leads to no risk in an approved assessment", _ISSUE),
    case("fails", "leads to no risk in an approved assessment", _ISSUE, draft(act())),
    case("fails", "leads to no risk in an approved assessment", _ISSUE, accepted("RSK-2")),
    case("fails", "leads to no risk and to no opportunity", _ALONE, act()),
    case("passes", "1 of 1", _ALONE, opportunity()),
    case("fails", "leads to no risk and to no opportunity", _ALONE, draft(opportunity())),
    case("fails", "leads to no risk and to no opportunity", _ALONE, opportunity(issues=["ISS-2"])),
    case("fails", "1 of 2", _ISSUE, act(), issue("ISS-2", risks=[])),
)
OPPORTUNITIES_PURSUED = (
    case("nothing", "There are none: opportunities", _HERE, population=0),
    case("passes", "1 of 1", opportunity(), _HERE),
    case("fails", "has no owner who is here", opportunity()),
    case("fails", "lacks what it would bring", opportunity(benefit=""), _HERE),
    case("fails", "says next to nothing of why", opportunity(reason="-"), _HERE),
    case("passes", "1 of 1", opportunity(due="2026-03-03"), _HERE),
    case("fails", "was due on 2 Mar 2026", opportunity(due="2026-03-02"), _HERE),
    case("fails", "was due on 2 Mar 2026", opportunity(due="2026-03-02", state="under way"), _HERE),
    # one that is left is looked at again
    case("fails", "was due on 2 Mar 2026", opportunity(decision="leave", due="2026-03-02"), _HERE),
    # 90 days for somebody else to look: due on 3 December, 3 March is the last of them
    case("passes", "1 of 1", opportunity(due="2025-12-03", state="carried out"), _HERE),
    case("fails", "is what one person says", opportunity(due="2025-12-02", state="carried out"), _HERE),
    case("passes", "1 of 1", opportunity(due="2025-12-02", state="reviewed", evaluated_on="2025-12-01")),
    # an evaluation of 400 days ago is shown, one of 401 no longer
    case("passes", "1 of 1", opportunity(state="reviewed", evaluated_on="2025-01-27")),
    case("nothing", "none", opportunity(state="reviewed", evaluated_on="2025-01-26"), population=0),
    case("fails", "1 of 2", opportunity(), opportunity("OPP-2", due="2026-03-02"), _HERE),
)
_REACHED = objective(outcome="reached", judged_on="2026-01-20")
_BETTER = opportunity(state="reviewed", effect="better", evaluated_on="2026-02-01")
_RECENT = "2026-02-10T00:00:00Z"
_VERIFIED = action(recorded=_RECENT)
IMPROVEMENT_SHOWN = (
    case("fails", "0 of 3 sources of improvement", denominator=3),
    case("passes", "3 of 3", _REACHED, review(), _BETTER),
    case("passes", "4 of 4", _REACHED, review(), _BETTER, _VERIFIED),
    case("passes", "4 of 4", _REACHED, review(), _BETTER, improvement(state="reviewed", recorded=_RECENT)),
    case("fails", "result was reviewed are not there", _REACHED, review(), _BETTER, improvement()),
    # what there was to correct has to be corrected
    case("fails", "Corrective actions that were verified", _REACHED, review(), _BETTER, draft(_VERIFIED)),
    case(
        "fails", "from 26 Jan 2025 at the latest",
        *(_REACHED, review(), _BETTER, action(recorded="2025-01-26T00:00:00Z")),
    ),
    case("fails", "Objectives that were reached are not there", review(), _BETTER),
    case("fails", "Objectives", objective(outcome="missed", judged_on="2026-01-20"), review(), _BETTER),
    case("fails", "Objectives", draft(_REACHED), review(), _BETTER),
    # 400 days before 3 March 2026
    case("passes", "3 of 3", objective(outcome="partly reached", judged_on="2025-01-27"), review(), _BETTER),
    case(
        "fails", "reached are from 26 Jan 2025",
        *(objective(outcome="reached", judged_on="2025-01-26"), review(), _BETTER),
    ),
    case("fails", "Decisions of a management review are not there", _REACHED, _BETTER),
    case("fails", "Decisions of a management review", _REACHED, review(decisions="-"), _BETTER),
    case("fails", "Decisions of a management review", _REACHED, draft(review()), _BETTER),
    case("fails", "Opportunities that made something better are not", _REACHED, review()),
    case(
        "fails", "Opportunities that made something better are not",
        *(_REACHED, review(), opportunity(state="carried out", effect="better", evaluated_on="2026-02-01")),
    ),
    case(
        "fails", "Opportunities that made something better are not",
        *(_REACHED, review(), opportunity(state="reviewed", effect="worse", evaluated_on="2026-02-01")),
    ),
)  # fmt: skip
