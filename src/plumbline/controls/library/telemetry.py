"""Checks on what AI systems did, from the points of their events."""

from __future__ import annotations

from typing import Any

from plumbline.controls.declare import Evidence, Limit, Measure, Verdict, check, fails, passes, unknown
from plumbline.kernel.figures import plain


def _figures(found: Measure, limit: Limit) -> dict[str, Any]:
    return {
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "population": found.population,
        "excluded": found.excluded,
        "unit": limit.unit,
    }


def _beyond(evidence: Evidence, metric: str, limit: Limit) -> dict[str, float]:
    return {
        name: found.value
        for name, found in sorted(evidence.measures.get(metric, {}).items())
        if found.value is not None and found.population >= limit.minimum and found.value > limit.value
    }


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.7.4",
    "iso42001:9.1",
    slug="input-drift",
    title="Inputs look like the declared reference",
    over="system",
    needs=("metric:input-drift-psi", "metric:input-drift-ks"),
    window="month",
    severity="major",
    required=True,
    limits=("input-drift", "input-drift.ks"),
)
def input_drift(evidence: Evidence) -> Verdict:
    """No input of the system has drifted away from the reference set that was declared for it.

    A feature drifts when its population stability index or its Kolmogorov–Smirnov distance from the
    reference is over its limit. The value shown is the largest stability index of any feature.
    """
    index, distance = evidence.limit("input-drift"), evidence.limit("input-drift.ks")
    measured = evidence.measures.get("input-drift-psi", {})
    known = {name: found for name, found in measured.items() if found.value is not None}
    if not known:
        return unknown("No feature with a declared reference was seen in this window.", population=0)
    worst = max(known, key=lambda name: known[name].value or 0.0)
    figures = _figures(known[worst], index)
    if evidence.reference_period:
        return unknown("The window lies in the period the reference is taken from.", **figures)
    enough = {name for name, found in known.items() if found.population >= index.minimum}
    if not enough:
        most = max(found.population for found in known.values())
        return unknown(f"Only {most} values of any feature; {index.minimum} are needed to judge.", **figures)
    shifted = _beyond(evidence, "input-drift-psi", index)
    apart = _beyond(evidence, "input-drift-ks", distance)
    drifting = sorted(shifted.keys() | apart.keys())
    figures |= {"numerator": len(drifting), "denominator": len(enough), "excluded": len(known) - len(enough)}
    if not drifting:
        return passes(f"None of {len(enough)} features has drifted; the furthest is {worst}.", **figures)
    details = ", ".join(
        name
        + (f" (PSI {shifted[name]:.3f}" if name in shifted else " (")
        + (", " if name in shifted and name in apart else "")
        + (f"KS {apart[name]:.3f})" if name in apart else ")")
        for name in drifting
    )
    return fails(
        f"{len(drifting)} of {len(enough)} features drifted: {details}. "
        f"Limits: PSI {plain(index.value)}, KS {plain(distance.value)}.",
        named=tuple(drifting),
        **figures,
    )


@check(
    "iso42001:A.9.2",
    "iso42001:A.9.3",
    slug="override-rate",
    title="People disagree now and then, and not too often",
    over="system",
    needs=("metric:override-rate",),
    window="month",
    severity="major",
    limits=("override-rate", "override-rate.floor"),
)
def override_rate(evidence: Evidence) -> Verdict:
    """Human review of the system's decisions is real: the rate of overrides lies inside its band.

    Over the band the system proposes what people do not want; under it, in many reviews, people may be
    waving everything through.
    """
    upper, lower = evidence.limit("override-rate"), evidence.limit("override-rate.floor")
    found = evidence.measure("override-rate")
    if found is None or found.value is None:
        return unknown("No decision was reviewed by a person in this window.", population=0, unit="ratio")
    figures = _figures(found, upper)
    counted = f"{found.numerator:,.0f} overrides in {found.population:,} reviews"
    if found.population < upper.minimum:
        return unknown(f"{counted}; {upper.minimum} reviews are needed to judge.", **figures)
    if found.value > upper.value:
        return fails(f"{counted} ({found.value:.1%}), over the limit of {upper.value:.1%}.", **figures)
    if found.population >= lower.minimum and found.value < lower.value:
        return fails(
            f"{counted} ({found.value:.2%}), under {lower.value:.2%}: review may be a formality.",
            side="under",
            **figures,
        )
    return passes(f"{counted} ({found.value:.1%}), inside the band.", **figures)


@check(
    "iso42001:A.6.2.8",
    slug="log-present",
    title="Events arrive",
    over="system",
    needs=("metric:volume",),
    window="day",
    severity="major",
    required=True,
    expected=True,
    limits=("log-present",),
)
def log_present(evidence: Evidence) -> Verdict:
    """The live system recorded events in this window. A system that records nothing cannot be looked into."""
    limit, found = evidence.limit("log-present"), evidence.measure("volume")
    if found is None or not found.population:
        return unknown("No event was received in this window.", population=0, unit="events")
    figures = {"value": found.value, "population": found.population, "unit": "events"}
    sentence = f"{found.population:,} decisions and calls were recorded."
    if found.population < limit.value:
        return fails(f"{sentence} At least {plain(limit.value)} are expected.", side="under", **figures)
    return passes(sentence, **figures)


@check(
    "iso42001:A.6.2.8",
    slug="log-complete",
    title="The event log has no gaps",
    over="system",
    needs=("metric:log-coverage",),
    window="day",
    severity="major",
    required=True,
    limits=("log-complete",),
)
def log_complete(evidence: Evidence) -> Verdict:
    """Every event that the sources counted has arrived: their gap-free counters show no number missing."""
    limit, found = evidence.limit("log-complete"), evidence.measure("log-coverage")
    if found is None or found.value is None or not found.denominator:
        return unknown("No source of this system counts its events.", population=0, unit="ratio")
    figures = _figures(found, limit)
    missing = (found.denominator or 0) - (found.numerator or 0)
    if found.value < limit.value:
        return fails(
            f"{missing:,.0f} of {found.denominator:,.0f} counted events are missing.", side="under", **figures
        )
    return passes(f"All {found.denominator:,.0f} counted events are here.", **figures)
