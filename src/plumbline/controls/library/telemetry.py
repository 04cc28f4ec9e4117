"""Checks on what AI systems did, from the points of their events."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from plumbline.controls.declare import Evidence, Limit, Measure, Verdict, check, fails, passes, unknown
from plumbline.kernel.number_format import format_number


def _figures(found: Measure, limit: Limit) -> dict[str, Any]:
    return {
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "population": found.population,
        "excluded": found.excluded,
        "unit": limit.unit,
    }


VALUES_A_BIN = 10
"""Values that a bin must stand for on average before a stability index is judged.

Without any shift the index of B bins is about χ² with B − 1 degrees of freedom, divided by n·m / (n + m) for
n and m values (B. Yurdakul, 2018). With ten for each bin, 0.25 is passed by chance once in some
three hundred times.
"""
MEASURES = {
    "input-drift-psi": ("PSI", "input-drift"),
    "input-drift-ks": ("KS", "input-drift.ks"),
    "input-drift-tv": ("TV", "input-drift.tv"),
}
"""Measures of drift: how reasons call each, and its limit."""


def _needed(found: Measure, limit: Limit) -> int:
    return max(limit.minimum, VALUES_A_BIN * (found.bins or 0))


def _too_few(found: Measure, needed: int) -> str:
    """The sentence for a feature with too few values in the window, or in the reference."""
    against = "" if found.base is None else f" against {found.base:,} in the reference"
    worth = f", worth {found.weight:.0f}" if round(found.weight) != found.population else ""
    return f"Only {found.population:,} values of any feature{against}{worth}; {needed} are needed to judge."


def _drifting(evidence: Evidence, enough: Container[str]) -> dict[str, list[str]]:
    """By feature, what is over its limit among the features with ``enough`` values."""
    found: dict[str, list[str]] = {}
    for metric, (short, name) in MEASURES.items():
        limit = evidence.limit(name)
        for feature, one in sorted(evidence.measures.get(metric, {}).items()):
            judged = feature in enough and one.value is not None and one.weight >= limit.minimum
            if judged and one.value is not None and one.value > limit.value:
                found.setdefault(feature, []).append(f"{short} {one.value:.3f}")
    return dict(sorted(found.items()))


def _drift(evidence: Evidence, times: int) -> Verdict:
    """The verdict on drift with ``times`` the usual number of values needed."""
    index, measured = evidence.limit("input-drift"), evidence.measures.get("input-drift-psi", {})
    known = {name: found for name, found in measured.items() if found.value is not None}
    if not known:
        return unknown("No feature with a declared reference was seen in this window.", population=0)
    enough = {name: found for name, found in known.items() if found.weight >= times * _needed(found, index)}
    worst = max(enough or known, key=lambda name: known[name].value or 0.0)
    figures = _figures(known[worst], index)
    if evidence.reference_period:
        return unknown("The window lies in the period the reference is taken from.", **figures)
    if not enough:
        most = max(known.values(), key=lambda found: found.weight)
        return unknown(_too_few(most, times * _needed(most, index)), **figures)
    drifting = _drifting(evidence, enough)
    left_out = len(measured) - len(enough)
    figures |= {"numerator": len(drifting), "denominator": len(enough), "excluded": left_out}
    absent, few = sorted(measured.keys() - known.keys()), sorted(known.keys() - enough.keys())
    more = f" Too few values: {', '.join(few)}." if few else ""
    more += f" Not seen: {', '.join(absent)}." if absent else ""
    if not drifting:
        sentence = f"None of {len(enough)} features has drifted; the furthest is {worst}."
        return passes(sentence + more, **figures)
    details = ", ".join(f"{name} ({', '.join(said)})" for name, said in drifting.items())
    bounds = [
        f"{short} {format_number(evidence.limit(name).value)}"
        for metric, (short, name) in MEASURES.items()
        if evidence.measures.get(metric)
    ]
    return fails(
        f"{len(drifting)} of {len(enough)} features drifted: {details}. Limits: {', '.join(bounds)}.{more}",
        named=tuple(drifting),
        **figures,
    )


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.7.4",
    "iso42001:9.1",
    slug="input-drift",
    title="Inputs look like the declared reference",
    over="system",
    needs=("metric:input-drift-psi", "metric:input-drift-ks", "metric:input-drift-tv"),
    window="month",
    severity="major",
    required=True,
    limits=("input-drift", "input-drift.ks", "input-drift.tv"),
)
def input_drift(evidence: Evidence) -> Verdict:
    """No input of the system has drifted away from the reference set that was declared for it.

    A feature drifts when its population stability index is over its limit, or its distance from the
    reference is: of Kolmogorov and Smirnov for numbers, of total variation for texts. The value shown is
    the largest stability index of any feature. A feature is judged when it has enough values, in the window
    and in the reference: the smallest population of the limit, and ten for each bin.
    """
    return _drift(evidence, 1)


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.7.4",
    slug="input-drift-week",
    title="Inputs look like the declared reference, week by week",
    over="system",
    needs=("metric:input-drift-psi", "metric:input-drift-ks", "metric:input-drift-tv"),
    window="week",
    severity="minor",
    limits=("input-drift", "input-drift.ks", "input-drift.tv"),
    quiet=True,
    beside="input-drift",
)
def input_drift_week(evidence: Evidence) -> Verdict:
    """No input of the system has drifted within the week, where there is enough of it to tell so soon.

    The same comparison and limits as by the month, of twice as many values, since there are four times as
    many windows in which chance could raise an alarm. A system with too few values a week is judged by the
    month alone.
    """
    return _drift(evidence, 2)


@check(
    "iso42001:A.9.2",
    "iso42001:A.9.3",
    slug="override-rate",
    title="People disagree now and then, and not too often",
    over="system",
    needs=("metric:override-rate", "metric:intervention-rate"),
    window="month",
    severity="major",
    limits=("override-rate", "override-rate.floor"),
)
def override_rate(evidence: Evidence) -> Verdict:
    """Human review of the system's decisions is real: people override not too often, and do not wave through.

    Over the limit of overrides the system proposes what people do not want. Under the floor of
    interventions (overridden, rejected or escalated), in many reviews, people may be waving everything
    through. The value shown is the rate of overrides.
    """
    upper, lower = evidence.limit("override-rate"), evidence.limit("override-rate.floor")
    found = evidence.measure("override-rate")
    if found is None or found.value is None:
        return unknown("No decision was reviewed by a person in this window.", population=0, unit="ratio")
    acted = evidence.measure("intervention-rate") or found
    figures = _figures(found, upper)
    others = (acted.numerator or 0) - (found.numerator or 0)
    counted = f"{found.numerator:,.0f} overrides in {found.population:,} reviews"
    rate = f"{counted} ({found.value:.1%})"
    more = f" Rejected or escalated: {others:,.0f}." if others else ""
    if found.population < upper.minimum:
        return unknown(f"{counted}; {upper.minimum} reviews are needed to judge.{more}", **figures)
    if found.value > upper.value:
        return fails(f"{rate}, over the limit of {upper.value:.1%}.{more}", **figures)
    low = acted.value is not None and acted.value < lower.value
    if low and acted.population >= lower.minimum:
        together = f" and {others:,.0f} rejected or escalated" if others else ""
        return fails(
            f"{counted}{together} ({acted.value:.2%}), under {lower.value:.2%}: review may be a formality.",
            side="under",
            **figures,
        )
    if low:
        return passes(
            f"{rate}, under the limit of {upper.value:.1%}; whether review is a formality can be judged from "
            f"{lower.minimum} reviews on.{more}",
            **figures,
        )
    return passes(f"{rate}, inside the band.{more}", **figures)


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
        return fails(
            f"{sentence} At least {format_number(limit.value)} are expected.", side="under", **figures
        )
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
    sentence = f"{missing:,.0f} of {found.denominator:,.0f} counted events are missing"
    if found.value < limit.value:
        return fails(f"{sentence}.", side="under", **figures)
    if missing:
        return passes(f"{sentence}; at least {limit.value:.1%} have to be here.", **figures)
    return passes(f"All {found.denominator:,.0f} counted events are here.", **figures)
