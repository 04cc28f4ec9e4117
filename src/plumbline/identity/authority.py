"""Who may decide what, and up to where: authority limits, beside the permissions that roles give.

A role lets somebody take a step; deciding takes an authority besides: to accept a risk of this level, to
leave a control out, to call a suspicion unfounded. An authority is a record that designated management
approved (ISO/IEC 42001 5.3, 6.1.3). The room that keeps those records hands them in by `use`, since it lies
above.

Whoever may give authority holds every other one too, within the same unit. While nobody is designated for the
whole organization, holders of a role of top management are: somebody has to approve the first record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plumbline.identity import queries
from plumbline.identity.actors import Actor, EffectiveGrant, actor_of_person
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock, memo
from plumbline.kernel.messages import Message, Ref, Word, listing, say

_NAMED = 3
"""How many people are named who could decide instead."""


class Act(StrEnum):
    """What somebody may be given the authority for."""

    DESIGNATE = "designate"
    ACCEPT_RISK = "accept risk"
    EXCLUDE_CONTROL = "exclude control"
    DISMISS = "dismiss"
    NO_ACTION = "no action"
    APPROVE_LIMIT = "approve limit"
    APPROVE_EXCEPTION = "approve exception"
    ACCEPT_RESTATEMENT = "accept restatement"
    CHANGE_UNIT = "change unit"
    APPROVE_POSTURE = "approve posture"
    GO_LIVE = "go live"

    @property
    def text(self) -> str:
        """What is done, as it stands after *the authority to*."""
        return _TEXTS[self]


_TEXTS: Mapping[Act, str] = {
    Act.DESIGNATE: "give authority to others",
    Act.ACCEPT_RISK: "accept a residual risk",
    Act.EXCLUDE_CONTROL: "exclude a control",
    Act.DISMISS: "dismiss or downgrade a nonconformity",
    Act.NO_ACTION: "decide that no corrective action is needed",
    Act.APPROVE_LIMIT: "approve a limit, a pause or a reference period",
    Act.APPROVE_EXCEPTION: "approve a departure from an own rule",
    Act.ACCEPT_RESTATEMENT: "accept the restatement of a verdict",
    Act.CHANGE_UNIT: "change the unit of a record",
    Act.APPROVE_POSTURE: "approve the posture as a whole",
    Act.GO_LIVE: "approve releases and deployments",
}


@dataclass(frozen=True)
class AuthorityLimit:
    """One approved authority: who (a person, or every holder of a role), what, how far, where, how long.

    ``ranks`` bound an act from above: the level of a risk (1 to 5), the grade of a nonconformity (1 minor,
    2 major), the tier of a system (1 basic to 3 high). ``unit_id`` reaches that unit and all beneath it;
    ``None`` the whole organization.
    """

    reference: str
    acts: frozenset[Act]
    person_id: int | None = None
    role: str = ""
    ranks: Mapping[Act, int] = field(default_factory=dict)
    unit_id: int | None = None
    starts: date = date.min
    ends: date = date.max

    def covers(self, act: Act, rank: int) -> bool:
        """Whether ``act`` of this ``rank`` is among what may be decided."""
        return Act.DESIGNATE in self.acts or (act in self.acts and rank <= self.ranks.get(act, 0))


Source = Callable[[], Sequence[AuthorityLimit]]


def _nothing() -> Sequence[AuthorityLimit]:
    return ()


_source: Source = _nothing


def use(source: Source) -> None:
    """From now on the approved authority limits are those that ``source`` answers."""
    global _source
    _source = source


def in_force(today: date | None = None) -> list[AuthorityLimit]:
    """The authority limits that hold ``today``."""
    day = today or clock.today()
    return memo.read_once(("authority.in_force", day), lambda: _in_force(day))


def _in_force(day: date) -> list[AuthorityLimit]:
    return [limit for limit in _source() if limit.starts <= day <= limit.ends]


_HOW = say(
    "authority.how",
    "Designated management gives it by approving an authority limit; before anybody is designated, "
    "that is top management.",
)
"""How somebody gets an authority: without it a refusal would lead nowhere."""


def may_decide(
    actor: Actor,
    act: Act,
    *,
    rank: int = 0,
    rank_name: str = "",
    unit_id: int | None = None,
    excluded: Collection[int] = (),
    permitted: Callable[[Actor], object] | None = None,
) -> Answer:
    """Whether ``actor`` has the authority for ``act`` of ``rank`` in a unit, and by which record.

    ``unit_id`` ``None`` asks for the whole organization. A refusal says who could decide, except for the
    ``excluded`` people (primary keys), and how somebody gets the authority; ``rank_name`` is the rank in
    words. ``permitted`` says of somebody with the authority whether a role lets them take the step as well.
    """
    limits, branches = in_force(), queries.unit_branches()
    by = _basis(actor, limits, branches, act, rank, unit_id)
    if isinstance(by, AuthorityLimit):
        return Answer(
            True, say("authority.held", "{name} may by {limit}.", name=actor.name, limit=Ref(by.reference))
        )
    if by is not None:
        text = "{name} may as {role}, since no record designates anybody yet."
        return Answer(True, say("authority.founding", text, name=actor.name, role=Word(ROLES[by.role].title)))
    if memo.is_shared():
        # Whoever asks about many records wants to know which, and naming others costs queries for each.
        text = "This takes the authority to {act}. {how}"
        return Answer(False, say("authority.lacking", text, act=Word(act.text), how=_HOW))
    # Another account of the actor's would be named as somebody else otherwise.
    nobody = queries.same_person([*excluded, actor.person_id])
    others = list(_others(act, rank, unit_id, nobody, limits))
    return Answer(False, _refusal(act, rank_name, _who(others, permitted)))


def is_management(actor: Actor) -> bool:
    """Whether ``actor`` holds a role of top management today, for the whole organization."""
    today = clock.today()
    return any(
        ROLES[grant.role].management and grant.units is None and grant.holds_on(today)
        for grant in actor.grants
    )


def designates(limit: AuthorityLimit) -> bool:
    """Whether this limit makes somebody designated management of the whole organization."""
    return Act.DESIGNATE in limit.acts and limit.unit_id is None


def _basis(
    actor: Actor,
    limits: Sequence[AuthorityLimit],
    branches: Mapping[int, frozenset[int]],
    act: Act,
    rank: int,
    unit_id: int | None,
) -> AuthorityLimit | EffectiveGrant | None:
    """What gives ``actor`` the authority: a limit, or the role of top management that founds all others."""
    # A part of the installation decides nothing: an authority is a person's.
    if actor.person_id is None:
        return None
    today = clock.today()
    for limit in limits:
        inside = limit.unit_id is None or (unit_id is not None and unit_id in branches[limit.unit_id])
        if inside and limit.covers(act, rank) and _names(limit, actor, unit_id, today):
            return limit
    # Only until somebody is designated: afterwards a role that an AIMS manager gives must not found anything.
    if any(map(designates, limits)):
        return None
    founding = (grant for grant in actor.grants if ROLES[grant.role].management and grant.units is None)
    return next((grant for grant in founding if grant.holds_on(today)), None)


def _names(limit: AuthorityLimit, actor: Actor, unit_id: int | None, today: date) -> bool:
    if limit.person_id is not None:
        return limit.person_id == actor.person_id
    return any(
        grant.role == limit.role
        and grant.holds_on(today)
        and (grant.units is None or (unit_id is not None and unit_id in grant.units))
        for grant in actor.grants
    )


def _who(others: Sequence[Actor], permitted: Callable[[Actor], object] | None) -> Message:
    """Who of those with the authority may decide; where no role lets any of them, that a role is needed."""
    able = [other.name for other in others if permitted is None or permitted(other)]
    if able:
        return say(
            "authority.who", "{people} may decide it.", people=listing(able[:_NAMED], conjunction="or")
        )
    if others:
        text = "{people} may decide it, and needs a role with this step besides (People and roles)."
        names = listing([other.name for other in others[:_NAMED]], conjunction="or")
        return say("authority.no-role", text, people=names)
    return say("authority.nobody", "Nobody else has it yet.")


def _refusal(act: Act, rank_name: str, who: Message) -> Message:
    what = Word(act.text)
    if rank_name:
        text = "This takes the authority to {act} ({rank}). {who} {how}"
        return say("authority.needed-rank", text, act=what, rank=Word(rank_name), who=who, how=_HOW)
    return say(
        "authority.needed", "This takes the authority to {act}. {who} {how}", act=what, who=who, how=_HOW
    )


def _others(
    act: Act, rank: int, unit_id: int | None, excluded: Collection[int], limits: Sequence[AuthorityLimit]
) -> Iterator[Actor]:
    """People who have the authority; only those are looked at whom a limit or a role may name."""
    branches = queries.unit_branches()
    people = {limit.person_id for limit in limits if limit.person_id is not None}
    roles = {limit.role for limit in limits if limit.role}
    roles |= {role.slug for role in ROLES.values() if role.management}
    for person in queries.holders(people, roles, excluded):
        other = actor_of_person(person)
        if _basis(other, limits, branches, act, rank, unit_id) is not None:
            yield other
