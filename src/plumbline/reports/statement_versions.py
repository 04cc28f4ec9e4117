"""Versions of the statement of applicability: every decision in force and every state, frozen as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from plumbline import catalogs
from plumbline.clauses import gates
from plumbline.clauses.planning.statements import StatementVersion
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Message, listing, say
from plumbline.kernel.problems import Fault
from plumbline.records import kinds, steps
from plumbline.records import queries as records
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record
from plumbline.reports import frozen_versions
from plumbline.reports.applicability import KIND as ROWS
from plumbline.reports.frozen_versions import Series, Version

KIND = "statement-version"
FORM = 1
"""Version of the form in which the content is frozen."""
_WITHHELD: tuple[tuple[str, JSON], ...] = (
    ("title", ""), ("reasons", []), ("justification", ""), ("exclusion_reason", ""), ("how", ""),
    ("risks", []), ("systems", []), ("documents", []),
)  # fmt: skip
"""What a frozen row of one unit leaves out: a version is read by the whole organization."""
COLUMNS = (
    "version", "day", "number", "title", "reference", "revision", "applicable", "reasons", "justification",
    "exclusion_reason", "implementation", "how", "risks", "systems", "documents", "digest", "measured",
    "share", "reach", "attested", "sha256",
)  # fmt: skip


def _gather(at: datetime) -> dict[str, Any]:
    order = {control.id: place for place, control in enumerate(catalogs.controls())}
    rows = records.in_force(ROWS, at) if kinds.exists(ROWS) else []
    rows.sort(key=lambda row: (order.get(row["requirement"], len(order)), row["reference"]))
    return {"form": FORM, "rows": [_row(row) for row in rows], "posture": frozen_versions.states(at)}


SERIES = Series(KIND, "statement", "This record is no version of the statement of applicability.", _gather)


def _row(row: Mapping[str, Any]) -> dict[str, JSON]:
    control = row["requirement"] or row["reference"]
    known = catalogs.exists(control)
    frozen: dict[str, JSON] = {
        "control": control,
        "number": catalogs.requirement(control).number if known else control,
        "title": row["title"],
        "reference": row["reference"],
        "revision": row["approved_revision"],
        "approved_at": row["approved_at"],
        "digest": row["approval_digest"],
        "applicable": row["applicable"],
        "reasons": list(row["reasons"] or ()),
        "justification": row["justification"],
        "exclusion_reason": row["exclusion_reason"],
        "implementation": row["implementation"],
        "how": row["how"],
        "risks": list(row["risks"]),
        "systems": list(row["systems"]),
        "documents": list(row["documents"]),
        "withheld": bool(row["unit"]),
    }
    if row["unit"]:
        frozen.update(_WITHHELD)
    if known:
        frozen["title"] = catalogs.requirement(control).title
    return frozen


# Gates


def freeze(actor: Actor, record: Record, reason: str) -> GateResult:
    """Write the content of a version before it goes into review; refused while a control is undecided."""
    every_control_is_decided(actor, record, reason)
    assert isinstance(record, StatementVersion)
    content = frozen_versions.content_at(SERIES, clock.now(), record)
    return frozen_versions.write(SERIES, record, content, rows=len(content["rows"]))


def every_control_is_decided(actor: Actor, record: Record, reason: str) -> None:
    """Refuse to freeze a version while a control has no approved row."""
    policy.require_everywhere(actor, "read")
    rows = records.in_force(ROWS, clock.now()) if kinds.exists(ROWS) else []
    decided = {row["requirement"] or row["reference"] for row in rows}
    undecided = [control.number for control in catalogs.controls() if control.id not in decided]
    if undecided:
        text = say(
            "statement.undecided",
            "has no approved row for {controls}",
            controls=listing(undecided, shown=len(undecided)),
        )
        gates.refuse(record, [Fault("content", text, "decide each of them, and have its row approved")])


def still_stands(actor: Actor, record: Record, reason: str) -> GateResult:
    """Refuse the approval of a version whose decisions, or whose number, have been overtaken since.

    What is measured may have moved on: a version shows the states of its day, and says which day.
    """
    assert isinstance(record, StatementVersion)
    frozen, now = record.content, frozen_versions.content_at(SERIES, clock.now(), record)
    before, after = (
        {row["number"]: (row["reference"], row["revision"]) for row in content["rows"]}
        for content in (frozen, now)
    )
    moved = sorted(
        number for number in before.keys() | after.keys() if before.get(number) != after.get(number)
    )
    text = say(
        "statement.overtaken",
        "was frozen before {controls} changed",
        controls=listing(moved, shown=len(moved)),
    )
    return frozen_versions.approve(SERIES, record, text if moved else None)


def register_gates() -> None:
    """Freeze a version when it is submitted, and see that it still stands when it is approved."""
    steps.register_gate(KIND, "submit", OnTaking(freeze, every_control_is_decided))
    steps.register_gate(KIND, "approve", OnTaking(still_stands))


# Queries


def version(actor: Actor, reference: str) -> Version:
    """One version. Raises `NotFound`, also for a record of another kind."""
    return frozen_versions.find(SERIES, actor, reference)


def csv_text(found: Version) -> Iterator[str]:
    """A version as CSV (RFC 4180); every row says which version of which day it is from."""
    rows = ({**row["state"], **row} for row in found.rows)
    return frozen_versions.csv_text(found, rows, COLUMNS)


def counted(found: Version) -> Message:
    """How many controls apply and how many are left out, in one sentence."""
    answers = [row["applicable"] for row in found.content.get("rows", ())]
    return say(
        "statement.counted", "{applicable} of {total} controls apply; {excluded} left out.",
        applicable=answers.count("yes"), total=len(answers), excluded=answers.count("no"),
    )  # fmt: skip
