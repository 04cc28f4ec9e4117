"""What gates of several kinds share: how they refuse, what is empty, and what only top management may do.

A gate stands in the module of its kind. It reads the record and what belongs to it and refuses with
`Conflict`, naming the field and the remedy. What needs results of checks is gated by the room that has them.
"""

from __future__ import annotations

from collections.abc import Iterable

from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records.models import Record

TOP = "top-management"


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


def empty(record: Record, *wanted: tuple[str, str]) -> list[Fault]:
    """A fault for each field, given with its remedy, that is empty."""
    return [
        Fault(name, "is empty", remedy) for name, remedy in wanted if getattr(record, name) in ("", None, ())
    ]


def top_management(actor: Actor, record: Record) -> Answer:
    """Some acts the standard asks of top management itself (5.2, 9.3.1)."""
    today = clock.today()
    if any(grant.role == TOP and grant.holds_on(today) for grant in actor.grants):
        return Answer(True, f"{actor.name} has the role {ROLES[TOP].title}.")
    reason = f"The standard asks this of top management itself: somebody with the role {ROLES[TOP].title}."
    return Answer(False, f"{reason} An AIMS manager can give it to the right person.")
