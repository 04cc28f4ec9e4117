"""Cases of the checks on inputs. An index is judged from ten values a bin on, a week from twice as many."""

from __future__ import annotations

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.samples import measure
from plumbline.controls.verdicts import Measure


def _psi(
    value: float | None, count: int, feature: str = "age", base: int | None = 700, bins: int = 10
) -> Sample:
    return measure("input-drift-psi", Measure(value, count, base=base, bins=bins), feature)


def _gone(feature: str, share: float | None, decisions: int = 700) -> Sample:
    return measure("input-missing", Measure(share, decisions), feature)


def _distances(metric: str, **values: float) -> list[Sample]:
    return [measure(metric, Measure(value, 700), feature) for feature, value in values.items()]


def _both(psi: dict[str, float], ks: dict[str, float]) -> list[Sample]:
    return [*_distances("input-drift-psi", **psi), *_distances("input-drift-ks", **ks)]


def _text(psi: float, distance: float) -> list[Sample]:
    measured = Measure(distance, 700, base=700, bins=4)
    return [_psi(psi, 700, "region", bins=4), measure("input-drift-tv", measured, "region")]


_POOLED = Measure(0.1, 700, base=700, bins=21, between=(0.1, 0.35))

_FEW = Measure(0.9, 99, base=700, bins=4)

INPUT_DRIFT = (
    case("unknown", "No input of claims has a declared reference here.", population=0),
    case("unknown", "No input of claims", _psi(None, 0)),
    case(
        "passes", "None of 2 inputs of claims differs from the reference; the furthest is sum.",
        *_both({"age": 0.1, "sum": 0.2}, {"age": 0.1, "sum": 0.1}),
        named=(), numerator=0, denominator=2, value=0.2,
    ),
    case(
        "fails",
        "1 of 2 inputs of claims differ from the reference: age (PSI 0.3). Limits: PSI 0.25; KS 0.3.",
        *_both({"age": 0.3, "sum": 0.2}, {"age": 0.1, "sum": 0.1}), named=("age",), value=0.3, side="over",
    ),
    case(
        "fails", "sum (KS 0.4)", *_both({"age": 0.1, "sum": 0.2}, {"age": 0.1, "sum": 0.4}), named=("sum",),
        numerator=1, denominator=2, value=0.2,
    ),
    case(
        "fails", "age (PSI 0.3; KS 0.5); sum (PSI 0.9; KS 0.9)",
        *_both({"age": 0.3, "sum": 0.9}, {"age": 0.5, "sum": 0.9}), named=("age", "sum"), value=0.9,
    ),
    case(
        "unknown", "Not judged: this is the reference period.",
        *_both({"age": 0.3, "sum": 0.2}, {"age": 0.1, "sum": 0.1}), reference_period=True,
    ),
    # the limit itself is no drift
    case("passes", "None of 1", *_both({"age": 0.25}, {"age": 0.3})),
    # too few values, on either side
    case("unknown", "No input has more than 99 values; 100 are needed.", _psi(9.0, 99, base=None, bins=4)),
    case("fails", "age (PSI 9)", _psi(9.0, 100, base=None, bins=4)),
    case(
        "unknown", "more than 12 values against 5,000 in the reference, together worth 12; 100 are needed.",
        _psi(0.9, 12, base=5000),
    ),
    case("unknown", "5,000 values against 12 in the reference, together worth 12", _psi(0.9, 5000, base=12)),
    case("unknown", "together worth 75; 100 are needed", _psi(0.9, 150, base=150)),
    case("fails", "age (PSI 0.9)", _psi(0.9, 200, base=200)),
    case("unknown", "together worth 100; 210 are needed", _psi(0.9, 200, base=200, bins=21)),
    case("fails", "age (PSI 0.9)", _psi(0.9, 420, base=420, bins=21)),
    case(
        "unknown", "more than 90 values", _psi(0.9, 20, "age", None, 4), _psi(0.1, 90, "sum", None, 4),
        value=0.9,
    ),
    # what could not be compared is named and sets no value
    case(
        "passes", "the furthest is age. Too few values: region. Not seen: sum.", _psi(0.1, 700),
        _psi(5.0, 700, "region", 20, 4), _psi(None, 0, "sum"), value=0.1, denominator=1, excluded=2, named=(),
    ),
    case("passes", "Too few values: region.", _psi(0.1, 700), _psi(5.0, 700, "region", 20, 4), excluded=1),
    case("passes", "Not seen: sum.", _psi(0.1, 700), _psi(None, 0, "sum"), excluded=1),
    # an input that vanishes, or most of whose values are missing, is never within
    case(
        "fails", "1 of 2 inputs of claims differ from the reference: sum (missing 100.0%). Limits: PSI 0.25; "
        "missing 25.0%.", _psi(0.1, 700), _psi(None, 0, "sum"), _gone("sum", 1.0), named=("sum",),
        numerator=1, denominator=2, value=0.1,
    ),
    case("fails", "age (missing 95.0%; PSI 0.3)", _psi(0.3, 700), _gone("age", 0.95), denominator=1),
    case("fails", "region (missing 100.0%)", _psi(None, 0, "region"), _gone("region", 1.0), population=0),
    case("fails", "age (missing 90.0%)", _psi(0.1, 20), _gone("age", 0.9)),
    case("passes", "None of 1", _psi(0.1, 700), _gone("age", 0.25)),
    case("passes", "None of 1", _psi(0.1, 700), _gone("age", None)),
    case("passes", "Not seen: sum.", _psi(0.1, 700), _psi(None, 0, "sum"), _gone("sum", 1.0, 99)),
    case("fails", "sum (missing 100.0%)", _psi(0.1, 700), _psi(None, 0, "sum"), _gone("sum", 1.0, 100)),
    case("unknown", "Not judged", _psi(0.1, 700), _gone("age", 1.0), reference_period=True),
    # texts, by index or by total variation; a distance of too few values is not judged
    case("passes", "None of 1", *_text(0.1, 0.1)),
    case("fails", "region (PSI 0.3)", *_text(0.3, 0.1)),
    case("fails", "region (TV 0.4). Limits: PSI 0.25; TV 0.3.", *_text(0.1, 0.4)),
    case("passes", "None of 1", _psi(0.1, 700, "region", bins=4), measure("input-drift-tv", _FEW, "region")),
    case(
        "passes", "known within bounds: region between 0.1 and 0.35.",
        _psi(0.1, 700, "region", bins=21), measure("input-drift-tv", _POOLED, "region"),
    ),
)  # fmt: skip
INPUT_DRIFT_WEEK = (
    case("unknown", "together worth 150; 200 are needed", _psi(0.9, 300, base=300)),
    case("fails", "age (PSI 0.9)", _psi(0.9, 400, base=400)),
    case("passes", "None of 1", _psi(0.1, 400, base=400)),
)
