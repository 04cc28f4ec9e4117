"""Samples of monitoring plans and of what checks have judged, of which a case changes fields."""

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
