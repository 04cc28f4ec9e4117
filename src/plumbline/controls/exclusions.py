"""Leaving a control out of the statement of applicability is refused where the register speaks against it."""

from __future__ import annotations

from typing import Any

from plumbline.clauses import gates
from plumbline.controls import inventory, registry
from plumbline.controls.library.contradictions import SPEAKS_AGAINST
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records import steps


def refuse_contradicted(actor: Actor, record: Any, reason: str) -> None:
    """A control is not left out while the register shows that it has something to do (6.1.3).

    The check of the statement says the same of what was left out before the register changed.
    """
    against = SPEAKS_AGAINST.get(record.requirement or "") if record.applicable == "no" else None
    check = registry.by_slug().get("soa-complete")
    if against is None or check is None or check.population is None:
        return
    fact = against(inventory.evidence_for(check.population, clock.now()))
    if fact is not None:
        text = say("applicability.contradicted", "is contradicted: {fact}", fact=fact)
        remedy = "say how the control is carried out, or correct the record that speaks against it"
        gates.refuse(record, [Fault("applicable", text, remedy)])


def register_gates() -> None:
    """Ask at the door before a row of the statement is approved."""
    steps.register_gate("applicability", "approve", refuse_contradicted)
