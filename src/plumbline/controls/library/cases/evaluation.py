"""Cases of the checks on evaluation. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import indicator, review

INDICATORS_CURRENT = (
    case("fails", "IND-1 was never measured", indicator(measured_on=None), named=("IND-1",)),
    # 45 days; one and a half months of 31 days are 46.5
    case("passes", "1 of 1", indicator(measured_on="2026-01-17")),
    case("fails", "last measured on 15 Jan 2026; planned: monthly", indicator(measured_on="2026-01-15")),
    case("passes", "1 of 1", indicator(measured_on="2026-01-15", cadence="quarterly")),
    # one and a half times 366 days are 549, and so many have passed since 31 August 2024
    case("passes", "1 of 1", indicator(measured_on="2024-08-31", cadence="yearly")),
    case("unknown", "There are no indicators", indicator(measured_on=None, cadence="on event"), excluded=1),
    case(
        "unknown", "There are no indicators", indicator(measured_on=None, metric="override-rate"), excluded=1
    ),
    case("unknown", "There are no indicators", indicator(measured_on=None, state="draft"), excluded=0),
)
_NONE: dict[str, Any] = {"inputs": {}}
REVIEW_INPUTS = (
    case("unknown", "No management review is approved."),
    case("unknown", "No management review is approved.", review(state="draft", **_NONE)),
    case("unknown", "No management review is approved.", review(held_on=None, **_NONE)),
    case("fails", "MRV-1 of 20 Jan 2026 has no gathered inputs", review(**_NONE), named=("MRV-1",)),
    case("passes", "The inputs of MRV-1 of 20 Jan 2026 are frozen.", review(), population=1),
    case("fails", "MRV-2", review("MRV-2", held_on="2026-02-20", **_NONE), review(), population=2),
)
MANAGEMENT_REVIEW = (
    case("fails", "No management review is approved (0 recorded).", population=0),
    case("fails", "No management review is approved (1 recorded).", review(state="draft"), population=1),
    case("fails", "No management review is approved (1 recorded).", review(held_on=None), population=1),
    case("passes", "Top management met on 20 Jan 2026 and took decisions (MRV-1).", review(), value=42),
    case("passes", "MRV-1", review(held_on="2025-03-03"), value=365),
    case("fails", "MRV-1, was 366 days ago", review(held_on="2025-03-02"), value=366, named=("MRV-1",)),
    case("passes", "MRV-1", review(held_on="2025-03-02"), limits={"management-review": 366}),
    case("fails", "lacks decisions.", review(decisions="")),
    case("fails", "lacks top management present.", review(top_management="")),
    case("fails", "lacks top management present and decisions.", review(top_management="", decisions="")),
    case("fails", "MRV-2", review("MRV-2", held_on="2026-02-20", decisions=""), review(), population=2),
)
