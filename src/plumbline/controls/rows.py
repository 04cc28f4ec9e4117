"""Checks written as rows of YAML: one measure of a system against one limit.

A row compiles to the same `Check` as a decorated function, so nothing downstream knows the difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, get_args

import yaml

from plumbline.controls.declare import Check, Evidence, Verdict, Window, fails, passes, register, unknown
from plumbline.kernel.number_format import format_number

FIELDS = frozenset({"slug", "title", "text", "requirements", "metric", "side", "window", "severity"})
OPTIONAL = frozenset({"required", "expected"})


class RowError(ValueError):
    """A row of YAML is not a check; the message names the row and the field."""


def figure(value: float, unit: str) -> str:
    """``value`` as a reader sees it: shares as a percentage, other units with four significant digits."""
    return f"{value:.1%}" if unit == "ratio" else f"{format_number(value)} {unit}".rstrip()


def against_limit(evidence: Evidence, metric: str, limit_name: str, side: str) -> Verdict:
    """The measure of ``metric`` against a limit; ``side`` says where a failing value lies."""
    found, limit = evidence.measure(metric), evidence.limit(limit_name)
    if found is None or found.value is None:
        return unknown("Nothing was measured in this window.", population=0, unit=limit.unit)
    figures: dict[str, Any] = {
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "population": found.population,
        "excluded": found.excluded,
        "unit": limit.unit,
        "side": side,
    }
    if found.population < limit.minimum:
        return unknown(f"Only {found.population} values; {limit.minimum} are needed to judge.", **figures)
    beyond = found.value > limit.value if side == "over" else found.value < limit.value
    count, bound = f"{found.population:,} values", figure(limit.value, limit.unit)
    sentence = f"{figure(found.value, limit.unit)} in {count}, limit {bound}."
    return fails(sentence, **figures) if beyond else passes(sentence, **figures)


def compiled(row: Mapping[str, Any]) -> Check:
    """The check that ``row`` says. Raises `RowError` naming a missing, unknown or unusable field."""
    slug = str(row.get("slug", "?"))
    for name in sorted(FIELDS - row.keys()):
        raise RowError(f"check {slug}: {name} is missing")
    for name in sorted(row.keys() - FIELDS - OPTIONAL):
        raise RowError(f"check {slug}: {name} is not a field; one of {', '.join(sorted(FIELDS | OPTIONAL))}")
    for name, known in (("side", ("over", "under")), ("window", get_args(Window))):
        if row[name] not in known:
            raise RowError(f"check {slug}: {name} is one of {', '.join(known)}")
    metric, side = row["metric"], row["side"]

    def function(evidence: Evidence) -> Verdict:
        return against_limit(evidence, metric, slug, side)

    spelled = json.dumps(dict(row), sort_keys=True).encode()
    return Check(
        slug=slug,
        title=row["title"],
        text=" ".join(row["text"].split()),
        requirements=tuple(row["requirements"]),
        over="system",
        needs=(f"metric:{metric}",),
        window=row["window"],
        severity=row["severity"],
        required=bool(row.get("required", False)),
        expected=bool(row.get("expected", False)),
        limits=(slug,),
        function=function,
        digest=hashlib.sha256(spelled).hexdigest(),
    )


def load() -> tuple[Check, ...]:
    """Register every row that comes with the package."""
    text = resources.files("plumbline.controls").joinpath("data/checks.yaml").read_text(encoding="utf-8")
    return tuple(register(compiled(row)) for row in yaml.safe_load(text))
