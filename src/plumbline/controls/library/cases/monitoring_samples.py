"""Samples of monitoring plans, of what checks have judged, and of actions, of which a case changes fields."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.library.cases.samples import row_of


def monitoring_plan(reference: str = "MPL-1", **more: Any) -> Sample:
    """An approved plan that rests on one check each month and was evaluated in January."""
    fields: dict[str, Any] = {
        "purpose": "When to stop proposals or ask for another release.",
        "systems": [],
        "checks": "override-rate",
        "indicators": [],
        "objectives": [],
        "methods": "Counts by the product from every decision.",
        "cadence": "monthly",
        "measured_on": None,
        "evaluated": "quarterly",
        "evaluator": "per_2",
        "evaluated_on": "2026-01-20",
        "next_review": "2026-12-01",
    }
    return row_of("monitoring-plan", reference, state="approved", fields=fields, more=more)


def judged(check: str, subject: str, on: str) -> Sample:
    """The last day that results of a check speak of."""
    return Sample("facts:judged", {"check": check, "subject": subject, "on": on})


def improvement(reference: str = "ACT-1", **more: Any) -> Sample:
    """An approved action that is to be carried out by September."""
    fields: dict[str, Any] = {
        "expected": "Overrides for one reason become fewer.",
        "due": "2026-09-30",
    }
    return row_of("action", reference, state="approved", fields=fields, more=more)
