"""Risks as they stand, with their levels and the criteria in force: what assessments and plans freeze.

It holds references, revisions and the words that decide, and no floats. Risks of a unit stand only in what
belongs to that unit, so that whoever reads the one may read the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from plumbline.clauses import criteria, queries
from plumbline.clauses.freezing import digest
from plumbline.clauses.planning.risks import Risk
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Fault
from plumbline.records.models import Record

DECISIVE = ("level", "residual_level", "response")
"""What makes a plan another one when it changes; a new revision alone does not."""


def criteria_now() -> dict[str, JSON]:
    """The criteria in force: their record and revision, their appetite, and the digest of all of it."""
    now = criteria.current()
    said: dict[str, JSON] = {
        "version": now.version,
        "appetite": int(now.appetite),
        "matrix": [[int(level) for level in line] for line in now.matrix],
    }
    return {"version": now.version, "appetite": int(now.appetite), "sha256": digest(said)}


def rows(risks: Iterable[Risk]) -> list[JSON]:
    """Each risk as it stands now, in order of recording."""
    return [_row(risk) for risk in sorted(risks, key=lambda risk: risk.pk)]


def _row(risk: Risk) -> JSON:
    return {
        "reference": risk.reference,
        "revision": risk.revision,
        "title": risk.title,
        "system": risk.system.reference if risk.system is not None else "",
        "state": risk.state,
        "assessed_on": risk.assessed_on.isoformat() if risk.assessed_on else "",
        "judged_by": risk.judged_by,
        "level": risk.level,
        "residual_level": risk.residual_level,
        "response": risk.response,
    }


def not_judged(risks: Iterable[Risk]) -> list[Fault]:
    """A fault for each risk that is not judged, or by other criteria than those in force."""
    by, found = criteria.current().version, []
    for risk in risks:
        if risk.level is None or risk.assessed_on is None:
            text = say("frozen.unjudged", "name {risk}, which is not assessed", risk=Ref(risk.reference))
            found.append(Fault("risks", text, "assess it first, or leave it out"))
        elif risk.judged_by != by:
            text = say(
                "frozen.other-criteria", "name {risk}, which was judged by {other}",
                risk=Ref(risk.reference), other=risk.judged_by,
            )  # fmt: skip
            found.append(
                Fault("risks", text, say("frozen.anew", "assess it again by {criteria}", criteria=by))
            )
    return found


def of_other_units(record: Record, others: Iterable[Record], field: str) -> list[Fault]:
    """A fault for each record that belongs to a unit which is not that of ``record``."""
    return [
        Fault(
            field,
            say("frozen.unit", "name {other}, which belongs to another unit", other=Ref(other.reference)),
            "record this in that unit, or leave it out",
        )
        for other in others
        if other.unit_id is not None and other.unit_id != record.unit_id
    ]


def moved(frozen: Collection[Mapping[str, Any]]) -> list[str]:
    """References of frozen risks whose level, residual level or response is another one today."""
    known = {row["reference"]: row for row in frozen}
    now = queries.rows("risk").filter(reference__in=known).values("reference", *DECISIVE)
    return sorted(
        row["reference"]
        for row in now
        if any(row[name] != known[row["reference"]][name] for name in DECISIVE)
    )
