"""Whether a corrective action has proved itself: passing results over a period that was set beforehand.

Where the action names no check, nothing is measured and a second person verifies; the door sees to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from plumbline.clauses import rules
from plumbline.controls import declare, queries, registry
from plumbline.controls.declare import ORGANIZATION
from plumbline.controls.models import Result
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault
from plumbline.kernel.states import CheckState
from plumbline.records import steps
from plumbline.records.gates import GateResult
from plumbline.records.models import Record

SHOWN = 12
TIED = 400
"""Results named in the trail entry at the most; an entry has room for 16 KiB."""
FIELDS = ("effectiveness_check", "effectiveness_from", "effectiveness_until", "minimum_results")


@dataclass(frozen=True)
class Answer:
    """Whether an action is proved, why, and the results that count; ``check`` is empty where none does."""

    proved: bool
    reason: str
    check: str
    subject: str
    results: tuple[Result, ...]
    set_at_leaf: int


def effectiveness(reference: str) -> Answer:
    """The proof of the corrective action ``reference`` as it stands now.

    Results count when their window lies in the period and they were recorded after the revision that set
    the period (by trail entry). Raises `NotFound` for an unknown reference.
    """
    registry.load()
    action = queries.corrective_action(reference)
    name = str(action["effectiveness_check"] or "")
    if not name:
        return Answer(True, "No check measures it; a second person verifies.", "", "", (), -1)
    known = {made.slug: made for made in declare.all_checks()}
    if name not in known:
        return Answer(False, f"There is no check called {name}.", name, "", (), -1)
    subject = action["system"] if known[name].on_telemetry else ORGANIZATION
    if not subject:
        return Answer(False, f"{name} reads one AI system; the nonconformity names none.", name, "", (), -1)
    leaf = set_at(list(queries.revisions(reference)))
    first, last = action["effectiveness_from"], action["effectiveness_until"]
    rows = queries.newest_of_windows(
        name, subject, queries.midnight(first), queries.midnight(last + timedelta(days=1))
    )
    counted = tuple(row for row in rows if row.leaf > leaf)
    judged = rules.effectiveness(
        ((row.window_start.date(), CheckState(row.word)) for row in counted),
        first,
        last,
        action["minimum_results"] or 1,
        clock.now().date(),
    )
    early = len(rows) - len(counted)
    note = f" {early} results were recorded before the period was set and do not count." if early else ""
    return Answer(judged.proved, judged.reason + note, name, subject, counted, leaf)


def set_at(revisions: list[tuple[int, Mapping[str, Any] | None]]) -> int:
    """Trail entry of the revision that set the present proof, from (entry, values), oldest first.

    A revision whose content was erased counts as a change.
    """
    held, leaf = None, -1
    for entry, values in revisions:
        proof = tuple(str(values.get(name)) for name in FIELDS) if values is not None else None
        if proof is None or proof != held:
            held, leaf = proof, entry
    return leaf


def gate_action(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Refuse to verify a corrective action that is not proved; tie the results that prove it to the step."""
    answer = effectiveness(record.reference)
    if not answer.proved:
        remedy = "wait for passing results over the period that was set, or open it again with another proof"
        raise Conflict(
            f"{record.reference} is not proved: {answer.reason}",
            [Fault("effectiveness_check", "is not passed over the period", remedy)],
        )
    if not answer.check:
        return None
    entries = sorted({row.leaf for row in answer.results})
    numbers = sorted(row.pk for row in answer.results)
    named = ", ".join(map(str, entries[:SHOWN])) + (" and more" if len(entries) > SHOWN else "")
    note = f"Proof: {len(numbers)} results of {answer.check} on {answer.subject}, trail entries {named}."
    return GateResult(
        note, {"proved-by": {"check": answer.check, "results": numbers[:TIED], "entries": entries[:TIED]}}
    )


def register_gates() -> None:
    """Ask for the proof at the door before a corrective action is verified."""
    steps.register_gate("corrective-action", "verify", gate_action)
