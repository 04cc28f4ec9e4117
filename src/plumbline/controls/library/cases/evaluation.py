"""Cases of the checks on evaluation. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    draft,
    frozen,
    in_force,
    indicator,
    measured,
    review,
    system,
)

_RATE: dict[str, Any] = {"metric": "override-rate", "measured_on": None, "cadence": "weekly"}
_OURS = indicator(system="SYS-0001", **_RATE)
_ELSEWHERE = measured("override-rate", "chat", "2026-03-02")
INDICATORS_CURRENT = (
    case("fails", "IND-1 was never measured", indicator(measured_on=None), named=("IND-1",)),
    case("fails", "was never measured", indicator(measured_on="2026-03-04")),
    case("passes", "1 of 1", indicator(measured_on="2026-03-03")),
    # 45 days; one and a half months of 31 days are 46.5
    case("passes", "1 of 1", indicator(measured_on="2026-01-17")),
    case("fails", "last measured on 15 Jan 2026; planned: monthly", indicator(measured_on="2026-01-15")),
    case("passes", "1 of 1", indicator(measured_on="2026-01-15", cadence="quarterly")),
    # one and a half times 366 days are 549, and so many have passed since 31 August 2024
    case("passes", "1 of 1", indicator(measured_on="2024-08-31", cadence="yearly")),
    case("nothing", "There are none", indicator(measured_on=None, cadence="on event")),
    # what the product measures is read where it is measured
    case("fails", "IND-1 was never measured", _OURS, system(), measured("volume", "claims", "2026-03-02")),
    case("fails", "was never measured", _OURS, system(), _ELSEWHERE),
    case("passes", "1 of 1", _OURS, system(), measured("override-rate", "claims", "2026-02-21")),
    case("fails", "never measured", _OURS, in_force(system()), draft(system(slug="chat")), _ELSEWHERE),
    case("fails", "on 20 Feb 2026", _OURS, system(), measured("override-rate", "claims", "2026-02-20")),
    case("passes", "1 of 1", indicator(**_RATE), _ELSEWHERE),
)
REVIEW_INPUTS = (
    case("fails", "results of audits was put before nobody", population=8, numerator=0),
    case("fails", "was put before nobody", review(held_on=None)),
    case("passes", "8 of 8 inputs were put before the management review.", review(), population=8),
    case("fails", "Results of audits was not gathered for MRV-1", review(inputs=frozen(without="audits"))),
    case("fails", "Results of audits is not recorded here", review(inputs=frozen(unrecorded="audits"))),
    case("fails", "was not gathered for MRV-1", review(inputs={})),
    case("passes", "8 of 8", review(inputs=frozen(gathered="2026-01-20T23:00:00Z"))),
    case("fails", "was gathered after MRV-1", review(inputs=frozen(gathered="2026-01-21T08:00:00Z"))),
    case("fails", "was gathered after MRV-1", review(inputs=frozen(gathered=None))),
    case("fails", "is of another period than MRV-1", review(period_from="2025-02-01")),
    case("fails", "MRV-2", review("MRV-2", held_on="2026-02-20", inputs={}), review()),
)
_WORDLESS = review(decisions="None.", actions="Do something.")
MANAGEMENT_REVIEW = (
    case("fails", "The management review did not take place", population=1),
    case("fails", "did not take place", review(held_on=None)),
    case("passes", "1 of 1 management review took place in time, with decisions.", review()),
    case("passes", "1 of 1", review(held_on="2025-03-03")),
    case("fails", "MRV-1 took place on 2 Mar 2025", review(held_on="2025-03-02"), named=("MRV-1",)),
    case("passes", "1 of 1", review(held_on="2025-03-02"), limits={"management-review": 366}),
    case("fails", "which is still to come", review(held_on="2026-03-04")),
    case("fails", "lacks decisions.", review(decisions="")),
    case("fails", "lacks top management present and actions.", review(top_management="", actions="")),
    case("fails", "says next to nothing of decisions and actions", _WORDLESS),
    case("fails", "has actions without a day", review(actions="Somebody looks into it.")),
    case("fails", "MRV-2", review("MRV-2", held_on="2026-02-20", decisions=""), review()),
)
