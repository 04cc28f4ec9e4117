"""What pages and API show of private notes: that they are there, and to their author what is sealed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from plumbline.identity import policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import NotAllowed, NotFound
from plumbline.reports.private_notes.models import PrivateNote

KEPT_DAYS = 180
"""Days after the last day of an auditor's role before the organization may delete the notes, unread."""
NEVER = date.max


@dataclass(frozen=True)
class Listed:
    """A note as anybody but its author learns of it."""

    handle: str
    author: str
    person: str
    at: Any
    entry: int
    is_own: bool
    deletable_from: date
    """The first day on which the organization may delete it; `NEVER` while its author audits."""

    @property
    def is_kept(self) -> bool:
        """Whether the organization has to keep it today."""
        return clock.today() < self.deletable_from

    @property
    def audits(self) -> bool:
        """Whether its author audits without a last day."""
        return self.deletable_from == NEVER


def audits(actor: Actor) -> Answer:
    """Whether somebody holds the role of an auditor today, from within or outside."""
    today = clock.today()
    held = any(
        grant.holds_on(today) and (ROLES[grant.role].audits or ROLES[grant.role].scoped)
        for grant in actor.grants
    )
    return Answer(held, say("private-note.auditors", "Only auditors keep private notes."))


def keeps_order(actor: Actor, scope: str) -> bool:
    """Whether somebody is told that others keep notes, and deletes them when it is time: whoever adds people
    and gives roles, with a token of ``scope`` too, since neither gives anybody anything."""
    if actor.scopes is not None and scope not in actor.scopes:
        return False
    return bool(policy.may(replace(actor, scopes=None), "grant"))


def _last_day(person_id: int) -> date:
    """The last day on which somebody is an auditor; the first of all days for whoever never was."""
    last = date.min
    for grant in people.grants_of(person_id):
        role = ROLES.get(grant.role)
        # A role that this version does not know may have been an auditor's: its notes are kept.
        if role is not None and not (role.audits or role.scoped):
            continue
        until = grant.ends or NEVER
        if grant.revoked_at is not None:
            until = min(until, clock.day_of(grant.revoked_at))
        last = max(last, until)
    return last


def deletable_from(person_id: int) -> date:
    """The first day on which the organization may delete the notes of somebody."""
    last = _last_day(person_id)
    return NEVER if last > NEVER - timedelta(days=KEPT_DAYS + 1) else last + timedelta(days=KEPT_DAYS + 1)


def require_reading(actor: Actor) -> None:
    """Raises `NotAllowed` for a token that does not read."""
    if actor.scopes is not None and "read" not in actor.scopes:
        raise NotAllowed("This token does not read.", permission="read")


def listed(actor: Actor) -> list[Listed]:
    """The notes of the reader; for whoever gives roles, also that others keep some, oldest first.

    Raises `NotAllowed` for a token that does not read.
    """
    require_reading(actor)
    rows = PrivateNote.objects.filter(removed__isnull=True).select_related("person")
    if not keeps_order(actor, "read"):
        rows = rows.filter(person_id=actor.person_id or 0)
    found = list(rows.order_by("pk"))
    days = {pk: deletable_from(pk) for pk in {row.person_id for row in found}}
    return [
        Listed(row.handle, row.person.full_name, row.person.handle, row.at, row.leaf,
               row.person_id == actor.person_id, days[row.person_id])
        for row in found
    ]  # fmt: skip


def row(handle: str) -> PrivateNote:
    """The note with this id. Raises `NotFound` for one that is not there any more too."""
    found = PrivateNote.objects.select_related("person").filter(handle=handle, removed__isnull=True).first()
    if found is None:
        raise NotFound("There is no private note with this id.")
    return found


def own(actor: Actor) -> list[PrivateNote]:
    """The notes of ``actor``, oldest first. Raises `NotAllowed` for whoever is no person."""
    if actor.person_id is None:
        raise NotAllowed("Private notes belong to a person.", permission="read")
    rows = PrivateNote.objects.filter(person_id=actor.person_id, removed__isnull=True)
    return list(rows.select_related("person").order_by("pk"))
