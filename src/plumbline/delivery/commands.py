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
