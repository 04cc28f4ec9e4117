"""Whether a corrective action has proved itself: passing results over a period that was set beforehand.

Where the action names no check, nothing is measured and a second person verifies; the door sees to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from plumbline.clauses import rules
from plumbline.controls import queries, registry
from plumbline.controls.models import Result
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Message, Ref, Subject, Word, listing, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.kernel.states import CheckState
from plumbline.records import steps
from plumbline.records.gates import GateResult
from plumbline.records.models import Record

ENTRIES_SHOWN = 12
MOST_RESULTS = 400
"""Results named in the trail entry at the most; an entry has room for 16 KiB."""
FIELDS = ("effectiveness_check", "effectiveness_from", "effectiveness_until", "minimum_results")


@dataclass(frozen=True)
class Effectiveness:
    """Whether an action is proved, why, and the results that count; ``check`` is empty where none does."""

    proved: bool
    reason: Message
    check: str
    subject: str
    results: tuple[Result, ...]
    set_at_leaf: int


def effectiveness(reference: str) -> Effectiveness:
    """The proof of the corrective action ``reference`` as it stands now.

    Results count when their window lies in the period and they were recorded after the revision that set
    the period (by trail entry): nobody chooses a period because it went well. Raises `NotFound` for an
    unknown reference.
    """
    action = queries.corrective_action(reference)
    name = str(action["effectiveness_check"] or "")
    if not name:
        reason = say("effectiveness.unmeasured", "No check measures it; a second person verifies.")
        return Effectiveness(True, reason, "", "", (), -1)
    check = registry.by_slug().get(name)
    if check is None:
        reason = say("effectiveness.no-check", "There is no check called {name}.", name=name)
        return Effectiveness(False, reason, name, "", (), -1)
    subject = action["system"] if check.on_telemetry else ORGANIZATION
    if not subject:
        reason = say(
            "effectiveness.no-system", "{check} reads one AI system; the nonconformity names none.",
            check=Word(check.title),
        )  # fmt: skip
        return Effectiveness(False, reason, name, "", (), -1)
    return _over_period(action, name, subject, entry_that_set_proof(list(queries.revisions(reference))))


def _over_period(action: Mapping[str, Any], name: str, subject: str, leaf: int) -> Effectiveness:
    first, last = action["effectiveness_from"], action["effectiveness_until"]
    rows = queries.verdicts_of_windows(
        name, subject, clock.day_start(first), clock.day_start(last + timedelta(days=1))
    )
    counted = tuple(row for row in rows if row.leaf > leaf)
    judged = rules.effectiveness(
        ((clock.day_of(row.window_start), CheckState(row.word)) for row in counted),
        first,
        last,
        action["minimum_results"] or 1,
        clock.today(),
    )
    early, reason = len(rows) - len(counted), judged.reason
    if early:
        reason = say(
            "effectiveness.early",
            "{reason} {count} result was recorded before the period was set and does not count.",
            plural="{reason} {count} results were recorded before the period was set and do not count.",
            reason=reason, count=early,
        )  # fmt: skip
    return Effectiveness(judged.proved, reason, name, subject, counted, leaf)


def entry_that_set_proof(revisions: list[tuple[int, Mapping[str, Any] | None]]) -> int:
    """Trail entry of the revision that set the present proof, from (entry, values), oldest first.

    A revision whose content was erased counts as a change: it may have been one.
    """
    current, leaf = None, -1
    for entry, values in revisions:
        proof = tuple(str(values.get(name)) for name in FIELDS) if values is not None else None
        if proof is None or proof != current:
            current, leaf = proof, entry
    return leaf


def gate_action(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Refuse to verify a corrective action that is not proved; tie the results that prove it to the step."""
    proof = effectiveness(record.reference)
    if not proof.proved:
        fault = Fault(
            "effectiveness_check",
            say("effectiveness.not-passed", "is not passed over the period"),
            "wait for passing results over the period that was set, or open it again with another proof",
        )
        detail = say(
            "effectiveness.not-proved", "{action} is not proved: {reason}",
            action=Ref(record.reference), reason=proof.reason,
        )  # fmt: skip
        raise Conflict(detail, [fault])
    if not proof.check:
        return None
    entries = sorted({row.leaf for row in proof.results})
    numbers = sorted(row.pk for row in proof.results)
    note = say(
        "effectiveness.note", "Proof: {results} results of {check} on {subject}, trail entries {entries}.",
        results=len(numbers), check=proof.check, subject=Subject(proof.subject),
        entries=listing([str(entry) for entry in entries], shown=ENTRIES_SHOWN),
    )  # fmt: skip
    tied: dict[str, JSON] = {
        "check": proof.check,
        "results": numbers[:MOST_RESULTS],
        "entries": entries[:MOST_RESULTS],
    }
    return GateResult(str(note), {"proved-by": tied})


def register_gates() -> None:
    """Ask for the proof at the door before a corrective action is verified."""
    steps.register_gate("corrective-action", "verify", gate_action)
