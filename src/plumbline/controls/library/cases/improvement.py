"""Cases of the checks on improvement. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import action, nonconformity

_OLD = "2026-01-31"  # 31 days ago
NONCONFORMITIES_IN_TIME = (
    case("passes", "No nonconformity is open.", population=0),
    case(
        "passes", "No nonconformity is open.", nonconformity(state="closed"), nonconformity(state="dismissed")
    ),
    case("passes", "1 of 1", nonconformity(state="suspected")),
    case("passes", "1 of 1", nonconformity(state="suspected", created="2026-02-17")),
    case("fails", "is suspected for 15 days", nonconformity(state="suspected", created="2026-02-16")),
    case("fails", "is suspected for 30 days", nonconformity(state="suspected", created="2026-02-01")),
    case("fails", "NCR-1 was due on 2 Mar 2026", nonconformity(due="2026-03-02"), named=("NCR-1",)),
    case("passes", "1 of 1", nonconformity(due="2026-03-03")),
    case("fails", "was due on 2 Mar 2026", nonconformity(due="2026-03-02", state="contained")),
    case("passes", "1 of 1", nonconformity(due="2026-03-02", state="corrected")),
    case("fails", "has no cause after 31 days", nonconformity(created=_OLD), action()),
    case("passes", "1 of 1", nonconformity(created="2026-02-01"), action()),
    case("passes", "1 of 1", nonconformity(created=_OLD, cause="c"), action()),
    case("fails", "has no corrective action after 31 days", nonconformity(created=_OLD, cause="c")),
    case("passes", "1 of 1", nonconformity(created="2026-02-01", cause="c")),
    case("fails", "no corrective action", nonconformity(created=_OLD, cause="c"), action(state="abandoned")),
    case("fails", "no corrective action", nonconformity("NCR-2", created=_OLD, cause="c"), action()),
    # recorded today, of long ago: the days count from the record
    case("passes", "1 of 1", nonconformity(detected_on="2024-01-01")),
    case("passes", "1 of 1", nonconformity(created=_OLD, detected_on="2026-03-01")),
)
_CLOSED = nonconformity(state="closed")
ACTIONS_EFFECTIVE = (
    case("passes", "No closed nonconformity has a corrective action.", _CLOSED, population=0),
    case("passes", "No closed nonconformity", nonconformity(), action(state="carried out")),
    case("passes", "No closed nonconformity", _CLOSED, action(state="abandoned")),
    case("passes", "1 of 1 actions behind closed nonconformities are verified.", _CLOSED, action()),
    case("fails", "CAR-1 is carried out", _CLOSED, action(state="carried out"), named=("CAR-1",)),
)
