"""Measured values and their limits as a reader sees them."""

from __future__ import annotations

from plumbline.controls import declare, limits, registry
from plumbline.controls.verdicts import Limit as Declared
from plumbline.controls.visibility import VisibleResult
from plumbline.kernel.messages import Message, say
from plumbline.kernel.number_format import format_number
from plumbline.web.charts import Limit

WITHOUT_UNIT = frozenset({"index", "score", "statistic"})
"""Units of measures that have none; a reader needs only the number."""
COUNTED = frozenset({"days", "events", "hours"})
"""Units that are counted, in the plural."""


def amount(value: float, unit: str) -> str:
    """A value as a reader sees it: shares as a percentage, whole numbers whole, others to three digits."""
    if unit == "ratio":
        return f"{value:.2%}" if 0 < abs(value) < 0.01 else f"{value:.1%}"
    text = format_number(value, 3)
    unit = unit[:-1] if value == 1 and unit in COUNTED else unit
    return text if unit in WITHOUT_UNIT else f"{text} {unit}".rstrip()


def value_text(value: float | None, unit: str) -> Message | str:
    """A value, or the words for none."""
    return say("reading.no-value", "No value") if value is None else amount(value, unit)


def bounds(result: VisibleResult) -> Limit | None:
    """What the value of a result is compared with, as bounds."""
    if result.limit_value is None:
        return None
    check = registry.find(result.check_name)
    if result.value is None and not _is_in_unit_of_limit(check, result.unit):
        return None
    if limits.fails_under(check, result.unit, result.limit_value):
        return Limit(low=result.limit_value)
    return Limit(high=result.limit_value)


def bound(value: float, limit: Declared) -> Limit:
    """A value of a declared limit as a bound on its side."""
    return Limit(high=value) if limit.side == "over" else Limit(low=value)


def _is_in_unit_of_limit(check: declare.Check | None, unit: str) -> bool:
    """Whether the limit of a check is in the unit of a result; one of days says nothing about a share."""
    return check is None or not check.limits or check.limits[0].unit == unit


def limit_text(limit: Limit | None, unit: str) -> Message | str:
    """A limit in words: ``at most 0.25``; empty for none."""
    if limit is None:
        return ""
    if limit.high is not None:
        return say("reading.at-most", "at most {limit}", limit=amount(limit.high, unit))
    if limit.low is not None:
        return say("reading.at-least", "at least {limit}", limit=amount(limit.low, unit))
    return ""
