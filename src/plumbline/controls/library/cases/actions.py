"""Cases of the check on actions that make the AIMS better. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.monitoring_samples import improvement
from plumbline.controls.library.cases.samples import draft, person

_HERE = person("per_1")
ACTIONS_CARRIED_OUT = (
    case("nothing", "There are none: actions", _HERE, population=0),
    case("passes", "1 of 1 actions are carried out or in time.", improvement(), _HERE),
    case("fails", "has no owner who is here", improvement()),
    case("fails", "has no owner who is here", improvement(), person("per_1", active=False)),
    case("fails", "says next to nothing of what is expected", improvement(expected="-"), _HERE),
    case("passes", "1 of 1", improvement(due="2026-03-03"), _HERE),
    case("fails", "was due on 2 Mar 2026", improvement(due="2026-03-02"), _HERE),
    # a draft binds nobody until its day, and is missed from then on
    case("nothing", "none", draft(improvement()), _HERE, population=0),
    case("nothing", "none", draft(improvement(due="2026-03-03")), _HERE, population=0),
    case("fails", "is not approved", draft(improvement(due="2026-03-02")), _HERE, population=1),
    # 90 days for somebody else to look: due on 3 December, 3 March is the last of them
    case("passes", "1 of 1", improvement(due="2025-12-03", state="carried out"), _HERE),
    case("fails", "is what one person says", improvement(due="2025-12-02", state="carried out"), _HERE),
    case("passes", "1 of 1", improvement(due="2025-12-02", state="reviewed")),
    # one that was due 400 days ago is shown, one of 401 no longer unless nobody has reviewed it
    case("passes", "1 of 1", improvement(due="2025-01-27", state="reviewed")),
    case("nothing", "none", improvement(due="2025-01-26", state="reviewed"), population=0),
    case("fails", "is what one person says", improvement(due="2025-01-26", state="carried out"), _HERE),
    case("fails", "1 of 2", improvement(), improvement("ACT-2", due="2026-03-02"), _HERE),
)
