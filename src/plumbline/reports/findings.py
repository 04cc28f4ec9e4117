"""What an auditor would ask about a row of the statement of applicability. Pure rules over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from plumbline.kernel import clock
from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.messages import Listing, Message, Ref, Word, listing, say

SILENT_AFTER = timedelta(days=60)
"""An included control without any result for longer than this is a finding."""
ENDED = frozenset({"abandoned"})
"""States in which a treatment no longer needs its controls."""


@dataclass(frozen=True)
class Finding:
    """Something about a row that an auditor would ask about: a code for programs, a message for people."""

    code: str
    message: Message

    @property
    def text(self) -> str:
        """The sentence."""
        return str(self.message)


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


MISSING = Finding("missing", say("applicability.missing", "Nobody has decided whether this control applies."))


def revised(row: Mapping[str, Any], draft: int | None) -> tuple[Finding, ...]:
    """That a row in force is being revised: what the draft says decides nothing until it is approved."""
    if draft is None or not row["approved"]:
        return ()
    message = say(
        "applicability.revised",
        "Revision {draft} is a draft; revision {revision} is in force until it is approved.",
        draft=draft,
        revision=row["revision"],
    )
    return (Finding("revised", message),)


def row_findings(
    row: Mapping[str, Any], approved_at: datetime | None, context: RowContext
) -> tuple[Finding, ...]:
    """What does not hold together in one decided row (plain values of the record), most severe first."""
    excluded = row["applicable"] == "no"
    findings = _exclusion_findings(row, context) if excluded else _inclusion_findings(row, context)
    if row["state"] != "approved":
        message = say(
            "applicability.not-approved",
            "Revision {revision} is in state {state} and not approved.",
            revision=row["revision"],
            state=Word(row["state"]),
        )
        findings.append(Finding("not-approved", message))
    elif approved_at is not None:
        # An approval is of the risks as they were; what changed in them afterwards nobody has approved.
        changed = [ref for ref in row["risks"] if ref in context.risks and context.risks[ref] > approved_at]
        if changed:
            message = say(
                "applicability.risk-changed",
                "{risks} changed after this row was approved.",
                risks=_references(changed),
            )
            findings.append(Finding("risk-changed", message))
    if row["next_review"] and row["next_review"] < clock.day_of(context.now).isoformat():
        day = date.fromisoformat(row["next_review"])
        message = say("applicability.review-overdue", "The review was due on {day}.", day=day)
        findings.append(Finding("review-overdue", message))
    return tuple(findings)


def _references(references: Iterable[str]) -> Listing:
    return listing(map(Ref, references), conjunction="and")


def _exclusion_findings(row: Mapping[str, Any], context: RowContext) -> list[Finding]:
    findings = []
    if not row["exclusion_reason"].strip():
        message = say("applicability.no-exclusion-reason", "The control is excluded without a reason.")
        findings.append(Finding("no-exclusion-reason", message))
    if row["requirement"] in context.cited:
        message = say(
            "applicability.excluded-but-needed",
            "The control is excluded, yet needed by {treatments}.",
            treatments=_references(context.cited[row["requirement"]]),
        )
        findings.append(Finding("excluded-but-needed", message))
    return findings


def _inclusion_findings(row: Mapping[str, Any], context: RowContext) -> list[Finding]:
    findings = []
    if not row["justification"].strip():
        message = say("applicability.no-justification", "The control applies, but no reason is given.")
        findings.append(Finding("no-justification", message))
    silence = _silence(row["requirement"], context) if row["requirement"] else None
    if silence is not None:
        findings.append(Finding("no-result", silence))
    return findings


def _silence(control: str, context: RowContext) -> Message | None:
    """What to say of an included control that has had no result for `SILENT_AFTER`.

    One without any check is silent only when no attestation of it is in date either.
    """
    newest, days = context.newest.get(control), SILENT_AFTER.days
    if newest is not None:
        if context.now - newest <= SILENT_AFTER:
            return None
        return say(
            "applicability.no-result-since",
            "No result for {days} days. The newest evidence is from {day}.",
            days=days,
            day=clock.day_of(newest),
        )
    if control in context.checked:
        return say(
            "applicability.nothing-read",
            "No result for {days} days: its checks have not read anything yet.",
            days=days,
        )
    if control in context.attested:
        return None
    return say(
        "applicability.no-evidence", "No check reads this control, and no attestation of it is in date."
    )


def citations(treatments: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """References of the treatments in force that put each control in place, by control."""
    cited: dict[str, list[str]] = {}
    for row in treatments:
        if row["state"] not in ENDED:
            for control in row["controls"] or ():
                cited.setdefault(control, []).append(row["reference"])
    return {control: tuple(references) for control, references in cited.items()}


def last_changes(risks: list[dict[str, Any]]) -> dict[str, datetime]:
    """When each risk was last changed, by reference."""
    return {row["reference"]: parse_rfc3339(row["recorded"]) for row in risks}
