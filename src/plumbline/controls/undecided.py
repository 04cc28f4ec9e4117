"""Decisions of a system that wait for a person: while there are any, the system is not switched off for good.

A decision waits when somebody who looked at it has escalated it, and nobody has reviewed it since. What a
system never reported, or has reported a moment ago, the evidence store does not know.
"""

from __future__ import annotations

from plumbline.clauses import gates
from plumbline.clauses.operation.retirements import RETIREMENT, Retirement
from plumbline.controls import backtest
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.metrics import queries as metrics
from plumbline.records import steps
from plumbline.records.gates import OnTaking
from plumbline.records.models import Record


def gate_retirement(actor: Actor, record: Record, reason: str) -> None:
    """No system ends while decisions of it wait for a person. Raises `Unavailable` when that cannot be asked
    of a system that reports."""
    assert isinstance(record, Retirement)
    slug = record.system.slug
    if slug not in metrics.systems():
        return
    count = backtest.open_store().undecided(slug)
    if count:
        text = say(
            "retirement.undecided",
            "has one decision that was escalated and that nobody has decided",
            plural="has {count} decisions that were escalated and that nobody has decided",
            count=count,
        )
        gates.refuse(record, [Fault("system", text, "have each of them reviewed, and report the reviews")])


def register_gates() -> None:
    """Ask when a retirement is approved, and again when it is carried out."""
    for step in ("approve", "carry-out"):
        steps.register_gate(RETIREMENT.slug, step, OnTaking(gate_retirement))
