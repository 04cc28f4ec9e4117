"""Making and revoking the address of somebody's calendar. Each leaves an entry."""

from __future__ import annotations

import secrets

from django.db import transaction

from plumbline.delivery.calendar import queries
from plumbline.delivery.models import CalendarFeed
from plumbline.identity.actors import Actor, secret_digest
from plumbline.identity.models import Person
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.trail import log


def _own(actor: Actor) -> Person:
    if actor.person_id is None:
        raise NotAllowed("A calendar belongs to a person.")
    return Person.objects.get(pk=actor.person_id)


def make(actor: Actor) -> str:
    """A new address of the calendar of ``actor``, in the place of the one before; it is shown this once.

    It opens what the person may see to whoever has it, as a token does, and so is made in a session. Raises
    `NotAllowed`, or `Conflict` for an account without a password, with which the address would end.
    """
    if actor.scopes is not None:
        raise NotAllowed("No token may make a calendar address. Sign in as a person to do this.")
    person = _own(actor)
    if not person.has_usable_password():
        raise Conflict("Choose a password first: a calendar address ends when the password changes.")
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        feed, _ = CalendarFeed.objects.update_or_create(
            person=person,
            defaults={
                "digest": secret_digest(secret),
                "credential": queries.credential(person),
                "created_at": clock.now(),
            },
        )
        _append_entry(actor.id, "calendar.made", person, feed)
    return f"{organization.current().public_address}/calendar/{secret}.ics"


def revoke(actor: Actor) -> None:
    """End the address of the calendar of ``actor``. Raises `NotAllowed`, or `Conflict` when there is none."""
    person = _own(actor)
    if actor.scopes is not None and "write" not in actor.scopes:
        raise NotAllowed("This token only reads. Use one with the scope write.")
    with transaction.atomic():
        deleted, _ = CalendarFeed.objects.filter(person=person).delete()
        if not deleted:
            raise Conflict("There is no calendar address to revoke.")
        _append_entry(actor.id, "calendar.revoked", person)


def _append_entry(actor: str, entry_type: str, person: Person, feed: CalendarFeed | None = None) -> None:
    subject: dict[str, JSON] = {"kind": "person", "ref": person.handle}
    openings = {"digest": feed.digest.encode(), "credential": feed.credential.encode()} if feed else {}
    log.append(entry_type, actor=actor, subject=subject, openings=openings)
