"""Checks on evaluation: indicators, and what was put before the management review (9.1, 9.3)."""

from __future__ import annotations

from typing import Any

from plumbline.controls.declare import check
from plumbline.controls.library.cases import evaluation as cases
from plumbline.controls.library.population import Facts, ref, refs
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, fails, limit, passes, unknown
from plumbline.kernel.messages import Message, Name, Word, listing, say

_DAYS = {"continuous": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
"""Days from one figure to the next, by cadence."""
_LATE = 1.5
"""A figure is late when this many cadences have passed since the last one, as everywhere in the posture."""


@check(
    "iso42001:9.1",
    slug="indicators-current",
    title="Indicators are measured as often as planned",
    finding="Indicators without a current figure",
    over="organization",
    needs=("records:indicator",),
    cases=cases.INDICATORS_CURRENT,
)
def indicators_current(evidence: Evidence) -> Verdict:
    """Every approved indicator that is measured by hand has a figure no older than one and a half cadences.

    Those that the product measures, and those measured only when something happens, are left out.
    """
    today = evidence.today
    approved = [row for row in evidence.records["indicator"] if row["state"] == "approved"]
    rows = [row for row in approved if not row["metric"] and row["cadence"] in _DAYS]
    missing: dict[Name, Message] = {}
    for row in rows:
        last, cadence = day_of(row["measured_on"]), row["cadence"]
        if last is None:
            missing[ref(row)] = say("indicator.never", "was never measured")
        elif (today - last).days > _LATE * _DAYS[cadence]:
            missing[ref(row)] = say(
                "indicator.late",
                "was last measured on {day}; planned: {cadence}",
                day=last,
                cadence=Word(cadence),
            )
    return every(
        "indicator.share", "{have} of {total} indicators measured by hand have a current figure.", refs(rows),
        missing, none=say("indicator.none", "There are no indicators measured by hand."),
        excluded=len(approved) - len(rows),
    )  # fmt: skip


def _meetings(evidence: Evidence) -> list[Facts]:
    """The management reviews that took place and are approved, oldest first."""
    rows = evidence.records["management-review"]
    return sorted(
        (row for row in rows if row["held_on"] and row["state"] == "approved"),
        key=lambda row: str(row["held_on"]),
    )


@check(
    "iso42001:9.3.2",
    slug="review-inputs",
    title="The inputs of the management review were gathered before it",
    finding="Management review without gathered inputs",
    over="organization",
    needs=("records:management-review",),
    cases=cases.REVIEW_INPUTS,
)
def review_inputs(evidence: Evidence) -> Verdict:
    """The newest management review that took place and is approved has its inputs gathered and frozen."""
    meetings = _meetings(evidence)
    if not meetings:
        return unknown(say("review.none-approved", "No management review is approved."), population=0)
    newest = meetings[-1]
    name, day = ref(newest), day_of(newest["held_on"]) or evidence.today
    if not newest["inputs"]:
        reason = say("review.no-inputs", "{review} of {day} has no gathered inputs.", review=name, day=day)
        return fails(reason, population=len(meetings))
    reason = say("review.inputs", "The inputs of {review} of {day} are frozen.", review=name, day=day)
    return passes(reason, population=len(meetings))


@check(
    "iso42001:9.3.1",
    "iso42001:9.3.3",
    slug="management-review",
    title="Management review takes place, with decisions",
    finding="Management review overdue or without decisions",
    over="organization",
    needs=("records:management-review",),
    severity="major",
    required=True,
    limits=(limit("management-review", 365, "days", why="top management reviews at least yearly"),),
    decides=True,
    cases=cases.MANAGEMENT_REVIEW,
)
def management_review(evidence: Evidence) -> Verdict:
    """Top management has reviewed the AIMS within the limit, was present, and decided something."""
    bound, today, meetings = evidence.limit("management-review"), evidence.today, _meetings(evidence)
    if not meetings:
        count = len(evidence.records["management-review"])
        reason = say("review.none", "No management review is approved ({count} recorded).", count=count)
        return fails(reason, population=count, unit="days")
    newest = meetings[-1]
    name, day = ref(newest), day_of(newest["held_on"]) or today
    age = (today - day).days
    figures: dict[str, Any] = {"value": float(age), "population": len(meetings), "unit": "days"}
    if age > bound.value:
        return fails(
            say(
                "review.old",
                "The last management review, {review}, was {days} days ago.",
                review=name,
                days=age,
            ),
            **figures,
        )
    asked = {"top_management": Word("top management present"), "decisions": Word("decisions")}
    lacking = [label for field, label in asked.items() if not newest[field]]
    if lacking:
        parts = listing(lacking, conjunction="and")
        reason = say("review.lacks", "{review} of {day} lacks {parts}.", review=name, day=day, parts=parts)
        return fails(reason, **figures)
    text = say(
        "review.current", "Top management met on {day} and took decisions ({review}).", review=name, day=day
    )
    return passes(text, **figures)
