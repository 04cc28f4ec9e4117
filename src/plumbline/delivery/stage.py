"""The stage that sends what is due, tries again after growing pauses, and gives up in the end."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from plumbline.delivery import channel, notices
from plumbline.delivery.channel import SendFailed
from plumbline.delivery.models import Delivery
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.trail import log

_log = logging.getLogger(__name__)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1_440))
"""How long to wait after each failed attempt; after the last one the delivery is given up.

Some 34 hours in all: a mail server that is down over a night still gets it.
"""


class DeliveryStage:
    """Sends deliveries, one for each call."""

    name = "delivery"

    def advance(self) -> bool:
        """Try the delivery that has been due longest; whether to come again at once.

        After a failure that may pass the stage rests for this turn: with a server that does not answer, every
        further delivery would hold up the other stages for a timeout of its own.
        """
        now = clock.now()
        due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now)
        delivery = due.select_related("recipient").order_by("due_at", "id").first()
        if delivery is None:
            return False
        # The attempt is on record before it is made. A process that is killed while sending then comes again
        # after a pause, not at once and for ever; the price is that a letter may, rarely, be sent twice.
        delivery.attempts += 1
        final = delivery.attempts > len(PAUSES)
        delivery.due_at = now + PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
        delivery.save(update_fields=["attempts", "due_at"])
        try:
            # Outside any transaction: no lock is held while a server far away thinks.
            self._send(delivery)
        except SendFailed as failure:
            _log.warning("delivery %s failed: %s", delivery.handle, failure.reason)
            self._record_failure(delivery, failure, give_up=final or failure.permanent)
            return failure.permanent
        self._record_sent(delivery)
        return True

    def _send(self, delivery: Delivery) -> None:
        config = settings.PLUMBLINE
        if not delivery.recipient.is_active:
            raise SendFailed("The account is out of use.", permanent=True)
        try:
            carrier = channel.get(delivery.channel)
            letter = notices.compose(config, delivery)
        except Problem as problem:
            raise SendFailed(str(problem.detail), permanent=True) from problem
        if not carrier.is_configured(config):
            raise SendFailed(f"{carrier.title} is not set up. {carrier.remedy}")
        carrier.send(config, letter)

    def _record_failure(self, delivery: Delivery, failure: SendFailed, *, give_up: bool) -> None:
        delivery.error = failure.reason
        if not give_up:
            delivery.save(update_fields=["error"])
            return
        delivery.state = Delivery.State.FAILED
        with transaction.atomic():
            delivery.save(update_fields=["state", "error"])
            self._append_entry(delivery, "delivery.failed")

    def _record_sent(self, delivery: Delivery) -> None:
        delivery.state, delivery.sent_at, delivery.error = Delivery.State.SENT, clock.now(), ""
        with transaction.atomic():
            delivery.save(update_fields=["state", "sent_at", "error"])
            self._append_entry(delivery, "delivery.sent")

    def _append_entry(self, delivery: Delivery, entry_type: str) -> None:
        log.append(
            entry_type,
            actor="stage:delivery",
            subject={"kind": "delivery", "ref": delivery.handle, "person": delivery.recipient.handle},
            facts={"channel": delivery.channel, "notice": delivery.notice, "attempts": delivery.attempts},
        )
