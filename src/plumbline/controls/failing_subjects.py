"""The condition ``failing:check``: the records that the newest results of a check name as failing.

What a check says of hundreds of systems is then a list like any other, with its filters and acts for many.
"""

from __future__ import annotations

from plumbline.controls import queries, registry, visibility
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, Subject, say
from plumbline.kernel.states import CheckState, MemberState
from plumbline.records.conditions import queries as conditions
from plumbline.records.conditions.queries import Named
from plumbline.records.conditions.values import refused
from plumbline.records.kinds import Kind

FAILING = "failing"
_WORDS = frozenset({CheckState.OVER, CheckState.UNDER})


def register() -> None:
    """Add the condition to those that every list knows."""
    conditions.register(FAILING, named)


def named(actor: Actor, kind: Kind, text: str) -> Named:
    """The records of ``kind`` that ``actor`` may know of and that the check ``text`` names as failing today.

    That is whoever misses what is asked of a population, and the AI system on which a reading lies beyond
    its limit. Raises `Invalid` for a check that does not exist.
    """
    if text not in registry.by_slug():
        message = say("where.no-check", "“{name}” is no check", name=text[:60])
        raise refused(FAILING, message, "take its name from the address of its page under Live checks")
    visible = visibility.ResultVisibility(actor)
    rows = [row for row in queries.readings_by([text]) if visible.covers(row.subject)]
    missing = [
        member.name
        for row in rows
        for member in visibility.members_of(actor, row).rows
        if member.state is MemberState.MISSING
    ]
    references = frozenset(name.reference for name in missing if isinstance(name, Ref))
    if kind.slug != visibility.SYSTEM:
        return Named(references)
    beyond = {row.subject for row in rows if row.subject != ORGANIZATION and row.word in _WORDS}
    return Named(
        references, frozenset(beyond.union(name.slug for name in missing if isinstance(name, Subject)))
    )
