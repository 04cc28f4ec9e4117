"""What an auditor would ask about a row of the statement of applicability. Pure rules over plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from plumbline.kernel.clock import parse_rfc3339

SILENT_AFTER = timedelta(days=60)
"""An included control without any result for longer than this is pointed out."""
ENDED = frozenset({"abandoned"})
"""States in which a treatment no longer asks for its controls."""


@dataclass(frozen=True)
class Finding:
    """Something about a row that an auditor would ask about: a word for programs, a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True)
class RowContext:
    """What a row is compared with, read once for the whole statement.

    ``cited`` are the treatments that put a control in place; ``newest`` says up to when the evidence of its
    checks reaches; ``checked`` are the controls that some check reads; ``attested`` those with an
    attestation in date; ``risks`` the time of the last change of each risk.
    """

    now: datetime
    cited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    newest: Mapping[str, datetime] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()
    attested: frozenset[str] = frozenset()
    risks: Mapping[str, datetime] = field(default_factory=dict)


MISSING = Finding("missing", "Nobody has decided whether this control applies.")


def row_findings(
    row: Mapping[str, Any], approved_at: datetime | None, context: RowContext
) -> tuple[Finding, ...]:
    """What does not hold together in one decided row (plain values of the record), most severe first."""
    left_out = row["applicable"] == "no"
    found = _exclusion_findings(row, context) if left_out else _inclusion_findings(row, context)
    if row["state"] != "approved":
        found.append(Finding("not-approved", f"Revision {row['revision']} is {row['state']}, not approved."))
    elif approved_at is not None:
        changed = [one for one in row["risks"] if one in context.risks and context.risks[one] > approved_at]
        if changed:
            names = ", ".join(changed)
            found.append(Finding("risk-changed", f"{names} changed after the row was approved."))
    if row["next_review"] and row["next_review"] < context.now.date().isoformat():
        found.append(Finding("review-overdue", f"Its review was due on {row['next_review']}."))
    return tuple(found)


def _exclusion_findings(row: Mapping[str, Any], context: RowContext) -> list[Finding]:
    found = []
    if not row["exclusion_reason"].strip():
        found.append(Finding("no-exclusion-reason", "It is left out, and no reason is given."))
    if row["requirement"] in context.cited:
        names = ", ".join(context.cited[row["requirement"]])
        found.append(Finding("excluded-but-needed", f"It is left out, but {names} puts it in place."))
    return found


def _inclusion_findings(row: Mapping[str, Any], context: RowContext) -> list[Finding]:
    found = []
    if not row["justification"].strip():
        found.append(Finding("no-justification", "It applies, and no reason is given."))
    if row["requirement"]:
        found += _silence_findings(row["requirement"], context)
    return found


def _silence_findings(control: str, context: RowContext) -> list[Finding]:
    """An included control of which nothing was heard for `SILENT_AFTER`, neither measured nor attested."""
    newest, days = context.newest.get(control), SILENT_AFTER.days
    if newest is not None:
        if context.now - newest <= SILENT_AFTER:
            return []
        text = f"No result for {days} days; the last one reaches to {newest:%Y-%m-%d}."
        return [Finding("no-result", text)]
    if control in context.checked:
        return [Finding("no-result", f"No result for {days} days: its checks have read nothing yet.")]
    if control in context.attested:
        return []
    return [Finding("no-result", "No check reads it, and no attestation of it is in date.")]


def citations(treatments: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """References of the treatments in force that put each control in place, by control."""
    found: dict[str, list[str]] = {}
    for row in treatments:
        if row["state"] not in ENDED:
            for control in row["controls"] or ():
                found.setdefault(control, []).append(row["reference"])
    return {control: tuple(references) for control, references in found.items()}


def last_changes(risks: list[dict[str, Any]]) -> dict[str, datetime]:
    """When each risk was last changed, by reference."""
    return {row["reference"]: parse_rfc3339(row["recorded"]) for row in risks}
