"""Asking for something to be sent. The row is written with what it is about, in one transaction."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from plumbline.delivery import channel, notices
from plumbline.delivery.models import Delivery
from plumbline.delivery.queries import DeliveryView, view
from plumbline.identity import commands as identity
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault


def send_invitation(actor: Actor, person: Person) -> DeliveryView:
    """Have ``person`` invited by mail. Raises `NotAllowed`, or `Conflict` when mail is not set up.

    The same permission and the same entry in the trail as an invitation that is handed over by hand.
    """
    carrier = channel.get("mail")
    if not carrier.is_configured(settings.PLUMBLINE):
        raise Conflict("Mail is not set up.", [Fault("mail", "has no server", carrier.remedy)])
    with transaction.atomic():
        identity.invitation(actor, person)
        now = clock.now()
        delivery = Delivery.objects.create(
            channel=carrier.name,
            notice=notices.INVITATION,
            recipient=person,
            actor=actor.id,
            due_at=now,
            created_at=now,
        )
    return view(delivery)


def can_send_mail() -> bool:
    """Whether this installation has a mail server."""
    return channel.get("mail").is_configured(settings.PLUMBLINE)


def send_reset(email: str) -> None:
    """Have the address for a new password sent to whoever signs in with ``email``, if there is such a person.

    It answers nothing: who has an account is nobody's business. Raises `Conflict` when mail is not set up.
    """
    carrier = channel.get("mail")
    if not can_send_mail():
        raise Conflict("Mail is not set up.", [Fault("mail", "has no server", carrier.remedy)])
    with transaction.atomic():
        person = identity.ask_reset(email)
        if person is None:
            return
        now = clock.now()
        # A newer request takes the place of one that has not been sent yet: one mail is enough.
        Delivery.objects.filter(
            recipient=person, notice=notices.RESET, state=Delivery.State.WAITING, attempts=0
        ).delete()
        Delivery.objects.create(
            channel=carrier.name,
            notice=notices.RESET,
            recipient=person,
            actor="stage:sign-in",
            due_at=now,
            created_at=now,
        )
