"""Checks on leadership: the AI policy."""

from __future__ import annotations

from typing import Any

from plumbline.controls.declare import check
from plumbline.controls.library.cases import policy as cases
from plumbline.controls.library.population import ref
from plumbline.controls.verdicts import Evidence, Verdict, day_of, fails, limit, passes
from plumbline.kernel.messages import say


@check(
    "iso42001:5.2",
    "iso42001:A.2.2",
    "iso42001:A.2.4",
    slug="policy-in-date",
    title="The AI policy is approved and in date",
    finding="AI policy not approved or out of date",
    over="organization",
    needs=("records:policy",),
    severity="major",
    required=True,
    limits=(limit("policy-in-date", 0, "days", why="a policy is reviewed by its date"),),
    decides=True,
    cases=cases.POLICY_IN_DATE,
)
def policy_in_date(evidence: Evidence) -> Verdict:
    """An AI policy is approved and its review is not overdue. The value is the days it is overdue."""
    bound, today = evidence.limit("policy-in-date"), evidence.today
    policies = [row for row in evidence.records["policy"] if row["type"] == "AI policy"]
    approved = [row for row in policies if row["state"] == "approved"]
    if not approved:
        reason = say("policy.none", "No AI policy is approved ({count} recorded).", count=len(policies))
        return fails(reason, population=len(policies), unit="days")
    newest = max(approved, key=lambda row: str(row["next_review"]))
    review, name = day_of(newest["next_review"]), ref(newest)
    assert review is not None  # the workflow approves no policy without one
    overdue = (today - review).days
    figures: dict[str, Any] = {"value": float(max(overdue, 0)), "population": len(approved), "unit": "days"}
    if overdue > bound.value:
        reason = say(
            "policy.overdue",
            "{policy} was due for review on {day}, {days} days ago.",
            policy=name,
            day=review,
            days=overdue,
        )
        return fails(reason, **figures)
    reason = say(
        "policy.in-date", "{policy} is approved; its next review is on {day}.", policy=name, day=review
    )
    return passes(reason, **figures)
