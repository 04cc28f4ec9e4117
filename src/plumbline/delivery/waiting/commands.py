"""What somebody does with their own notices: read them, and say how they want to be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from plumbline.delivery import channel
from plumbline.delivery.models import Delivery, Notice, NoticePreference
from plumbline.delivery.waiting import letters, queries
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotAllowed, NotFound

HOURS = range(24)
BETWEEN_MAILS = timedelta(minutes=10)
"""Between two mails to somebody who is told at once, so that a busy hour is not sixty mails."""


def _own(actor: Actor) -> int:
    """The person whose notices ``actor`` changes. Raises `NotAllowed`."""
    if actor.person_id is None:
        raise NotAllowed("Notices belong to people. Use the token of a person.")
    if actor.scopes is not None and "write" not in actor.scopes:
        raise NotAllowed("This token only reads. Use one with the scope write.")
    return actor.person_id


def mark_read(actor: Actor, handle: str) -> None:
    """Note that ``actor`` has read a notice of theirs. Raises `NotFound` for any other."""
    rows = Notice.objects.filter(person_id=_own(actor), handle=handle)
    if not rows.exists():
        raise NotFound("There is no such notice of yours.")
    rows.filter(read_at__isnull=True).update(read_at=clock.now())


def mark_all_read(actor: Actor) -> int:
    """Note that ``actor`` has read all notices there are now; how many were unread."""
    rows = Notice.objects.filter(person_id=_own(actor), read_at__isnull=True)
    return rows.update(read_at=clock.now())


def choose(
    actor: Actor, *, mail: str, digest_hour: int, quiet_from: int | None, quiet_until: int | None
) -> NoticePreference:
    """Say how ``actor`` wants to be told by mail. Raises `Invalid`.

    It decides nothing that others rely on, so that it has no entry in the trail, like the theme.
    """
    faults = []
    if mail not in NoticePreference.Mail.values:
        words = say("fault.one-of", "one of: {names}", names=", ".join(NoticePreference.Mail.values))
        faults.append(Fault("mail", "is not a way to be told", words))
    hours = {"digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_until": quiet_until}
    faults += [
        Fault(name, "is no hour of the day", "an hour from 0 to 23")
        for name, hour in hours.items()
        if hour is not None and hour not in HOURS
    ]
    if (quiet_from is None) != (quiet_until is None):
        faults.append(Fault("quiet_until", "Quiet hours need a beginning and an end.", "Give both or none."))
    if faults:
        raise Invalid("Your choice was not saved.", faults)
    person = Person.objects.get(pk=_own(actor))
    with transaction.atomic():
        row, _ = NoticePreference.objects.update_or_create(person=person, defaults={"mail": mail, **hours})
        # What was planned by the hours of before is planned anew; what was tried already keeps its pauses.
        _planned(person).filter(attempts=0).delete()
        plan_mail(person, clock.now())
    return row


def plan_mail(person: Person, now: datetime) -> None:
    """See to it that a mail is planned when something waits that none has named."""
    chosen = queries.preference(person.pk)
    carrier = channel.get("mail")
    if chosen.mail == NoticePreference.Mail.OFF or not carrier.is_configured(settings.PLUMBLINE):
        return
    if not queries.unmailed(person.pk) or _planned(person).exists():
        return
    hours = queries.hours(person, chosen)
    due = hours.send_at(now)
    last = Delivery.objects.filter(recipient=person, notice=letters.WAITING, sent_at__isnull=False).first()
    if last is not None and last.sent_at is not None and hours.digest is None:
        due = max(due, hours.first_allowed(last.sent_at + BETWEEN_MAILS))
    Delivery.objects.create(
        channel=carrier.name,
        notice=letters.WAITING,
        recipient=person,
        actor="stage:notices",
        due_at=due,
        created_at=now,
    )


def note_mailed(person_id: int, handles: Collection[str]) -> None:
    """Note that a mail has named these notices."""
    Notice.objects.filter(person_id=person_id, handle__in=handles).update(mailed_at=clock.now())


def give_up_mail(person_id: int) -> None:
    """Note that no mail will name what waits now: the person's server takes none.

    Otherwise the next round would plan the same mail again, and so on for ever.
    """
    Notice.objects.filter(person_id=person_id, mailed_at__isnull=True).update(mailed_at=clock.now())


def _planned(person: Person) -> QuerySet[Delivery]:
    return Delivery.objects.filter(recipient=person, notice=letters.WAITING, state=Delivery.State.WAITING)
