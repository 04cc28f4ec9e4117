"""Who may decide a matter: nobody in their own cause, and only within their authority.

Beyond permission and four eyes, accepting, excluding, dismissing and loosening ask two things of whoever does
it: that they are no part of the matter, in either direction, and that designated management gave them the
authority (`plumbline.identity.authority`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from plumbline.identity import authority, queries
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel.messages import Message, Ref, say
from plumbline.records import steps
from plumbline.records.models import Record
from plumbline.trail import log


class Involved:
    """Who is part of a matter, by primary key, each with why. Every account of such a person counts."""

    def __init__(self) -> None:
        self._reasons: dict[int, Message] = {}

    def add(self, people: Iterable[int | None], why: Message) -> None:
        """Note that ``people`` are part of the matter because of ``why``; the first reason stays."""
        for person in people:
            if person is not None:
                self._reasons.setdefault(person, why)

    @property
    def everybody(self) -> frozenset[int]:
        """The people who are part of it, with their other accounts."""
        return queries.same_person(self._reasons)

    def answer(self, actor: Actor) -> Answer:
        """Whether ``actor`` is no part of it, with the reason."""
        if actor.person_id is None:
            return Answer(False, "Only a person can do this, not a part of the installation.")
        if (why := self._reasons.get(actor.person_id)) is not None:
            text = "{why} Somebody who has no part in it has to decide."
            return Answer(False, say("own-cause.refused", text, why=why))
        if actor.person_id in self.everybody:
            text = (
                "Another account of yours has a part in it; accounts with one mailbox or one name count as "
                "one person. Somebody else has to decide."
            )
            return Answer(False, say("own-cause.account", text))
        return Answer(True, say("own-cause.none", "{name} has no part in it.", name=actor.name))


def involved_in(record: Record) -> Involved:
    """Who owns or wrote ``record``, answers for the system it is about, or is assigned what it asks for."""
    involved = Involved()
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
        for reference, owner in actions.values_list("reference", "owner_id"):
            text = say("own-cause.assigned", "You carry out {action}.", action=Ref(reference))
            involved.add([owner], text)
    return involved


def _owners(system: Record, since: datetime) -> list[int | None]:
    """Who owns ``system`` now, or owned it at any time ``since`` a matter of its came up.

    Otherwise an owner would hand the system over for the minute in which the matter is decided.
    """
    revisions = system.revisions.order_by("number")
    before = revisions.filter(at__lt=since).values_list("number", flat=True).last()
    leaves = revisions.filter(number__gte=before or 0).values_list("leaf", flat=True)
    bodies = (log.opening(leaf, "revision") for leaf in leaves)
    handles = {json.loads(body)["values"].get("owner") for body in bodies if body is not None} - {None}
    return [system.owner_id, *queries.people_with(handles).values()]


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


def may_decide(actor: Actor, record: Record, act: Act, *, rank: int = 0, rank_name: str = "") -> Answer:
    """Whether ``actor`` may decide ``act`` about ``record``: no part in it, and within their authority."""
    involved = involved_in(record)
    own = involved.answer(actor)
    if not own:
        return own
    return authority.may_decide(
        actor, act, rank=rank, rank_name=rank_name, unit_id=unit_of(record), excluded=involved.everybody
    )
