"""What the tables of checks are made of: evidence by name, a complete system, a complete row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plumbline.controls import limits, registry
from plumbline.controls.declare import Evidence, Measure, Verdict, window_of

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
CHECKS = {made.slug: made for made in registry.load()}


def judged(
    slug: str,
    *,
    records: dict[str, list[dict[str, Any]]] | None = None,
    measures: dict[str, dict[str, Measure]] | None = None,
    facts: dict[str, list[dict[str, Any]]] | None = None,
    reference_period: bool = False,
) -> Verdict:
    made = CHECKS[slug]
    start, end = window_of(NOW, made.window)
    held = {kind: tuple((records or {}).get(kind, ())) for kind in made.needed("records")}
    named = {name: tuple((facts or {}).get(name, ())) for name in made.needed("facts")}
    defaults = {name: limits.defaults()[name] for name in made.limits}
    return made.judge(
        Evidence("claims", start, end, NOW, measures or {}, held, named, defaults, reference_period)
    )


def rate(value: float, population: int) -> dict[str, Measure]:
    return {"": Measure(value, population, value * population, population)}


def system(**more: Any) -> dict[str, Any]:
    return {
        "live": more.get("lifecycle", "in operation") == "in operation",
        "reference": "SYS-0001",
        "slug": "claims",
        "state": "draft",
        "lifecycle": "in operation",
        "owner": "per_1",
        "purpose": "p",
        "human_oversight": "h",
        "stop_procedure": "s",
        "supplier": None,
        "released_on": "2026-01-10",
        "sourcing": "own",
        "technique": "statistical",
        "effect": "direct",
        "autonomy": "suggests",
        "affected_groups": ["customers"],
        **more,
    }


def row(reference: str, state: str = "approved", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "state": state, "owner": "per_1", "created": "2026-03-01", **more}


def person(handle: str, *roles: str, active: bool = True) -> dict[str, Any]:
    return {"handle": handle, "active": active, "roles": list(roles)}
