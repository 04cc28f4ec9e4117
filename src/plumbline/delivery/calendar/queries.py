"""What a calendar shows: what is due for a person, as far as they may see it at that moment."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from plumbline.controls.tasks.queries import tasks_of
from plumbline.delivery.calendar import ics
from plumbline.delivery.calendar.ics import Event
from plumbline.delivery.models import CalendarFeed
from plumbline.delivery.waiting.queries import is_sensitive, path_of
from plumbline.identity import actors, writing
from plumbline.identity.actors import Actor, secret_digest
from plumbline.identity.models import Person
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import NotFound
from plumbline.records import names, queries, read_log
from plumbline.records.attachments import queries as attachments
from plumbline.wording import render

DAYS_AHEAD = 366
MOST = 500
"""Events of one calendar: those that are due first."""


def person_of(secret: str) -> Person:
    """Whose calendar lies at the address with ``secret``. Raises `NotFound`, alike for whatever is wrong."""
    feed = CalendarFeed.objects.select_related("person").filter(digest=secret_digest(secret)).first()
    if feed is None or not feed.person.is_active or feed.credential != credential(feed.person):
        raise NotFound("There is no calendar at this address. Make a new address on the account page.")
    return feed.person


def credential(person: Person) -> str:
    """The digest of the password of ``person``, by which a feed knows that it is still the same."""
    return writing.credential(person)["credential"].decode()


def feed_of(person: Person) -> CalendarFeed | None:
    """The feed of ``person``, if there is one that still works."""
    feed = CalendarFeed.objects.filter(person=person).first()
    return feed if feed is not None and feed.credential == credential(person) else None


def made_at(actor: Actor) -> datetime | None:
    """When the address of the calendar of ``actor`` was made; ``None`` where there is none that works."""
    person = Person.objects.filter(pk=actor.person_id or 0).first()
    feed = feed_of(person) if person is not None else None
    return feed.created_at if feed is not None else None


def calendar_of(person: Person) -> str:
    """The calendar of ``person`` as iCalendar: their tasks and their own records that have a day."""
    config = organization.current()
    name = say("calendar.name", "Due in the AIMS of {organization}", organization=config.organization)
    return ics.calendar(render(name), _events(person, config.public_address), clock.now())


def _events(person: Person, base: str) -> list[Event]:
    actor = actors.actor_of_person(person)
    # The calendar names nothing sensitive, so that reading it is not reading a record.
    with read_log.collected():
        due = _due(actor)
    titles = names.titles(actor, {subject for subject, is_record in due if is_record})
    events = [
        _event(person, base, subject, is_record, day, titles)
        for (subject, is_record), day in due.items()
        if not is_record or subject in titles
    ]
    return sorted(events, key=lambda event: (event.day, event.uid))[:MOST]


def _due(actor: Actor) -> dict[tuple[str, bool], date]:
    """The first day on which something is due, by the subject and whether it is a record."""
    until = clock.today() + timedelta(days=DAYS_AHEAD)
    found: dict[tuple[str, bool], date] = {}
    own = queries.due(actor, until, limit=MOST, owner_id=actor.person_id)
    rows = [(task.due, task.subject, task.is_record) for task in tasks_of(actor) if task.due is not None]
    rows += [(day, reference, True) for day, _, reference, _ in own]
    files = attachments.ending(actor, until, MOST)
    rows += [(file.valid_until, file.reference, True) for file in files]
    for day, subject, is_record in rows:
        found[subject, is_record] = min(day, found.get((subject, is_record), day))
    return found


def _event(
    person: Person, base: str, subject: str, is_record: bool, day: date, titles: dict[str, str]
) -> Event:
    """The event of one subject; ``base`` is the address of the installation."""
    address = base + path_of(subject, is_record=is_record)
    sensitive = is_record and is_sensitive(subject)
    summary = f"{titles[subject]} ({subject})" if is_record and not sensitive else subject
    # The same at every reading, and of no use to whoever sees two calendars.
    uid = hashlib.sha256(f"{person.handle} {subject}".encode()).hexdigest()
    description = render(say("calendar.due", "Due on {day}: {address}", day=day, address=address))
    return Event(f"{uid[:32]}@plumbline", day, summary, description, address)
