"""Checks on what goes into AI systems: whether inputs still look like the declared reference."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from plumbline.controls.declare import check
from plumbline.controls.library.cases import drift as cases
from plumbline.controls.library.figures import of_measure
from plumbline.controls.library.reporting import COMPARED
from plumbline.controls.verdicts import Evidence, Limit, Measure, Verdict, fails, limit, passes, unknown
from plumbline.kernel.messages import Figure, Message, Subject, listing, plain, say

VALUES_A_BIN = 10
"""Values that a bin must stand for on average before a stability index is judged.

Without any shift the index of B bins is about χ² with B − 1 degrees of freedom, divided by n·m / (n + m) for
n and m values (B. Yurdakul, 2018). With ten for each bin, 0.25 is passed by chance once in some
three hundred times.
"""
LIMITS = (
    limit("input-drift", 0.25, "index", minimum=100, why="the usual reading of a large population shift"),
    limit("input-drift.ks", 0.3, "distance", minimum=100, why="nearly a third of the distribution has moved"),
    limit(
        "input-drift.missing",
        0.25,
        "ratio",
        minimum=100,
        why="a quarter of the usual values is more than an outage of an hour",
    ),
    limit(
        "input-drift.tv",
        0.3,
        "distance",
        minimum=100,
        why="nearly a third of the values lie in other categories",
    ),
)
MEASURES = {
    "input-drift-psi": ("PSI", "input-drift"),
    "input-drift-ks": ("KS", "input-drift.ks"),
    "input-drift-tv": ("TV", "input-drift.tv"),
}
"""Measures of drift: how reasons call each, and its limit."""
NEEDS = (*(f"metric:{metric}" for metric in MEASURES), "metric:input-missing")


def _needed(measure: Measure, bound: Limit) -> int:
    return max(bound.minimum, VALUES_A_BIN * (measure.bins or 0))


def _too_few(measure: Measure, needed: int) -> Message:
    """That no feature has enough values in the window, or in the reference."""
    if measure.base is None:
        return say(
            "drift.few", "No input has more than {values} values; {needed} are needed.",
            values=measure.population, needed=needed,
        )  # fmt: skip
    return say(
        "drift.few-against",
        "No input has more than {values} values against {base} in the reference, together worth {worth}; "
        "{needed} are needed.",
        values=measure.population, base=measure.base, worth=round(measure.weight), needed=needed,
    )  # fmt: skip


def _drifting(evidence: Evidence, enough: Container[str]) -> dict[str, dict[str, Figure]]:
    """By feature, what is over its limit: among features with ``enough`` values, and of what is missing."""
    found = {feature: {"missing": share} for feature, share in _missing(evidence).items()}
    for metric, (short, name) in MEASURES.items():
        bound = evidence.limit(name)
        for feature, measure in evidence.measures.get(metric, {}).items():
            judged = feature in enough and measure.value is not None and measure.weight >= bound.minimum
            if judged and measure.value is not None and measure.value > bound.value:
                found.setdefault(feature, {})[short] = Figure(round(measure.value, 3))
    return dict(sorted(found.items()))


def _missing(evidence: Evidence) -> dict[str, Figure]:
    """By feature of the reference, the share of its usual values that is missing, where it is over the limit.

    An input that vanishes leaves nothing that could differ from the reference, and is the gravest of shifts.
    """
    bound, found = evidence.limit("input-drift.missing"), dict[str, Figure]()
    for feature, measure in evidence.measures.get("input-missing", {}).items():
        if measure.value is None or measure.population < bound.minimum:
            continue
        if measure.value > bound.value:
            found[feature] = Figure(round(measure.value, 3), "ratio")
    return found


def _values(of: Mapping[str, Figure]) -> Message:
    """Measures with their values: ``PSI 0.31; KS 0.5``."""
    values = listing({short: say("drift.value", "{value}", value=value) for short, value in of.items()})
    return say("drift.values", "{values}", values=values)


def _not_compared(absent: list[str], few: list[str]) -> Message:
    """Which inputs could not be compared, to follow a sentence; nothing where all of them were."""
    if few and absent:
        return say(
            "drift.few-and-absent",
            " Too few values: {few}. Not seen: {absent}.",
            few=listing(few),
            absent=listing(absent),
        )
    if few:
        return say("drift.few-values", " Too few values: {few}.", few=listing(few))
    return say("drift.absent", " Not seen: {absent}.", absent=listing(absent)) if absent else plain("")


def _pooled(evidence: Evidence) -> Message:
    """Between what total variation lies where rare categories are taken together, to follow a sentence."""
    inputs = {
        feature: say(
            "drift.between", "between {low} and {high}",
            low=Figure(round(measure.between[0], 3)), high=Figure(round(measure.between[1], 3)),
        )
        for feature, measure in sorted(evidence.measures.get("input-drift-tv", {}).items())
        if measure.between is not None
    }  # fmt: skip
    text = " Rare categories count as one, so that total variation is known within bounds: {inputs}."
    return say("drift.pooled", text, inputs=listing(inputs)) if inputs else plain("")


def _drift(evidence: Evidence, times: int) -> Verdict:
    """The verdict on drift with ``times`` the usual number of values needed."""
    index, measured = evidence.limit("input-drift"), evidence.measures.get("input-drift-psi", {})
    known = {name: measure for name, measure in measured.items() if measure.value is not None}
    system = Subject(evidence.subject)
    missing = _missing(evidence)
    if not known and not missing:
        reason = say(
            "drift.no-reference", "No input of {system} has a declared reference here.", system=system
        )
        return unknown(reason, population=0)
    enough = {name: one for name, one in known.items() if one.weight >= times * _needed(one, index)}
    worst = max(enough or known, key=lambda name: known[name].value or 0.0, default="")
    figures: dict[str, Any] = of_measure(known[worst], index) if worst else {"population": 0}
    if evidence.reference_period:
        return unknown(say("drift.reference-period", "Not judged: this is the reference period."), **figures)
    if not enough and not missing:
        most = max(known.values(), key=lambda measure: measure.weight)
        return unknown(_too_few(most, times * _needed(most, index)), **figures)
    drifting, left_out = _drifting(evidence, enough), len(measured) - len(enough)
    judged = len(drifting.keys() | enough.keys())
    figures |= {"numerator": len(drifting), "denominator": judged, "excluded": left_out}
    absent = measured.keys() - known.keys() - missing.keys()
    left = _not_compared(sorted(absent), sorted(known.keys() - enough.keys()))
    more = say("drift.more", "{left}{pooled}", left=left, pooled=_pooled(evidence))
    if not drifting:
        reason = say(
            "drift.none",
            "None of {total} inputs of {system} differs from the reference; the furthest is {worst}.{more}",
            total=len(enough), system=system, worst=worst, more=more,
        )  # fmt: skip
        return passes(reason, **figures)
    return fails(_differs(evidence, drifting, judged, more), **figures)


def _differs(
    evidence: Evidence, drifting: dict[str, dict[str, Figure]], total: int, more: Message
) -> Message:
    bounds = {
        short: Figure(evidence.limit(name).value)
        for metric, (short, name) in MEASURES.items()
        if evidence.measures.get(metric)
    }
    if any("missing" in of for of in drifting.values()):
        bounds["missing"] = Figure(evidence.limit("input-drift.missing").value, "ratio")
    inputs = listing(
        {name: say("drift.of", "({values})", values=_values(of)) for name, of in drifting.items()}
    )
    return say(
        "drift.some",
        "{count} of {total} inputs of {system} differ from the reference: {inputs}. Limits: {limits}.{more}",
        count=len(drifting), total=total, system=Subject(evidence.subject), inputs=inputs,
        limits=_values(bounds), more=more,
    )  # fmt: skip


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.7.4",
    "iso42001:9.1",
    slug="input-drift",
    title="Inputs look like the declared reference",
    finding="Input drift",
    over="system",
    needs=NEEDS,
    window="month",
    severity="major",
    required=True,
    limits=LIMITS,
    population=COMPARED,
    cases=cases.INPUT_DRIFT,
)
def input_drift(evidence: Evidence) -> Verdict:
    """No input of the system has drifted away from the reference set that was declared for it.

    A feature drifts when its population stability index is over its limit, or its distance from the
    reference is: of Kolmogorov and Smirnov for numbers, of total variation for texts. The value shown is
    the largest stability index of any feature. A feature is judged when it has enough values, in the window
    and in the reference: the smallest population of the limit, and ten for each bin. One whose usual values
    are missing over the limit counts as drifted, however few are left.
    """
    return _drift(evidence, 1)


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.7.4",
    slug="input-drift-week",
    title="Inputs look like the declared reference, week by week",
    finding="Input drift",
    over="system",
    needs=NEEDS,
    window="week",
    severity="minor",
    limits=LIMITS,
    quiet=True,
    beside="input-drift",
    population=COMPARED,
    cases=cases.INPUT_DRIFT_WEEK,
)
def input_drift_week(evidence: Evidence) -> Verdict:
    """No input of the system has drifted within the week, where there are enough values to tell so soon.

    The same comparison and limits as by the month, of twice as many values, since there are four times as
    many windows in which chance could raise an alarm. A system with too few values a week is judged by the
    month alone.
    """
    return _drift(evidence, 2)
