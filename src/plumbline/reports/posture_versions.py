"""Versions of the posture: what was measured and attested of every requirement as of a day, as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from plumbline.clauses.evaluation.posture_versions import PostureVersion
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.as_of import known_at
from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.messages import Message, Word, listing, say
from plumbline.kernel.states import MeasuredState
from plumbline.records import steps
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record
from plumbline.reports import frozen_changes, frozen_versions
from plumbline.reports.frozen_changes import Change, Comparison
from plumbline.reports.frozen_versions import Series, Version

KIND = "posture-version"
FORM = 1
"""Version of the form in which the content is frozen."""
COLUMNS = (
    "version", "day", "requirement", "number", "title", "measured", "measured_at", "share", "reach",
    "attested", "attestation", "sha256",
)  # fmt: skip


def _gather(at: datetime) -> dict[str, Any]:
    return {"form": FORM, "posture": frozen_versions.states(at)}


SERIES = Series(KIND, "posture", "This record is no version of the posture.", _gather)


def freeze(actor: Actor, record: Record, reason: str) -> GateResult:
    """Write the content of a version before it goes into review: the posture as of its day, or of now."""
    policy.require_everywhere(actor, "read")
    assert isinstance(record, PostureVersion)
    wanted = clock.day_end(record.as_of_day) if record.as_of_day else None
    # An instant even for now, so that whoever approves has the very same posture derived again.
    at = known_at(wanted) or clock.now()
    content = frozen_versions.content_at(SERIES, at, record)
    return frozen_versions.write(SERIES, record, content, requirements=len(content["posture"]))


def still_stands(actor: Actor, record: Record, reason: str) -> GateResult:
    """Refuse the approval of a version that is not what the records and results give for its instant today.

    What has been judged since changes nothing of an instant that is past; what differs was put in afterwards.
    """
    assert isinstance(record, PostureVersion)
    frozen = record.content
    now = frozen_versions.content_at(SERIES, parse_rfc3339(frozen["as_of"]), record)
    before, after = ({row["requirement"]: row for row in content["posture"]} for content in (frozen, now))
    moved = [
        (after.get(name) or before[name])["number"]
        for name in (*after, *(gone for gone in before if gone not in after))
        if before.get(name) != after.get(name)
    ]
    text = say("posture.overtaken", "reads otherwise now for {requirements}", requirements=listing(moved))
    return frozen_versions.approve(SERIES, record, text if moved else None)


def register_gates() -> None:
    """Freeze a version when it is submitted, and see that it still stands when it is approved."""
    steps.register_gate(KIND, "submit", OnTaking(freeze))
    steps.register_gate(KIND, "approve", OnTaking(still_stands))


def version(actor: Actor, reference: str) -> Version:
    """One version. Raises `NotFound`, also for a record of another kind."""
    return frozen_versions.find(SERIES, actor, reference)


def compare(actor: Actor, earlier: str = "", later: str = "") -> Comparison:
    """What has changed from one version of the posture to another (`frozen_changes.compare`)."""
    return frozen_changes.compare(SERIES, changes, actor, earlier, later)


def changes(earlier: Version, later: Version) -> Iterator[Change]:
    """Every requirement that was measured or attested otherwise."""
    return frozen_changes.paired(earlier, later, "posture", "requirement", frozen_changes.of_states)


def csv_text(found: Version) -> Iterator[str]:
    """A version as CSV (RFC 4180); every row says which version of which day it is from."""
    return frozen_versions.csv_text(found, found.content.get("posture", ()), COLUMNS)


def counted(found: Version) -> Message:
    """How many requirements had each measured state, in one sentence."""
    rows = found.content.get("posture", ())
    of_state = Counter(row["measured"] for row in rows)
    states = {
        Word(state): say("posture.of-state", "{count}", count=of_state[state])
        for state in MeasuredState
        if of_state[state]
    }
    return say(
        "posture.counted", "Of {total} requirements: {states}.",
        total=len(rows), states=listing(states, shown=len(states)),
    )  # fmt: skip
