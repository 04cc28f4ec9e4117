"""Cases of the checks on internal audits. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.audit_samples import audit, finding, programme, subclause
from plumbline.controls.library.cases.samples import applicability, control, draft, in_force, person

_TWO = (subclause("6.1.2"), control("A.2.2"))
_HERE = person("per_1")

AUDITS_PLANNED = (
    case("fails", "is not approved, or is of another time", *_TWO, _HERE),
    case("fails", "is not approved, or is of another time", *_TWO, _HERE, draft(programme())),
    case("passes", "2 of 2", *_TWO, _HERE, programme(), audit()),
    # planned is enough while its day has not come: a plan is what 9.2.2 asks for
    case("passes", "2 of 2", *_TWO, _HERE, programme(), draft(audit(due="2026-12-31"), state="planned")),
    case(
        "fails", "no audit of it is planned",
        *(*_TWO, _HERE, programme(), draft(audit(due="2027-01-01"), state="planned")),
    ),
    case("fails", "no audit of it is planned", *_TWO, _HERE, programme(), audit(criteria=["iso42001:6.1.2"])),
    case("fails", "no audit of it is planned", *_TWO, _HERE, programme(),
         draft(audit(), state="called off")),
    case("fails", "no audit of it is planned", *_TWO, _HERE, programme(), audit(programme="APR-2")),
    case("fails", "is in no approved audit programme", *_TWO, _HERE,
         programme(requirements=["iso42001:6.1.2"]), audit()),
    # its last day still counts, and its first
    case("passes", "2 of 2", *_TWO, _HERE, programme(period_until="2026-03-03"), audit()),
    case("fails", "of another time", *_TWO, _HERE, programme(period_until="2026-03-02"), audit()),
    case("passes", "2 of 2", *_TWO, _HERE, programme(period_from="2026-03-03"),
         draft(audit(due="2026-12-31"), state="planned")),
    case("fails", "of another time", *_TWO, _HERE, programme(period_from="2026-03-04"), audit()),
    case("fails", "says next to nothing of why so", *_TWO, _HERE, programme(importance="-"), audit()),
    case("fails", "has no owner who is here", *_TWO, person("per_1", active=False), programme(), audit()),
    # a control that is left out with an approved reason is not audited
    case(
        "passes", "1 of 1",
        *(*_TWO, _HERE, programme(requirements=["iso42001:6.1.2"]), audit(criteria=["iso42001:6.1.2"])),
        applicability("iso42001:A.2.2", applicable="no"), excluded=1,
    ),
    # a draft that says so leaves nothing out
    case(
        "fails", "is in no approved audit programme",
        *(*_TWO, _HERE, programme(requirements=["iso42001:6.1.2"]), audit()),
        draft(applicability("iso42001:A.2.2", applicable="no")),
    ),
)  # fmt: skip

AUDITS_HELD = (
    case("nothing", "There are none: internal audits", population=0),
    case("nothing", "There are none", draft(audit(due="2026-03-03"), state="planned"), population=0),
    case("fails", "was to be reported by 2 Mar 2026", draft(audit(due="2026-03-02"), state="planned")),
    case("fails", "was to be reported by 2 Mar 2026", draft(audit(due="2026-03-02"), state="under way")),
    case("nothing", "There are none", draft(audit(), state="called off"), population=0),
    case("passes", "1 of 1", audit()),
    case("passes", "1 of 1", audit(state="closed")),
    case("fails", "waits for its manager", draft(audit(), state="reported")),
    # an audit of 400 days ago is shown, one of 401 no longer
    case("passes", "1 of 1", audit(ended_on="2025-01-27")),
    case("nothing", "There are none", audit(ended_on="2025-01-26"), population=0),
    case("fails", "1 of 2", audit(), draft(audit("IAU-2", due="2026-03-02"), state="under way")),
    case("passes", "1 of 1", draft(audit(), state="closed"), in_force(audit(state="closed"))),
)

FINDINGS_ANSWERED = (
    case("nothing", "There are none: findings of reported audits", population=0),
    case("passes", "1 of 1", audit(), finding()),
    # thirty days after the closing meeting: of 1 February, 3 March is the last of them
    case("passes", "1 of 1", audit(ended_on="2026-02-01"), finding(state="recorded", answered_on=None)),
    case(
        "fails", "is not answered", audit(ended_on="2026-01-31"), finding(state="recorded", answered_on=None)
    ),
    case("fails", "says next to nothing in its answer", audit(), finding(answer="ok")),
    # half a year for the team to look again
    case("passes", "1 of 1", audit(), finding(answered_on="2025-09-04")),
    case("fails", "is what one person says", audit(), finding(answered_on="2025-09-03")),
    case("fails", "did not work", audit(), finding(state="did not work")),
    case("passes", "1 of 1", audit(), finding(state="worked", answered_on="2025-01-01")),
    case("nothing", "There are none", audit(), finding(grade="conformity"), population=0),
    case("nothing", "There are none", audit(), draft(finding()), population=0),
    case("nothing", "There are none", draft(audit(), state="under way"), finding(), population=0),
)
