"""Checks on leadership: the AI policy."""

from __future__ import annotations

from plumbline.controls.declare import Evidence, Verdict, check, day_of, fails, passes


@check(
    "iso42001:5.2",
    "iso42001:A.2.2",
    "iso42001:A.2.4",
    slug="policy-in-date",
    title="The AI policy is approved and in date",
    over="organization",
    needs=("records:policy",),
    severity="major",
    required=True,
    limits=("policy-in-date",),
)
def policy_in_date(evidence: Evidence) -> Verdict:
    """An AI policy is approved and its review is not overdue. The value is the days it is overdue."""
    limit, today = evidence.limit("policy-in-date"), evidence.now.date()
    policies = [row for row in evidence.records["policy"] if row["type"] == "AI policy"]
    approved = [row for row in policies if row["state"] == "approved"]
    if not approved:
        return fails(
            f"No AI policy is approved ({len(policies)} recorded).", population=len(policies), unit="days"
        )
    newest = max(approved, key=lambda row: str(row["next_review"]))
    review, name = day_of(newest["next_review"]), str(newest["reference"])
    assert review is not None
    overdue = (today - review).days
    figures = {"value": float(max(overdue, 0)), "population": len(approved), "unit": "days", "named": (name,)}
    if overdue > limit.value:
        return fails(f"{name} was due for review on {review}, {overdue} days ago.", **figures)
    return passes(f"{name} is approved; its next review is on {review}.", **figures)
