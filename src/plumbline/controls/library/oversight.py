"""Checks on what people do with what AI systems propose (A.9)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import oversight as cases
from plumbline.controls.library.figures import of_measure
from plumbline.controls.library.reporting import REVIEWED
from plumbline.controls.verdicts import Evidence, Measure, Verdict, fails, limit, passes, unknown
from plumbline.kernel.messages import Figure, Message, plain, say


def _more(others: int) -> Message:
    """How many decisions were rejected or escalated, to follow a sentence; nothing for none."""
    return (
        say("oversight.others", " Rejected or escalated: {others}.", others=others) if others else plain("")
    )


def _too_few_acted(reviewed: Measure, acted: Measure, others: int, floor: float) -> Message:
    counted = say(
        "oversight.overrides-and-others",
        "{overrides} overrides in {reviews} reviews and {others} rejected or escalated",
        overrides=round(reviewed.numerator or 0), reviews=reviewed.population, others=others,
    ) if others else _counted(reviewed)  # fmt: skip
    return say(
        "oversight.formality", "{counted} ({rate}), under {floor}: review may be a formality.",
        counted=counted, rate=Figure(acted.value or 0.0, "ratio"), floor=Figure(floor, "ratio"),
    )  # fmt: skip


def _counted(reviewed: Measure) -> Message:
    return say(
        "oversight.overrides", "{overrides} overrides in {reviews} reviews",
        overrides=round(reviewed.numerator or 0), reviews=reviewed.population,
    )  # fmt: skip


def _waving_through(evidence: Evidence) -> Message | None:
    """That one reviewer hardly ever intervenes; None if all do, or nobody has enough reviews to tell."""
    lower, least = evidence.limit("override-rate.floor"), evidence.measure("lowest-intervention-rate")
    if least is None or least.value is None or least.population < lower.minimum:
        return None
    if least.value >= lower.value:
        return None
    return say(
        "oversight.one-reviewer",
        "One reviewer intervened in {acted} of {reviews} reviews ({rate}), under {floor}: for that one "
        "review may be a formality.",
        acted=round(least.numerator or 0), reviews=least.population,
        rate=Figure(least.value, "ratio"), floor=Figure(lower.value, "ratio"),
    )  # fmt: skip


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.9.4",
    slug="override-rate",
    title="Override rate within its band",
    finding="Override rate outside its band",
    over="system",
    needs=("metric:override-rate", "metric:intervention-rate", "metric:lowest-intervention-rate"),
    window="month",
    severity="major",
    limits=(
        limit(
            "override-rate", 0.3, "ratio", minimum=30, why="people disagree with nearly every third proposal"
        ),
        limit(
            "override-rate.floor",
            0.01,
            "ratio",
            minimum=300,
            side="under",
            why="of 300 reviews whoever looks would change one even if one in a hundred were wrong",
        ),
    ),
    population=REVIEWED,
    cases=cases.OVERRIDE_RATE,
)
def override_rate(evidence: Evidence) -> Verdict:
    """Human review of the system's decisions is real: people override not too often, and do not wave through.

    Over the limit of overrides the system proposes what people do not want. Under the floor of
    interventions (overridden, rejected or escalated), in many reviews, people may be waving everything
    through. So may one of them, however often the others intervene; nobody is named. The value shown is the
    rate of overrides.
    """
    upper, lower = evidence.limit("override-rate"), evidence.limit("override-rate.floor")
    reviewed = evidence.measure("override-rate")
    if reviewed is None or reviewed.value is None:
        reason = say("oversight.no-review", "No decision was reviewed by a person in this window.")
        return unknown(reason, population=0, unit="ratio")
    acted = evidence.measure("intervention-rate") or reviewed
    others = round((acted.numerator or 0) - (reviewed.numerator or 0))
    figures, more, counted = of_measure(reviewed, upper), _more(others), _counted(reviewed)
    rate, bound = Figure(reviewed.value, "ratio"), Figure(upper.value, "ratio")
    if reviewed.population < upper.minimum:
        reason = say(
            "oversight.few", "{counted}; {needed} reviews are needed to judge.{more}",
            counted=counted, needed=upper.minimum, more=more,
        )  # fmt: skip
        return unknown(reason, **figures)
    if reviewed.value > upper.value:
        reason = say(
            "oversight.over", "{counted} ({rate}), over the limit of {limit}.{more}",
            counted=counted, rate=rate, limit=bound, more=more,
        )  # fmt: skip
        return fails(reason, **figures)
    waving = _waving_through(evidence)
    if waving is not None:
        return fails(waving, side="under", **figures)
    if acted.value is None or acted.value >= lower.value:
        reason = say(
            "oversight.inside",
            "{counted} ({rate}), inside the band.{more}",
            counted=counted,
            rate=rate,
            more=more,
        )
        return passes(reason, **figures)
    if acted.population >= lower.minimum:
        return fails(_too_few_acted(reviewed, acted, others, lower.value), side="under", **figures)
    reason = say(
        "oversight.cannot-tell",
        "{counted} ({rate}), under the limit of {limit}; whether review is a formality can be judged from "
        "{needed} reviews on.{more}",
        counted=counted, rate=rate, limit=bound, needed=lower.minimum, more=more,
    )  # fmt: skip
    return passes(reason, **figures)
