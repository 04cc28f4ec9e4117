"""Who may decide a matter: nobody in their own cause, and only within their authority.

Beyond permission and four eyes, accepting, excluding, dismissing and loosening ask two things of whoever does
it: that they are no part of the matter, in either direction, and that designated management gave them the
authority (`plumbline.identity.authority`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from plumbline.identity import authority, policy, queries
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel import memo
from plumbline.kernel.messages import Message, Ref, say
from plumbline.records import steps
from plumbline.records.models import Record
from plumbline.trail import log

REVISIONS, OWNERS = "deciding.revisions", "deciding.owners"
"""Under what is preloaded (`plumbline.kernel.memo`): with the primary key of a system number, time and trail
entry of its revisions, oldest first; and who owned a system as of each such entry."""


_CONFIRMED = frozenset({Act.DISMISS, Act.NO_ACTION})
"""What is decided by a step that takes the permission to confirm; everything else is approved."""


class Involved:
    """Who is part of a matter, by primary key, each with why.

    Every account of such a person counts, and everybody who stands in for them today in work on ``kind``.
    """

    def __init__(self, kind: str | None = None) -> None:
        self._kind = kind
        self._reasons: dict[int, Message] = {}

    def add(self, people: Iterable[int | None], why: Message) -> None:
        """Note that ``people`` are part of the matter because of ``why``; the first reason stays."""
        for person in people:
            if person is not None:
                self._reasons.setdefault(person, why)

    @property
    def everybody(self) -> frozenset[int]:
        """The people who are part of it, with their other accounts and those who stand in for them."""
        return stand_ins.side_of(self._reasons, self._kind)

    def answer(self, actor: Actor) -> Answer:
        """Whether ``actor`` is no part of it, with the reason."""
        if actor.person_id is None:
            return Answer(False, "Only a person can do this, not a part of the installation.")
        if (why := self._reasons.get(actor.person_id)) is not None:
            text = "{why} Somebody who has no part in it has to decide."
            return Answer(False, say("own-cause.refused", text, why=why))
        if actor.person_id in stand_ins.deputies_of(queries.same_person(self._reasons), self._kind):
            text = "You stand in for somebody who has a part in it. Somebody else has to decide."
            return Answer(False, say("own-cause.deputy", text))
        if actor.person_id in self.everybody:
            text = (
                "Another account of yours has a part in it; accounts with one mailbox or one name count as "
                "one person. Somebody else has to decide."
            )
            return Answer(False, say("own-cause.account", text))
        return Answer(True, say("own-cause.none", "{name} has no part in it.", name=actor.name))


def involved_in(record: Record) -> Involved:
    """Who owns or wrote ``record``, answers for the system it is about, or is assigned what it asks for."""
    involved = Involved(record.kind)
    involved.add([record.owner_id], say("own-cause.owner", "You own this record."))
    involved.add(steps.authors_since_approval(record), say("own-cause.author", "You wrote this record."))
    matter = getattr(record, "nonconformity", None)
    if matter is not None:
        text = say("own-cause.nonconformity", "You own {record}.", record=Ref(matter.reference))
        involved.add([matter.owner_id], text)
    system = getattr(matter or record, "system", None)
    if system is not None:
        text = say("own-cause.system", "You answer for {system}.", system=Ref(system.reference))
        involved.add(_owners(system, since=record.created_at), text)
    actions = getattr(record, "corrective_actions", None)
    if actions is not None:
        for action in actions.all():
            text = say("own-cause.assigned", "You carry out {action}.", action=Ref(action.reference))
            involved.add([action.owner_id], text)
    return involved


def answers_for(system: Record, since: datetime, why: Message) -> Involved:
    """Whoever answers for ``system``, or did at any time ``since``; ``why`` says how they are part of it."""
    involved = Involved()
    involved.add(_owners(system, since), why)
    return involved


def _owners(system: Record, since: datetime) -> list[int | None]:
    """Who owns ``system`` now, or owned it at any time ``since`` a matter of its came up.

    Otherwise an owner would hand the system over for the minute in which the matter is decided.
    """
    revisions = memo.read_once((REVISIONS, system.pk), lambda: _revisions(system))
    before = max((number for number, at, _ in revisions if at < since), default=0)
    leaves = [leaf for number, _, leaf in revisions if number >= before]
    known: Mapping[int, tuple[int, ...]] = memo.read_once(OWNERS, dict)
    owners = known if known.keys() >= set(leaves) else owners_at(leaves)
    return [system.owner_id, *(owner for leaf in leaves for owner in owners[leaf])]


def _revisions(system: Record) -> list[tuple[int, datetime, int]]:
    return list(system.revisions.order_by("number").values_list("number", "at", "leaf"))


def owners_at(leaves: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Who owned a record (primary key; empty: nobody) in the revision of each of these trail entries."""
    bodies = log.openings_at(leaves, "revision")
    handles = {leaf: json.loads(body)["values"].get("owner") for leaf, body in bodies.items()}
    people = queries.people_with(handle for handle in handles.values() if handle)
    owners = ((leaf, people.get(handles.get(leaf) or "")) for leaf in leaves)
    return {leaf: () if owner is None else (owner,) for leaf, owner in owners}


def runs_the_aims(actor: Actor) -> bool:
    """Whether ``actor`` has a role today, by any account, whose holders run the management system."""
    return any(ROLES[slug].operates for slug in queries.roles_today(queries.same_person([actor.person_id])))


def unit_of(record: Record) -> int | None:
    """Where a matter belongs: to the unit of the system that it is about, else to its own."""
    matter = getattr(record, "nonconformity", None) or record
    system = getattr(matter, "system", None)
    return system.unit_id if system is not None else record.unit_id


def has_no_part(actor: Actor, record: Record) -> Answer:
    """Whoever verifies or closes something has no part in it."""
    return involved_in(record).answer(actor)


def may_decide(
    actor: Actor,
    record: Record,
    act: Act,
    *,
    rank: int = 0,
    rank_name: str = "",
    involved: Involved | None = None,
) -> Answer:
    """Whether ``actor`` may decide ``act`` about ``record``: no part in it, and within their authority.

    ``involved`` are those with a part in it, where they are others than `involved_in` says.
    """
    involved = involved_in(record) if involved is None else involved
    own = involved.answer(actor)
    if not own:
        return own

    def permitted(other: Actor) -> Answer:
        verb = "confirm" if act in _CONFIRMED else "approve"
        return policy.may(other, verb, kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id)

    return authority.may_decide(
        actor,
        act,
        rank=rank,
        rank_name=rank_name,
        unit_id=unit_of(record),
        excluded=involved.everybody,
        permitted=permitted,
    )
