"""What an authority limit would have allowed of what was decided in the past year: its back-test.

The product computes it when the limit is submitted and again when it is approved, and writes it into the
record for designated management: who may decide more makes every later decision easier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from plumbline.clauses.leadership.authority_limits import AUTHORITY, CHOICES, Authority, limits_of
from plumbline.controls import member_effect
from plumbline.controls.past_decisions import queries as decisions
from plumbline.controls.past_decisions.queries import PastDecision
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act, AuthorityLimit
from plumbline.kernel import clock
from plumbline.kernel.messages import Item, Listing, Message, Word, say
from plumbline.records import steps
from plumbline.records.approved.queries import in_force_of
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record

LOOKS_BACK = timedelta(days=365)
"""How far back decisions are looked at."""
_LABELS: Mapping[str, str] = dict(CHOICES["acts"])


def gate_authority(actor: Actor, record: Record, reason: str) -> GateResult:
    """Compute what the limit would have allowed and write it into the record, for the second person."""
    assert isinstance(record, Authority)
    before = in_force_of(record, AUTHORITY)
    # One that has ended allows nothing any more, and is not what a new one is compared with.
    was = [limit for limit in _limits(before) if not clock.passed(limit.ends)]
    new = _limits(member_effect.as_if_approved(record, AUTHORITY))
    taken = decisions.since(clock.now() - LOOKS_BACK)
    total, would, could = (Counter[Act]() for _ in range(3))
    for decision in taken:
        total[decision.act] += 1
        would[decision.act] += _allows(new, decision)
        could[decision.act] += _allows(was, decision)
    said = str(_message(total, would, could, _holders(new)))
    record.back_test = said
    record.save(update_fields=["back_test"])
    facts = {"decisions": total.total(), "would": would.total(), "before": could.total()}
    return GateResult(said, {"back-test": facts})


def _limits(row: Mapping[str, Any] | None) -> list[AuthorityLimit]:
    return limits_of([row]) if row is not None else []


def _allows(limits: Sequence[AuthorityLimit], decision: PastDecision) -> bool:
    branches = identity.unit_branches()
    return any(
        limit.covers(decision.act, decision.rank)
        and (
            limit.unit_id is None
            or (decision.unit_id is not None and decision.unit_id in branches[limit.unit_id])
        )
        for limit in limits
    )


def _holders(limits: Sequence[AuthorityLimit]) -> int:
    """How many people hold it today: the person it names, or whoever has the role."""
    named = {limit.person_id for limit in limits if limit.person_id is not None}
    roles = {limit.role for limit in limits if limit.role}
    people = (person.pk for person in identity.holders(named, roles, ()))
    return sum(pk in named or not roles.isdisjoint(identity.roles_today([pk])) for pk in people)


def _message(total: Counter[Act], would: Counter[Act], could: Counter[Act], holders: int) -> Message:
    if not total:
        return say(
            "authority.no-decisions",
            "Computed on {day}: nothing that takes an authority was decided in the last {days} days. People "
            "who would hold it: {holders}.",
            day=clock.today(), days=LOOKS_BACK.days, holders=holders,
        )  # fmt: skip
    return say(
        "authority.effect",
        "Computed on {day}. Of {total} decisions of the last {days} days that take an authority, it would "
        "have allowed {would}, before this {could} ({acts}). People who would hold it: {holders}.",
        day=clock.today(), days=LOOKS_BACK.days, total=total.total(), would=would.total(),
        could=could.total(), acts=Listing(tuple(_rows(total, would, could)), shown=len(total)),
        holders=holders,
    )  # fmt: skip


def _rows(total: Counter[Act], would: Counter[Act], could: Counter[Act]) -> list[Item]:
    return [
        Item(
            Word(_LABELS[act]),
            say(
                "authority.allowed",
                "{would} of {total}, before this {could}",
                would=would[act],
                total=total[act],
                could=could[act],
            ),
        )
        for act in Act
        if total[act]
    ]


def register_gates() -> None:
    """Compute the back-test when a limit is submitted, and again when it is approved."""
    for step in ("submit", "approve"):
        steps.register_gate(AUTHORITY.slug, step, OnTaking(gate_authority))
