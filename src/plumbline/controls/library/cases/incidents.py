"""Cases of the checks on incidents and concerns. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Case, case
from plumbline.controls.library.cases.support_samples import concern, incident

_UNTOLD: dict[str, Any] = {"told_on": None, "tell": ""}
_WHY = "No user ever saw the letter, which was stopped before it left."
_NOT_TOLD: dict[str, Any] = {"told_on": None, "tell": "no", "told": _WHY, "state": "corrected"}
INCIDENTS_TOLD = (
    case("nothing", "There are none", incident(severity="limited"), incident("INC-2", state="dismissed")),
    case("passes", "1 of 1 grave incidents were told in time", incident()),
    case("passes", "1 of 1", incident(told_on="2026-02-13")),
    case("fails", "was told 4 days after it was noticed", incident(told_on="2026-02-14")),
    case("passes", "1 of 1", incident(**_UNTOLD, noticed_on="2026-02-28")),
    case(
        "fails", "INC-1 was noticed on 27 Feb", incident(**_UNTOLD, noticed_on="2026-02-27"), named=("INC-1",)
    ),
    case("passes", "1 of 1", incident(told_on=None, tell="no", told=_WHY)),
    case("fails", "next to nothing of why nobody is told", incident(told_on=None, tell="no", told="n/a")),
    # 90 days for a second person: noticed on 3 December, 3 March is the last of them
    case("passes", "1 of 1", incident(**_NOT_TOLD, noticed_on="2025-12-03")),
    case("fails", "is what one person says", incident(**_NOT_TOLD, noticed_on="2025-12-02")),
    case(
        "fails",
        "was to be looked at by 2 Mar 2026",
        incident(noticed_on="2025-12-02", told_on="2025-12-03", state="open"),
    ),
    case("fails", "nobody has told users", incident(**_UNTOLD, severity="")),
    case("fails", "was noticed on 27 Feb", incident(**_UNTOLD, noticed_on=None, created="2026-02-27")),
    case("passes", "1 of 1", incident(**_UNTOLD, noticed_on=None, created=None)),
    case("passes", "1 of 1", incident(severity="critical")),
)
_OPEN: dict[str, Any] = {"state": "open", "cause": "", "lessons": ""}
INCIDENTS_LEARNED = (
    case("nothing", "There are none", incident(state="dismissed")),
    case("passes", "1 of 1 incidents are explained", incident(created="2026-01-01")),
    case("passes", "1 of 1", incident(**_OPEN, created="2026-02-01")),
    case("fails", "has no cause or no lesson after 31 days", incident(**_OPEN, created="2026-01-31")),
    case("fails", "no lesson", incident(created="2026-01-01", lessons="")),
    case("fails", "no lesson", incident(created="2026-01-01", cause="")),
    case("passes", "1 of 1", incident(created=None, cause="")),
    case("fails", "taken on as no nonconformity", incident(nonconformities=[])),
    case("passes", "1 of 1", incident(nonconformities=[], severity="limited")),
    case("passes", "1 of 1", incident(nonconformities=[], state="corrected")),
)


def _old(channel: str) -> dict[str, Any]:
    return {"channel": channel, "received_on": "2025-12-01"}


def answered(*channels: str) -> tuple[Case, ...]:
    """The cases of a check that concerns of these channels are answered."""
    one, other = channels[0], "outside" if channels[0] == "inside" else "inside"
    late: dict[str, Any] = {"channel": one, "state": "received", "answered_on": None}
    return (
        case("nothing", "There are none", concern(channel=other, state="received", answered_on=None)),
        *(case("passes", "1 of 1 are answered", concern(channel=channel)) for channel in channels),
        case("passes", "1 of 1", concern(channel=one, state="closed")),
        # 90 days for somebody else to close it: answered on 3 December, 3 March is the last of them
        case("passes", "1 of 1", concern(**_old(one), answered_on="2025-12-03")),
        case("fails", "is what one person says", concern(**_old(one), answered_on="2025-12-02")),
        case("passes", "1 of 1", concern(**_old(one), answered_on="2025-12-02", state="closed")),
        case("passes", "1 of 1", concern(channel=one, answered_on="2026-02-09")),
        case("fails", "was answered only after 31 days", concern(channel=one, answered_on="2026-02-10")),
        case("passes", "1 of 1", concern(**{**late, "received_on": "2026-02-01"})),
        case("fails", "CCN-1 came in on 31 Jan", concern(**{**late, "received_on": "2026-01-31"})),
        # a day that somebody wrote down is no answer until the step is taken
        case("fails", "is not answered", concern(channel=one, state="looked into")),
    )
