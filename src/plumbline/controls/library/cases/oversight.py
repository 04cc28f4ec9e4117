"""Cases of the checks on human review: over 30 % of overrides is too many, under 1 % of 300 too few."""

from __future__ import annotations

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.samples import measure, rate
from plumbline.controls.verdicts import Measure

_RATE = rate("override-rate", 0.1, 1000)


def _one(acted: int, reviews: int) -> Sample:
    return measure("lowest-intervention-rate", Measure(acted / reviews, reviews, acted, reviews))


OVERRIDE_RATE = (
    case("unknown", "No decision was reviewed by a person", population=0),
    case("unknown", "3 overrides in 29 reviews; 30 reviews are needed", rate("override-rate", 0.1, 29)),
    case("passes", "3 overrides in 30 reviews", rate("override-rate", 0.1, 30)),
    case("fails", "50 overrides in 100 reviews (50.0%), over the limit", rate("override-rate", 0.5, 100)),
    case("passes", "30 overrides in 100 reviews (30.0%), inside the band.", rate("override-rate", 0.3, 100)),
    case(
        "fails", "0 overrides in 412 reviews (0.0%), under 1.0%: review may be a formality.",
        rate("override-rate", 0.0, 412), side="under", value=0.0,
    ),
    case("passes", "can be judged from 300 reviews on", rate("override-rate", 0.0, 299)),
    case("fails", "a formality", rate("override-rate", 0.0, 300)),
    case("passes", "10 overrides in 100 reviews (10.0%), inside the band.", rate("override-rate", 0.1, 100)),
    case(
        "passes", "0 overrides in 500 reviews (0.0%), inside the band. Rejected or escalated: 50.",
        rate("override-rate", 0.0, 500), rate("intervention-rate", 0.1, 500),
    ),
    case(
        "passes", "inside the band", rate("override-rate", 0.0, 1000), rate("intervention-rate", 0.01, 1000)
    ),
    case(
        "fails", "One reviewer intervened in 2 of 300 reviews (0.7%), under 1.0%", _RATE, _one(2, 300),
        side="under", value=0.1,
    ),
    case("passes", "inside the band", _RATE, _one(3, 300)),
    case("passes", "inside the band", _RATE, _one(0, 299)),
    case("passes", "inside the band", _RATE, measure("lowest-intervention-rate", Measure(None, 300))),
    case("fails", "over the limit", rate("override-rate", 0.5, 100), _one(0, 300), side="over"),
    case(
        "fails", "0 overrides in 1,000 reviews and 9 rejected or escalated (0.9%), under 1.0%",
        rate("override-rate", 0.0, 1000), rate("intervention-rate", 0.009, 1000), side="under",
    ),
)  # fmt: skip
