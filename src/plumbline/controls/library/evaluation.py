"""Checks on evaluation: indicators, and what was put before the management review (9.1, 9.3.2)."""

from __future__ import annotations

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every, fails, passes, unknown
from plumbline.controls.library.population import named

_DAYS = {"continuous": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
"""Days from one figure to the next, by cadence."""
_LATE = 1.5
"""A figure is late when this many cadences have passed since the last one, as everywhere in the posture."""


@check(
    "iso42001:9.1",
    "iso42001:6.2",
    slug="indicators-current",
    title="Indicators are measured as often as was said",
    over="organization",
    needs=("records:indicator",),
)
def indicators_current(evidence: Evidence) -> Verdict:
    """Every approved indicator that is measured by hand has a figure no older than one and a half cadences.

    Those that the product measures, and those measured only when something happens, are left out.
    """
    today = evidence.now.date()
    approved = [row for row in evidence.records["indicator"] if row["state"] == "approved"]
    rows = [row for row in approved if not row["metric"] and row["cadence"] in _DAYS]
    missing = {}
    for row in rows:
        last = day_of(row["measured_on"])
        if last is None:
            missing[str(row["reference"])] = "was never measured"
        elif (today - last).days > _LATE * _DAYS[row["cadence"]]:
            missing[str(row["reference"])] = f"was last measured on {last}, and is to be {row['cadence']}"
    left_out = len(approved) - len(rows)
    return every("indicators measured by hand", "have a current figure", named(*rows), missing, left_out)


@check(
    "iso42001:9.3.2",
    slug="review-inputs",
    title="The management review had its inputs before it",
    over="organization",
    needs=("records:management-review",),
)
def review_inputs(evidence: Evidence) -> Verdict:
    """The newest management review that was held and approved has its inputs gathered and frozen."""
    rows = evidence.records["management-review"]
    held = [row for row in rows if row["held_on"] and row["state"] == "approved"]
    if not held:
        return unknown("No management review is held and approved.", population=0)
    newest = max(held, key=lambda row: str(row["held_on"]))
    name = str(newest["reference"])
    figures = {"population": len(held), "named": (name,)}
    if not newest["inputs"]:
        return fails(f"{name} of {newest['held_on']} was held without gathered inputs.", **figures)
    return passes(f"{name} of {newest['held_on']} has its inputs frozen.", **figures)
