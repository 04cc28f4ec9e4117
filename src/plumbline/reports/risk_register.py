"""The risk register as it stands in a pack: what was written of each risk, and what is left of it today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from plumbline.clauses import criteria
from plumbline.controls import posture, residual
from plumbline.controls.residual import Residual
from plumbline.kernel.clock import rfc3339
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.csv_export import csv_chunks, harmless
from plumbline.reports.disclosure import Scope

KIND = "risk"
_WRITTEN = ("reference", "revision", "title", "state", "owner", "response", "accepted_until", "next_review")
COLUMNS = (
    "reference", "revision", "title", "state", "system", "extent", "owner", "response", "level_before",
    "level_planned", "level_today", "graver_than_planned", "acceptance_lapsed", "accepted_until",
    "next_review", "controls", "organization_wide", "as_of", "entry",
)  # fmt: skip


def register(
    scope: Scope, now: datetime, entries: Callable[[Sequence[tuple[str, int]]], Mapping[tuple[str, int], int]]
) -> dict[str, Any] | None:
    """The risks that the pack may disclose, as plain values; None when none of them was asked for.

    ``level_today`` is derived: it follows from the written levels and from how the controls read at
    ``as_of``, and no entry of the trail proves it. It is null until the risk is judged. ``entries`` gives the
    entries of revisions, by reference and number, that the pack may open.
    """
    if not kinds.exists(KIND):
        return None
    if scope.requirements and scope.requirements.isdisjoint(kinds.get(KIND).requirements):
        return None
    rows = [row for row in records.claimed(KIND) if row["reference"] in scope.records]
    opened = entries([(row["reference"], row["revision"]) for row in rows])
    levels, by = residual.today([row["reference"] for row in rows]), criteria.current()
    wide = posture.organization_wide({name for left in levels.values() for name in left.controls})
    return {
        "as_of": rfc3339(now),
        "criteria": by.version,
        "appetite": by.appetite.word,
        "level_today": "derived from the written levels and the measured states of the controls at as_of",
        "risks": [
            {
                **_risk(row, levels.get(row["reference"]), scope, wide),
                "entry": opened.get((row["reference"], row["revision"])),
            }
            for row in rows
        ],
    }


def _risk(
    row: Mapping[str, Any], left: Residual | None, scope: Scope, wide: frozenset[str]
) -> dict[str, Any]:
    # A risk may be in the pack although the record of its system is not.
    system = row["system"] if row["system"] in scope.records else None
    return {
        **{name: row[name] for name in _WRITTEN},
        "system": system,
        "extent": residual.extent(row["system"]),
        "level_before": left.before.word if left else None,
        "level_planned": left.planned.word if left else None,
        "level_today": left.today.word if left else None,
        "graver_than_planned": left.graver if left else None,
        "acceptance_lapsed": bool(left and left.graver and row["state"] == residual.ACCEPTED),
        "controls": {name: str(state) for name, state in left.controls.items()} if left else {},
        # Of a risk about one system: the controls that read for it as for every other one.
        "organization_wide": sorted(wide.intersection(left.controls)) if left and row["system"] else [],
    }


def csv_text(found: Mapping[str, Any]) -> Iterable[str]:
    """The register as CSV, one row for each risk."""
    return csv_chunks((_cells(risk, found["as_of"]) for risk in found["risks"]), list(COLUMNS))


def _cells(risk: Mapping[str, Any], as_of: str) -> list[str]:
    controls = [f"{name}: {state}" for name, state in risk["controls"].items()]
    values = {**risk, "controls": controls, "as_of": as_of}
    return [harmless(values[name]) for name in COLUMNS]
