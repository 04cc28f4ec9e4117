"""Cases of the check on what is monitored as planned. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.monitoring_samples import judged, monitoring_plan
from plumbline.controls.library.cases.samples import draft, in_force, indicator, measured, person, system

_HERE = person("per_2")
_BY_HAND: dict[str, Any] = {"checks": "", "measured_on": "2026-02-10"}
_READ = judged("override-rate", "claims", "2026-03-02")


def _plan(**more: Any) -> Sample:
    return monitoring_plan(systems=["SYS-0001"], **more)


MONITORING_KEPT = (
    case("fails", "Monitoring plan has no approved record", _HERE, population=1),
    case("passes", "2 of 2 monitoring plans are there and kept.", _plan(), system(), _READ, _HERE),
    case("fails", "is not approved", draft(_plan()), system(), _READ, _HERE, population=2),
    case("fails", "was due for review on 2 Mar 2026", _plan(next_review="2026-03-02"),
         system(), _READ, _HERE),
    case("fails", "later than in 13 months", _plan(next_review="2028-01-01"), system(), _READ, _HERE),
    case("fails", "says next to nothing of its methods", _plan(methods="-"), system(), _READ, _HERE),
    case("fails", "has nobody here who evaluates", _plan(), system(), _READ),
    case("fails", "has nobody here", _plan(), system(), _READ, person("per_2", active=False)),
    # a planned check without results in one and a half months of 31 days is named
    case("fails", "has no results within its interval (monthly) of override-rate", _plan(), system(), _HERE),
    case("passes", "2 of 2", _plan(), system(), judged("override-rate", "claims", "2026-01-16"), _HERE),
    case("fails", "of override-rate", _plan(),
         system(), judged("override-rate", "claims", "2026-01-15"), _HERE),
    case("fails", "of override-rate", _plan(cadence="weekly"), system(),
         judged("override-rate", "claims", "2026-02-20"), _HERE),
    # of another system, of another check, of a day to come, or of one system of two
    case("fails", "of override-rate", _plan(),
         system(), judged("override-rate", "chat", "2026-03-02"), _HERE),
    case("fails", "of override-rate", _plan(), system(), judged("volume", "claims", "2026-03-02"), _HERE),
    case("fails", "of override-rate", _plan(),
         system(), judged("override-rate", "claims", "2026-03-04"), _HERE),
    case("fails", "of override-rate", monitoring_plan(systems=["SYS-0001", "SYS-0002"]),
         system(), _READ, _HERE),
    # a draft that gives a system the name of another one lends it nothing
    case("fails", "of override-rate", _plan(), in_force(system()), draft(system(slug="chat")),
         judged("override-rate", "chat", "2026-03-02"), _HERE),
    case("passes", "2 of 2", monitoring_plan(), judged("override-rate", "chat", "2026-03-02"), _HERE),
    case("passes", "2 of 2", _plan(checks="policy-in-date"), system(),
         judged("policy-in-date", "organization", "2026-03-03"), _HERE),
    # indicators, by hand and by the product, and objectives by theirs
    case("passes", "2 of 2", monitoring_plan(checks="", indicators=["IND-1"]), indicator(), _HERE),
    case("fails", "of IND-1", monitoring_plan(checks="", indicators=["IND-1"]), _HERE),
    case("fails", "of IND-1", monitoring_plan(checks="", indicators=["IND-1"]),
         draft(indicator()), _HERE),
    case("fails", "of IND-1", monitoring_plan(checks="", indicators=["IND-1"]),
         indicator(measured_on="2026-01-15"), _HERE),
    case("fails", "of IND-1", monitoring_plan(checks="", indicators=["IND-1"]),
         indicator(metric="override-rate"), _HERE),
    case("passes", "2 of 2", monitoring_plan(checks="", indicators=["IND-1"]),
         indicator(metric="override-rate"), measured("override-rate", "claims", "2026-03-01"), _HERE),
    case("passes", "2 of 2", monitoring_plan(checks="", objectives=["OBJ-1"]),
         indicator(objective="OBJ-1"), _HERE),
    case("fails", "of OBJ-1", monitoring_plan(checks="", objectives=["OBJ-1"]), indicator(), _HERE),
    # what is taken by hand, also beside what is read
    case("passes", "2 of 2", monitoring_plan(**_BY_HAND), _HERE),
    case("fails", "of what is taken by hand", monitoring_plan(checks=""), _HERE),
    case("fails", "of what is taken by hand", monitoring_plan(checks="", measured_on="2026-01-15"), _HERE),
    case("fails", "of what is taken by hand", _plan(measured_on="2025-12-01"), system(), _READ, _HERE),
    case("fails", "of policy-in-date and what is taken by hand",
         _plan(checks="policy-in-date, override-rate", measured_on="2025-12-01"), system(), _READ, _HERE),
    # one and a half quarters of 92 days are 138: until 16 October
    case("passes", "2 of 2", monitoring_plan(**_BY_HAND, evaluated_on="2025-10-16"), _HERE),
    case("fails", "was last evaluated on 15 Oct 2025; planned: quarterly",
         monitoring_plan(**_BY_HAND, evaluated_on="2025-10-15"), _HERE),
    case("passes", "2 of 2", monitoring_plan(**_BY_HAND, evaluated_on=None), _HERE),
    case("fails", "was never evaluated",
         monitoring_plan(**_BY_HAND, evaluated_on=None, created="2025-10-15"), _HERE),
    case("fails", "2 of 3", draft(monitoring_plan("MPL-1")), monitoring_plan("MPL-2", **_BY_HAND), _HERE),
)  # fmt: skip
