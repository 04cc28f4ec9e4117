"""Cases of the check on changes of the AIMS. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.planning_samples import change
from plumbline.controls.library.cases.samples import draft, in_force, person

_HERE = person("per_1")
_DONE = {"done_on": "2026-02-20", "due": "2026-02-28"}

CHANGES_PLANNED = (
    case("nothing", "There are none: changes of the AIMS", _HERE, population=0),
    case("passes", "1 of 1", change(), _HERE),
    # a draft is a member from the day on which it was to begin: 3 March itself is still in time
    case("nothing", "There are none: changes", draft(change(begins_on="2026-03-03")), _HERE, population=0),
    case(
        "fails",
        "was to begin on 2 Mar 2026 and is not approved",
        *(draft(change(begins_on="2026-03-02")), _HERE),
    ),
    case("nothing", "There are none", draft(change(begins_on=None)), _HERE, population=0),
    case(
        "nothing", "There are none",
        *(draft(change(begins_on="2026-03-02"), state="abandoned"), _HERE), population=0,
    ),
    case("fails", "lacks consequences", change(consequences=""), _HERE),
    case("fails", "says next to nothing of integrity of the AIMS", change(integrity="-"), _HERE),
    case("fails", "lacks who gets what", change(responsibilities=""), _HERE),
    case("fails", "has no owner who is here", change(), person("per_1", active=False)),
    case("fails", "has no owner who is here", change(owner=None), _HERE),
    case("passes", "1 of 1", change(state="under way", due="2026-03-03"), _HERE),
    case("fails", "was due on 2 Mar 2026 and is not", change(state="under way", due="2026-03-02"), _HERE),
    case("fails", "was due on 2 Mar 2026 and is not", change(due="2026-03-02"), _HERE),
    case("fails", "is not carried out", change(due=None), _HERE),
    # 90 days for somebody else to look: due on 3 December, 3 March is the last of them
    case("passes", "1 of 1", change(state="carried out", due="2025-12-03"), _HERE),
    case("fails", "is what one person says", change(state="carried out", due="2025-12-02"), _HERE),
    case("passes", "1 of 1", change(state="reviewed", **_DONE)),
    # a review of 400 days ago is shown, one of 401 no longer
    case("passes", "1 of 1", change(state="reviewed", **{**_DONE, "done_on": "2025-01-27"})),
    case(
        "nothing", "There are none", change(state="reviewed", **{**_DONE, "done_on": "2025-01-26"}),
        population=0,
    ),
    # a newer draft beside what is in force changes nothing of it
    case(
        "fails", "was due on 2 Mar 2026",
        *(draft(change(due="2026-12-31")), in_force(change(due="2026-03-02")), _HERE),
    ),
    case("fails", "1 of 2", change(), change("CHG-2", due="2026-03-02"), _HERE),
)  # fmt: skip
