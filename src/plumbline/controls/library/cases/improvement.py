"""Cases of the checks on improvement. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import action, draft, nonconformity

_OLD = "2026-01-31"  # 31 days ago
_CORRECTED: dict[str, Any] = {"state": "corrected", "cause": "c", "no_action": "Gone."}
NONCONFORMITIES_IN_TIME = (
    case("nothing", "There are none: open nonconformities.", population=0),
    case("nothing", "There are none", nonconformity(state="closed"), nonconformity(state="dismissed")),
    case("passes", "1 of 1", nonconformity(state="suspected")),
    case("passes", "1 of 1", nonconformity(state="suspected", created="2026-02-17")),
    case("fails", "is suspected for 15 days", nonconformity(state="suspected", created="2026-02-16")),
    case("fails", "is suspected for 30 days", nonconformity(state="suspected", created="2026-02-01")),
    # to propose a dismissal is not to decide one, whatever is written about cause and action
    case("passes", "1 of 1", nonconformity(state="dismissal proposed", created="2026-02-17")),
    case(
        "fails",
        "is suspected for 15 days",
        nonconformity(state="dismissal proposed", created="2026-02-16", cause="c", no_action="Gone."),
    ),
    case("fails", "NCR-1 was due on 2 Mar 2026", nonconformity(due="2026-03-02"), named=("NCR-1",)),
    case("passes", "1 of 1", nonconformity(due="2026-03-03")),
    case("fails", "was due on 2 Mar 2026", nonconformity(due="2026-03-02", state="contained")),
    case("passes", "1 of 1", nonconformity(due="2026-03-02", state="corrected")),
    case("fails", "has no cause after 31 days", nonconformity(created=_OLD), action()),
    case("passes", "1 of 1", nonconformity(created="2026-02-01"), action()),
    case("passes", "1 of 1", nonconformity(created=_OLD, cause="c"), action()),
    case("fails", "has no corrective action after 31 days", nonconformity(created=_OLD, cause="c")),
    case("passes", "1 of 1", nonconformity(created=_OLD, cause="c", no_action="Gone.")),
    case("passes", "1 of 1", nonconformity(created="2026-02-01", cause="c")),
    case("fails", "no corrective action", nonconformity(created=_OLD, cause="c"), draft(action())),
    case("fails", "no corrective action", nonconformity("NCR-2", created=_OLD, cause="c"), action()),
    # an action that nobody carries out keeps no nonconformity in time
    case(
        "fails",
        "waits for CAR-1, which was to be carried out by 2 Mar 2026",
        nonconformity(created=_OLD, cause="c"),
        action(state="approved", due="2026-03-02"),
    ),
    case(
        "passes",
        "1 of 1",
        nonconformity(created=_OLD, cause="c"),
        action(state="approved", due="2026-03-03"),
    ),
    case(
        "passes",
        "1 of 1",
        nonconformity(created=_OLD, cause="c"),
        action(state="carried out", due="2026-03-02"),
    ),
    case("passes", "1 of 1", nonconformity(), draft(action(state="approved", due="2026-03-02"))),
    # what was corrected is what one person says until another one has verified it: 2 December and 90 days
    case("passes", "1 of 1", nonconformity(**_CORRECTED, due="2025-12-03")),
    case(
        "fails",
        "is corrected and was to be verified by 2 Mar 2026",
        nonconformity(**_CORRECTED, due="2025-12-02"),
    ),
    case("fails", "to be verified by 2 Mar 2026", nonconformity(**_CORRECTED, created="2025-11-02")),
    case("passes", "1 of 1", nonconformity(**_CORRECTED, created="2025-11-03")),
    case("passes", "1 of 1", nonconformity(**{**_CORRECTED, "state": "verified"}, due="2025-06-01")),
    case(
        "passes",
        "1 of 1",
        nonconformity(**_CORRECTED, due="2025-06-01"),
        action(state="carried out", due="2025-12-03"),
    ),
    case(
        "fails",
        "is corrected and was to be verified",
        nonconformity(**_CORRECTED, due="2025-06-01"),
        action(state="carried out", due="2025-12-02"),
    ),
    case(
        "fails",
        "is corrected and was to be verified",
        nonconformity(**_CORRECTED, due="2025-06-01"),
        draft(action(state="draft", due="2026-12-02")),
    ),
    # recorded today, of long ago: the days count from the record
    case("passes", "1 of 1", nonconformity(detected_on="2024-01-01")),
    # recorded before it is said to have been seen: it has lain since then all the same
    case("fails", "has no cause after 31 days", nonconformity(created=_OLD, detected_on="2026-03-01")),
)
_TEXTS: dict[str, Any] = {
    "state": "closed",
    "cause": "A new form sends another unit.",
    "correction": "Amounts are converted at intake.",
}
_CLOSED = nonconformity(**_TEXTS)
_NO_ACTION = {**_TEXTS, "no_action": "The old form is gone for good."}
ACTIONS_EFFECTIVE = (
    case("nothing", "There are none: closed nonconformities.", population=0),
    case("nothing", "There are none", nonconformity(), action(state="carried out")),
    case("passes", "1 of 1 closed nonconformities have a verified action.", _CLOSED, action()),
    case("fails", "was closed while CAR-1 is carried out", _CLOSED, action(state="carried out")),
    case("fails", "was closed while CAR-2", _CLOSED, action(), action("CAR-2", state="approved")),
    case("fails", "lacks why no action is needed", _CLOSED, named=("NCR-1",)),
    case("fails", "lacks why no action is needed", _CLOSED, draft(action())),
    case("fails", "lacks why no action is needed", _CLOSED, action(nonconformity="NCR-2")),
    case("passes", "1 of 1", nonconformity(**_NO_ACTION)),
    case("fails", "was closed without an action", nonconformity(**_NO_ACTION, grade="major")),
    case("fails", "was closed without an action", nonconformity(**_NO_ACTION, grade="not graded")),
    case("passes", "1 of 1", nonconformity(**_TEXTS, grade="major"), action()),
    case("fails", "says next to nothing of its cause", nonconformity(**{**_TEXTS, "cause": "x"}), action()),
)
