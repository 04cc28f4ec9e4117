"""Named contradictions: where the records say two things that cannot both hold.

They are found by the checks, hold down the states of the requirements that these read, and are gathered here
in one list: a control left out although the register needs it, a prohibited practice in operation, an
acceptance that today's level has overtaken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from plumbline.controls import members, queries, registry, visibility
from plumbline.controls.verdicts import ORGANIZATION, MemberVerdict
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Name
from plumbline.kernel.states import MemberState

CODES = frozenset(
    {
        "applicability.against",
        "assessment.against",
        "assessment.before-release",
        "assessment.other-release",
        "risk.lapsed",
        "risk.method-changed",
        "risk.method-gone",
        "risk.over-appetite",
        "assessment.prohibited",
    }
)
"""Codes of the messages that name a contradiction; the others of a check name something missing or late."""


@dataclass(frozen=True)
class Contradiction:
    """One of them: what it is about, what is said of it, and the check that found it with what it reads."""

    name: Name
    message: Message
    check: str
    requirements: tuple[str, ...]
    owner: str


def contradictions(actor: Actor | None = None) -> tuple[list[Contradiction], int]:
    """Those that ``actor`` may know of, by check, and how many there are besides.

    Raises `NotAllowed` for one who may not read requirements at all.
    """
    if actor is not None:
        policy.require(actor, "read", anywhere=True)
    found, visible = list(_found()), visibility.ResultVisibility(actor)
    if visible.sees_all:
        return found, 0
    may_name = visible.may_name([Message("", "", {"name": one.name, "of": one.message}) for one in found])
    shown = []
    for one in found:
        verdict = MemberVerdict(one.name, MemberState.MISSING, one.message)
        kept, _ = members.redact_members([verdict], may_name)
        shown += [replace(one, message=member.message or one.message) for member in kept]
    return shown, len(found) - len(shown)


def _found() -> Iterator[Contradiction]:
    checks = registry.by_slug()
    # Only results on the organization have members, and `queries.readings` leaves them out.
    for result in queries.readings_of(checks, ORGANIZATION):
        check = checks[result.check_name]
        for member in members.from_rows(result.members):
            if member.message is not None and CODES & set(_codes(member.message)):
                yield Contradiction(member.name, member.message, check.slug, check.requirements, member.owner)


def _codes(message: Message) -> Iterator[str]:
    """The code of a message and those of the messages in it."""
    yield message.code
    for param in message.params.values():
        if isinstance(param, Message):
            yield from _codes(param)
