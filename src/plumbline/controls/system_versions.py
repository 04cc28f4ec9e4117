"""AI systems as the populations of telemetry read them: some columns, as written now and as in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from plumbline.clauses import queries as clauses
from plumbline.kernel import clock
from plumbline.kernel.workflow import REVIEWED
from plumbline.records import kinds
from plumbline.records import queries as records

Rows: TypeAlias = tuple[Mapping[str, Any], ...]
_SYSTEM_COLUMNS = (
    "reference", "state", "slug", "live", "lifecycle", "effect", "autonomy", "sourcing", "technique",
    "output_kinds", "not_reported", "not_reported_why", "reference_from", "next_review", "accepted_until",
    "eases", "change_reason",
)  # fmt: skip
"""What the populations of telemetry read of an AI system."""


def system_versions(now: datetime) -> tuple[Rows, Rows]:
    """Every AI system as it is written now, and as it is in force at ``now``, today: the columns that the
    populations of telemetry read, and the owner. In two queries, as long as none is being revised."""
    if not kinds.exists("ai-system"):
        return (), ()
    columns = (*_SYSTEM_COLUMNS, "owner__handle", "effective_from", "approvals__id")
    claims: dict[str, dict[str, Any]] = {}
    in_force, revised = dict[str, Mapping[str, Any]](), False
    for row in clauses.rows("ai-system").order_by("id").values(*columns):
        ahead = row.pop("effective_from")
        approved = row.pop("approvals__id") is not None
        row["owner"] = row.pop("owner__handle")
        for name in ("reference_from", "next_review", "accepted_until"):
            row[name] = row[name].isoformat() if row[name] else None
        claims[row["reference"]] = row
        if row["state"] in REVIEWED.approved and (ahead is None or ahead <= clock.day_of(now)):
            in_force[row["reference"]] = row
        elif approved and row["state"] != "retired":
            revised = True
    if revised:
        # Only a record that is being revised can say otherwise than its approved revision.
        for read in records.in_force("ai-system"):
            in_force[read["reference"]] = read
    return tuple(claims.values()), tuple(in_force.values())
