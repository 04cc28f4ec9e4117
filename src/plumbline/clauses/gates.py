"""What gates of several kinds share: how they refuse, what is empty or over, and what top management decides.

A gate stands in the module of its kind. It reads the record and what belongs to it and refuses with
`Conflict`, naming the field and the remedy. What needs results of checks is gated by the room that has them.
Who may decide a matter at all, and who is part of it, is in `plumbline.clauses.deciding`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from plumbline.identity import authority
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, Word, listing, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import kinds
from plumbline.records.gates import AmendGate, Gate
from plumbline.records.models import Record


def refuse(record: Record, faults: Iterable[Fault]) -> None:
    """Raise `Conflict` if there is any fault."""
    found = tuple(faults)
    if found:
        raise Conflict(
            say(
                "gate.not-ready",
                "One thing is missing before {record} can take this step.",
                plural="{count} things are missing before {record} can take this step.",
                record=Ref(record.reference),
                count=len(found),
            ),
            found,
        )


def empty(record: Record, **remedies: str) -> list[Fault]:
    """A fault for each field, given with its remedy, that is empty."""
    return [
        Fault(name, "is empty", remedy)
        for name, remedy in remedies.items()
        if getattr(record, name) in ("", None, ())
    ]


def filled(**remedies: str) -> Gate:
    """A gate that lets nothing pass while one of the fields, given with its remedy, is empty."""

    def gate(actor: Actor, record: Record, reason: str) -> None:
        refuse(record, empty(record, **remedies))

    return gate


def passed(record: Record, field: str) -> list[Fault]:
    """A fault if the last day in ``field`` has passed; the day itself still counts."""
    if not clock.passed(getattr(record, field)):
        return []
    return [Fault(field, "has passed", "give a day that is still to come")]


def not_passed(field: str) -> Gate:
    """A gate that lets nothing pass whose last day, in ``field``, is over."""

    def gate(actor: Actor, record: Record, reason: str) -> None:
        refuse(record, passed(record, field))

    return gate


def stays_as_approved(report: Collection[str]) -> AmendGate:
    """An amend gate of what is under way: only the fields of its ``report`` are written, the rest stays as it
    was approved."""

    def gate(actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        if record.state != "under way":
            return
        text, remedy = say("change.stays", "stays as it was approved"), "plan what differs as another record"
        fixed = [name for name in kinds.get(record.kind).own_fields if name not in report]
        refuse(record, [Fault(name, text, remedy) for name in fixed if before[name] != after[name]])

    return gate


def top_management(actor: Actor, record: Record) -> Answer:
    """Some acts the standard asks of top management itself (5.2, 9.3.1)."""
    roles = listing([Word(role.title) for role in ROLES.values() if role.management], conjunction="or")
    if authority.is_management(actor):
        return Answer(
            True, say("management.holds", "{name} has the role {roles}.", name=actor.name, roles=roles)
        )
    text = (
        "The standard asks this of top management itself: somebody with the role {roles}. "
        "An AIMS manager can give it to the right person."
    )
    return Answer(False, say("management.asked", text, roles=roles))
