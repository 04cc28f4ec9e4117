"""The figures of a verdict on one measure."""

from __future__ import annotations

from typing import Any

from plumbline.controls.verdicts import Limit, Measure


def of_measure(measure: Measure, limit: Limit) -> dict[str, Any]:
    """The fields of a verdict that a measure fills, in the unit of its limit."""
    return {
        "value": measure.value,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "population": measure.population,
        "excluded": measure.excluded,
        "unit": limit.unit,
    }
