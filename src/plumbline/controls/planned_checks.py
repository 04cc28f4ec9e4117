"""A monitoring plan names checks that there are: asked before it goes to whoever approves it (9.1)."""

from __future__ import annotations

from plumbline.clauses.evaluation.monitoring_plans import MonitoringPlan
from plumbline.controls import registry
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import steps
from plumbline.records.models import Record


def gate_names(actor: Actor, record: Record, reason: str) -> None:
    """Refuse a plan that names a check which there is not: it would never have results."""
    assert isinstance(record, MonitoringPlan)
    known = registry.by_slug()
    unknown = sorted({name for name in record.check_names if name not in known})
    if unknown:
        text = say("plan.unknown-checks", "name what is no check here: {names}", names=listing(unknown))
        remedy = "write the names as the pages of the checks show them, one a line"
        detail = say("plan.refused", "{plan} cannot be reviewed as it is.", plan=Ref(record.reference))
        raise Conflict(detail, [Fault("checks", text, remedy)])


def register_gates() -> None:
    """Ask it at the door before a plan goes into review."""
    steps.register_gate("monitoring-plan", "submit", gate_names)
