"""What other risk criteria would make of the risks on record: their back-test.

Another matrix or a higher appetite makes a risk easier to accept. The product computes it when the criteria
are submitted and again when they are approved, and writes it into the record for top management.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.clauses import criteria
from plumbline.clauses.criteria import Criteria
from plumbline.clauses.planning.risk_criteria import RISK_CRITERIA, RiskCriteria
from plumbline.clauses.planning.risks import HARMS, RESIDUAL_HARMS
from plumbline.clauses.rules import Level
from plumbline.controls import member_effect
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.records import queries as records
from plumbline.records import steps
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record

OVER = "closed"
"""The state of a risk of which nothing is left to judge."""


def gate_criteria(actor: Actor, record: Record, reason: str) -> GateResult:
    """Compute what the criteria change of the risks on record and write it into the record, for the second
    person."""
    assert isinstance(record, RiskCriteria)
    was = criteria.current()
    by = criteria.written(record.reference, member_effect.as_if_approved(record, RISK_CRITERIA))
    risks = [row for row in records.claimed("risk") if row["state"] != OVER]
    lower = higher = above = cleared = beyond = 0
    for row in risks:
        old, new = _levels(was, row), _levels(by, row)
        lower += any(_falls(first, then) for first, then in zip(old, new, strict=True))
        higher += any(_falls(then, first) for first, then in zip(old, new, strict=True))
        left, would = _above(was, old[1]), _above(by, new[1])
        above, cleared, beyond = above + left, cleared + (left and not would), beyond + (would and not left)
    message = say(
        "criteria.effect",
        "Computed on {day}. Of {risks} open risks, {lower} would read a lower level and {higher} a higher "
        "one. {above} are above what may be accepted; {cleared} of them would not be any more, and {beyond} "
        "others would.",
        day=clock.today(), risks=len(risks), lower=lower, higher=higher, above=above, cleared=cleared,
        beyond=beyond,
    )  # fmt: skip
    record.back_test = str(message)
    record.save(update_fields=["back_test"])
    facts = {"risks": len(risks), "lower": lower, "higher": higher, "cleared": cleared, "beyond": beyond}
    return GateResult(str(message), {"back-test": facts})


def _levels(by: Criteria, row: Mapping[str, Any]) -> tuple[Level | None, Level | None]:
    """The levels of a risk before and after treatment."""
    return (
        by.gravest(row["likelihood"], [row[harm] for harm in HARMS]),
        by.gravest(row["residual_likelihood"], [row[harm] for harm in RESIDUAL_HARMS]),
    )


def _falls(first: Level | None, then: Level | None) -> bool:
    return first is not None and then is not None and then < first


def _above(by: Criteria, left: Level | None) -> bool:
    return left is not None and left > by.appetite


def register_gates() -> None:
    """Compute the back-test when criteria are submitted, and again when they are approved."""
    for step in ("submit", "approve"):
        steps.register_gate(RISK_CRITERIA.slug, step, OnTaking(gate_criteria))
