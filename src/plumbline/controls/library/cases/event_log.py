"""Cases of the checks on the event log."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import measure
from plumbline.controls.verdicts import Measure

LOG_PRESENT = (
    case("unknown", "No event was received", population=0),
    case("unknown", "No event was received", measure("volume", Measure(0.0, 0))),
    case("passes", "12 decisions and calls were recorded.", measure("volume", Measure(12, 12)), value=12),
    case("passes", "12 decisions", measure("volume", Measure(12, 12)), limits={"log-present": 12}),
    case(
        "fails", "11 decisions and calls were recorded; at least 12 are expected.",
        measure("volume", Measure(11, 11)), limits={"log-present": 12}, side="under",
    ),
)  # fmt: skip
_GAPS = measure("log-coverage", Measure(0.98, 100, 98, 100))
LOG_COMPLETE = (
    case("unknown", "No source of this system counts its events.", population=0),
    case("unknown", "No source", measure("log-coverage", Measure(None, 0))),
    case("fails", "2 of 100 counted events are missing.", _GAPS, side="under"),
    case("passes", "All 100 counted events are here.", measure("log-coverage", Measure(1.0, 100, 100, 100))),
    # a looser limit does not say that all is here
    case(
        "passes", "2 of 100 counted events are missing; at least 95.0%", _GAPS, limits={"log-complete": 0.95}
    ),
    case("passes", "at least 98.0%", _GAPS, limits={"log-complete": 0.98}),
)
