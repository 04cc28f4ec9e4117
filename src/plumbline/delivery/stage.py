"""The stage that sends what is due, tries again after growing pauses, and gives up in the end."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from plumbline.delivery import channel, notices
from plumbline.delivery.channel import Letter, NothingToSay, SendFailed
from plumbline.delivery.models import Delivery
from plumbline.delivery.waiting import commands as waiting
from plumbline.delivery.waiting import queries as waiting_queries
from plumbline.delivery.webhook import commands as webhooks
from plumbline.delivery.webhook import sending
from plumbline.identity.organization import queries as organization
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
        delivery = due.select_related("recipient", "endpoint", "about").order_by("due_at", "id").first()
        if delivery is None:
            return False
        if delivery.notice == notices.WAITING and self._is_postponed(delivery, now):
            return True
        # The attempt is on record before it is made. A process that is killed while sending then comes again
        # after a pause, not at once and for ever; the price is that a letter may, rarely, be sent twice.
        delivery.attempts += 1
        final = delivery.attempts > len(PAUSES)
        delivery.due_at = now + PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
        delivery.save(update_fields=["attempts", "due_at"])
        try:
            # Outside any transaction: no lock is held while a server far away thinks.
            letter = self._send(delivery)
        except NothingToSay:
            delivery.delete()
            return True
        except SendFailed as failure:
            _log.warning("delivery %s failed: %s", delivery.handle, failure.reason)
            self._record_failure(delivery, failure, give_up=final or failure.permanent)
            return failure.permanent
        self._record_sent(delivery, letter)
        return True

    def _is_postponed(self, delivery: Delivery, now: datetime) -> bool:
        """Put off what is due in the quiet hours of its recipient, as after a pause; whether it was."""
        person = delivery.person
        hours = waiting_queries.hours(person, waiting_queries.preference(person.pk))
        allowed = hours.first_allowed(now)
        if allowed > now:
            Delivery.objects.filter(pk=delivery.pk).update(due_at=allowed)
        return allowed > now

    def _send(self, delivery: Delivery) -> Letter | None:
        """Hand it over; the letter, where it is one."""
        config = organization.current()
        if delivery.endpoint is not None:
            try:
                sending.send(config, delivery)
            except Problem as problem:
                raise SendFailed(str(problem.detail)) from problem
            return None
        if not delivery.person.is_active:
            raise SendFailed("The account is out of use.", permanent=True)
        try:
            carrier = channel.get(delivery.channel)
            letter = notices.compose(config, delivery)
        except Problem as problem:
            raise SendFailed(str(problem.detail), permanent=True) from problem
        if not carrier.is_configured(config):
            raise SendFailed(f"{carrier.title} is not set up. {carrier.remedy}")
        carrier.send(config, letter)
        return letter

    def _record_failure(self, delivery: Delivery, failure: SendFailed, *, give_up: bool) -> None:
        delivery.error = failure.reason
        if not give_up:
            delivery.save(update_fields=["error"])
            return
        delivery.state = Delivery.State.FAILED
        with transaction.atomic():
            delivery.save(update_fields=["state", "error"])
            if delivery.endpoint is not None:
                webhooks.disable(delivery.endpoint)
            elif delivery.notice == notices.WAITING:
                waiting.give_up_mail(delivery.person.pk)
            self._append_entry(delivery, "delivery.failed")

    def _record_sent(self, delivery: Delivery, letter: Letter | None) -> None:
        delivery.state, delivery.sent_at, delivery.error = Delivery.State.SENT, clock.now(), ""
        with transaction.atomic():
            delivery.save(update_fields=["state", "sent_at", "error"])
            if letter is not None:
                waiting.note_mailed(delivery.person.pk, letter.about)
            self._append_entry(delivery, "delivery.sent")

    def _append_entry(self, delivery: Delivery, entry_type: str) -> None:
        target = "person" if delivery.endpoint is None else "webhook"
        log.append(
            entry_type,
            actor="stage:delivery",
            subject={"kind": "delivery", "ref": delivery.handle, target: delivery.target},
            facts={"channel": delivery.channel, "notice": delivery.notice, "attempts": delivery.attempts},
        )
