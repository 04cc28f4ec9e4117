"""The statement of applicability as plain values and as CSV, for the API, the command line and packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.kernel.clock import rfc3339
from plumbline.records.csv_export import csv_chunks, csv_file, harmless
from plumbline.reports.applicability import Row, Statement

COLUMNS = (
    "number", "title", "area", "reference", "revision", "state", "applicable", "reasons", "justification",
    "exclusion_reason", "implementation", "how", "risks", "systems", "documents", "owner", "next_review",
    "approved_by", "approved_revision", "approved_at", "measured", "measured_at", "attested", "attested_at",
    "attested_by", "findings", "as_of", "checkpoint", "vkey",
)  # fmt: skip


def as_dict(statement: Statement) -> dict[str, Any]:
    """The statement as plain values: no floats, times as RFC 3339."""
    return {
        "organization": statement.organization,
        "as_of": rfc3339(statement.as_of),
        "vkey": statement.vkey,
        "entries": statement.entries,
        "checkpoint": statement.checkpoint,
        "catalog": statement.catalog,
        "controls": {
            "of": len(statement.rows),
            "applicable": statement.counted("yes"),
            "excluded": statement.counted("no"),
            "undecided": statement.counted(""),
            "hidden": sum(row.hidden for row in statement.rows),
        },
        "rows": [row_dict(row) for row in statement.all_rows],
    }


def row_dict(row: Row) -> dict[str, Any]:
    """One row as plain values."""
    approval = row.approval
    return {
        "control": row.control,
        "number": row.number,
        "title": row.title,
        "area": row.area,
        "hidden": row.hidden,
        "reference": row.reference,
        "revision": row.revision,
        "state": row.state,
        "applicable": row.applicable,
        "reasons": list(row.reasons),
        "justification": row.justification,
        "exclusion_reason": row.exclusion_reason,
        "implementation": row.implementation,
        "how": row.how,
        "risks": list(row.risks),
        "systems": list(row.systems),
        "documents": list(row.documents),
        "owner": row.owner,
        "next_review": row.next_review,
        "approved_by": approval.by if approval else "",
        "approved_revision": approval.revision if approval else None,
        "approved_at": rfc3339(approval.at) if approval else None,
        "approval_entry": approval.leaf if approval else None,
        "approval_holds": row.approval_holds,
        **_states(row.posture),
        "findings": [{"code": finding.code, "text": finding.text} for finding in row.findings],
    }


def _states(posture: RequirementPosture | None) -> dict[str, Any]:
    if posture is None:
        return {"measured": "", "measured_at": None, "attested": "", "attested_at": None, "attested_by": ""}
    return {
        "measured": str(posture.measured),
        "measured_at": rfc3339(posture.measured_at) if posture.measured_at else None,
        "attested": str(posture.attested) if posture.attested else "",
        "attested_at": rfc3339(posture.attested_at) if posture.attested_at else None,
        "attested_by": posture.attested_by,
    }


def csv_text(statement: Statement) -> Iterator[str]:
    """The statement as CSV (RFC 4180); every row says as of when, under which checkpoint and key."""
    return csv_file(_lines(statement, COLUMNS), list(COLUMNS))


_DERIVED = {"title": "control_title", "state": "state_shown", "owner": "owner_name"}
"""Columns that a pack calls otherwise: a revision has fields of these names that say something else."""


def pack_csv_text(statement: Statement, entries: Mapping[tuple[str, int], int]) -> Iterator[str]:
    """The statement as CSV for a pack: every row names the entry of the revision that it rests on.

    ``entries`` are those that the pack may open, by reference and number of the revision; a verifier compares
    the columns that are called like a field of the revision.
    """
    columns = [*(_DERIVED.get(name, name) for name in COLUMNS), "entry"]
    rows = zip(_lines(statement, COLUMNS), statement.all_rows, strict=True)
    lines = ([*cells, str(entries.get((row.reference, row.revision), ""))] for cells, row in rows)
    return csv_chunks(lines, columns)


def _lines(statement: Statement, columns: Sequence[str]) -> Iterator[list[str]]:
    rests_on = {"as_of": rfc3339(statement.as_of), "checkpoint": statement.checkpoint, "vkey": statement.vkey}
    for row in statement.all_rows:
        values = {**row_dict(row), **rests_on, "findings": [finding.text for finding in row.findings]}
        yield [harmless(values[name]) for name in columns]
