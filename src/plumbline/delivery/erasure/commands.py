"""Deliveries to people whose accounts are erased."""

from __future__ import annotations

from collections.abc import Collection

from plumbline.delivery.models import CalendarFeed, Delivery, Notice, NoticePreference


def erase_rows(handles: Collection[str]) -> None:
    """Delete what waits to be sent to these people (there is no address any more), and their notices.

    What was sent names its recipient by the account alone, which is emptied; its entry says that it was sent.
    """
    Delivery.objects.filter(recipient__handle__in=handles, state=Delivery.State.WAITING).delete()
    Notice.objects.filter(person__handle__in=handles).delete()
    CalendarFeed.objects.filter(person__handle__in=handles).delete()
    NoticePreference.objects.filter(person__handle__in=handles).delete()
