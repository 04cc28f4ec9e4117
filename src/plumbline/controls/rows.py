"""Checks written as rows of YAML: one measure of a system against one limit, with its cases.

A row compiles to the same `Check` as a decorated function, so nothing downstream knows the difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from math import isinf
from typing import Any, get_args

import yaml

from plumbline.controls.cases import Case, Sample
from plumbline.controls.declare import Check, register
from plumbline.controls.library.reporting import BY_SLUG
from plumbline.controls.verdicts import Evidence, Limit, Measure, Side, Verdict, fails, limit, passes, unknown
from plumbline.controls.windows import Window
from plumbline.kernel.messages import Figure, Message, say
from plumbline.kernel.states import Strength

FIELDS = frozenset(
    {
        "slug",
        "title",
        "finding",
        "text",
        "requirements",
        "population",
        "metric",
        "limit",
        "window",
        "severity",
        "cases",
    }
)
OPTIONAL = frozenset({"required"})
LIMIT_FIELDS = frozenset({"value", "side", "unit", "minimum", "why"})


class RowError(ValueError):
    """A row of YAML is not a check; the message names the row and the field."""


def against_limit(evidence: Evidence, metric: str, limit_name: str) -> Verdict:
    """The measure of ``metric`` against a limit, on whose side a failing value lies."""
    measure, bound = evidence.measure(metric), evidence.limit(limit_name)
    if measure is None or measure.value is None:
        reason = say("measure.none", "Nothing was measured in this window.")
        return unknown(reason, population=0, unit=bound.unit)
    figures: dict[str, Any] = {
        "value": measure.value,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "population": measure.population,
        "excluded": measure.excluded,
        "unit": bound.unit,
        "side": bound.side,
    }
    if measure.population < bound.minimum:
        reason = say(
            "measure.few", "Only {values} values; {needed} are needed to judge.",
            values=measure.population, needed=bound.minimum,
        )  # fmt: skip
        return unknown(reason, **figures)
    beyond = measure.value > bound.value if bound.side == "over" else measure.value < bound.value
    reason = _compared(measure, measure.value, bound)
    return fails(reason, **figures) if beyond else passes(reason, **figures)


def _compared(measure: Measure, value: float, bound: Limit) -> Message:
    """The value beside its limit; an approximation says that it is one, and between what the value lies."""
    shown, limit, values = Figure(value, bound.unit), Figure(bound.value, bound.unit), measure.population
    if measure.between is None:
        if bound.unit == "ratio" and (counted := _counts(measure)) is not None:
            part, whole = counted
            return say(
                "measure.counted", "{value} against a limit of {limit}: {part} of {whole} values.",
                value=shown, limit=limit, part=part, whole=whole,
            )  # fmt: skip
        return say(
            "measure.compared", "{value} against a limit of {limit}, from {values} values.",
            value=shown, limit=limit, values=values,
        )  # fmt: skip
    low, high = (Figure(edge, bound.unit) for edge in measure.between)
    if isinf(high.value):
        return say(
            "measure.at-least", "At least {low} against a limit of {limit}, from {values} values in bins.",
            low=low, limit=limit, values=values,
        )  # fmt: skip
    return say(
        "measure.about",
        "About {value} against a limit of {limit}, from {values} values in bins: between {low} and {high}.",
        value=shown, limit=limit, values=values, low=low, high=high,
    )  # fmt: skip


def _counts(measure: Measure) -> tuple[int, int] | None:
    """How many of how many values a share is made of; None where it is not made of whole numbers."""
    part, whole = measure.numerator, measure.denominator
    if part is None or whole is None or not 0 <= part <= whole:
        return None
    return (int(part), int(whole)) if float(part).is_integer() and float(whole).is_integer() else None


def compiled(row: Mapping[str, Any]) -> Check:
    """The check that ``row`` declares. Raises `RowError` naming a missing, unknown or unusable field."""
    slug = str(row.get("slug", "?"))
    _require_fields(slug, row, FIELDS, OPTIONAL)
    if row["window"] not in get_args(Window):
        raise RowError(f"check {slug}: window is one of {', '.join(get_args(Window))}")
    if row["population"] not in BY_SLUG:
        raise RowError(f"check {slug}: population is one of {', '.join(BY_SLUG)}")
    metric, bound = row["metric"], _limit(slug, row["limit"])

    def function(evidence: Evidence) -> Verdict:
        return against_limit(evidence, metric, slug)

    # Cases are left out: one more of them must not make every window be judged again.
    spelled = json.dumps({name: row[name] for name in row if name != "cases"}, sort_keys=True)
    return Check(
        slug=slug,
        title=row["title"],
        finding=row["finding"],
        text=" ".join(row["text"].split()),
        requirements=tuple(row["requirements"]),
        over="system",
        needs=(f"metric:{metric}",),
        window=row["window"],
        severity=row["severity"],
        required=bool(row.get("required", False)),
        limits=(bound,),
        function=function,
        source=lambda: spelled,
        cases=tuple(_case(metric, one) for one in row["cases"]),
        strength=Strength.EFFECTIVE,
        population=BY_SLUG[row["population"]],
    )


def _require_fields(
    slug: str, row: Mapping[str, Any], fields: frozenset[str], optional: frozenset[str] = frozenset()
) -> None:
    for name in sorted(fields - row.keys()):
        raise RowError(f"check {slug}: {name} is missing")
    for name in sorted(row.keys() - fields - optional):
        raise RowError(f"check {slug}: {name} is not a field; one of {', '.join(sorted(fields | optional))}")


def _limit(slug: str, row: Mapping[str, Any]) -> Limit:
    _require_fields(slug, row, LIMIT_FIELDS)
    if row["side"] not in get_args(Side):
        raise RowError(f"check {slug}: side is one of {', '.join(get_args(Side))}")
    value, unit, minimum = float(row["value"]), str(row["unit"]), int(row["minimum"])
    return limit(slug, value, unit, minimum=minimum, side=row["side"], why=str(row["why"]))


def _case(metric: str, row: Mapping[str, Any]) -> Case:
    """A case of a row: the ``value`` from ``of`` values (or nothing measured) and its outcome."""
    if "value" not in row:
        return Case(row["outcome"], row["says"], ())
    value, count = float(row["value"]), int(row["of"])
    low, high = row.get("between", (None, None))
    between = None if low is None else (float(low), float(high))
    measure = Measure(value, count, value * count, count, between=between)
    return Case(row["outcome"], row["says"], (Sample(f"metric:{metric}", measure),))


def load() -> tuple[Check, ...]:
    """Register every row that comes with the package."""
    text = resources.files("plumbline.controls").joinpath("data/checks.yaml").read_text(encoding="utf-8")
    return tuple(register(compiled(row)) for row in yaml.safe_load(text))
