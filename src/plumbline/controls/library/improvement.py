"""Checks on evaluation and improvement: management review, nonconformities, attestations."""

from __future__ import annotations

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every, fails, passes


@check(
    "iso42001:9.3.1",
    "iso42001:9.3.3",
    slug="management-review",
    title="Management review is held, with decisions",
    over="organization",
    needs=("records:management-review",),
    severity="major",
    required=True,
    limits=("management-review",),
)
def management_review(evidence: Evidence) -> Verdict:
    """Top management has reviewed the AIMS within the limit, was present, and decided something."""
    limit, today = evidence.limit("management-review"), evidence.now.date()
    rows = evidence.records["management-review"]
    held = [row for row in rows if row["held_on"] and row["state"] == "approved"]
    if not held:
        return fails(
            f"No management review is held and approved ({len(rows)} recorded).",
            population=len(rows),
            unit="days",
        )
    newest = max(held, key=lambda row: str(row["held_on"]))
    day, name = day_of(newest["held_on"]), str(newest["reference"])
    assert day is not None
    age = (today - day).days
    figures = {"value": float(age), "population": len(held), "unit": "days", "named": (name,)}
    if age > limit.value:
        return fails(f"The last management review, {name}, was held {age} days ago.", **figures)
    lacking = [
        label
        for field, label in (("top_management", "top management present"), ("decisions", "decisions"))
        if not newest[field]
    ]
    if lacking:
        return fails(f"{name} of {day} names no {' and no '.join(lacking)}.", **figures)
    return passes(f"{name} was held on {day} with top management, and decided.", **figures)


@check(
    "iso42001:10.2",
    slug="nonconformities-in-time",
    title="Nonconformities are decided, explained and corrected in time",
    over="organization",
    needs=("records:nonconformity", "records:corrective-action"),
    severity="major",
    limits=("nonconformity-action", "nonconformity-confirm"),
)
def nonconformities_in_time(evidence: Evidence) -> Verdict:
    """Suspicions are decided in time; open nonconformities get a cause and an action in time."""
    action, confirm = evidence.limit("nonconformity-action"), evidence.limit("nonconformity-confirm")
    today = evidence.now.date()
    acted = {
        row["nonconformity"] for row in evidence.records["corrective-action"] if row["state"] != "abandoned"
    }
    rows = [row for row in evidence.records["nonconformity"] if row["state"] not in {"closed", "dismissed"}]
    missing = {}
    for row in rows:
        found = day_of(row["detected_on"]) or day_of(row["created"])
        assert found is not None
        recorded = day_of(row["created"]) or found
        age, due, name = (today - max(found, recorded)).days, day_of(row["due"]), str(row["reference"])
        if row["state"] == "suspected":
            if age > confirm.value:
                missing[name] = f"is suspected for {age} days"
        elif due is not None and due < today and row["state"] in {"open", "contained"}:
            missing[name] = f"was due on {due}"
        elif age > action.value and not row["cause"]:
            missing[name] = f"has no cause after {age} days"
        elif age > action.value and name not in acted:
            missing[name] = f"has no corrective action after {age} days"
    names = [str(row["reference"]) for row in rows]
    if not names:
        return passes("No nonconformity is open.", population=0, unit="ratio")
    return every("open nonconformities", "are in time", names, missing)


@check(
    "iso42001:10.2",
    slug="actions-effective",
    title="Closed nonconformities have a proved action",
    over="organization",
    needs=("records:nonconformity", "records:corrective-action"),
)
def actions_effective(evidence: Evidence) -> Verdict:
    """Every corrective action behind a closed nonconformity was verified by a second person."""
    closed = {row["reference"] for row in evidence.records["nonconformity"] if row["state"] == "closed"}
    actions = [
        row
        for row in evidence.records["corrective-action"]
        if row["nonconformity"] in closed and row["state"] != "abandoned"
    ]
    missing = {str(row["reference"]): f"is {row['state']}" for row in actions if row["state"] != "verified"}
    names = [str(row["reference"]) for row in actions]
    if not names:
        return passes("No closed nonconformity has a corrective action.", population=0, unit="ratio")
    return every("actions behind closed nonconformities", "are verified", names, missing)
