"""The stage that notices what newly waits for each person, and plans the mail about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from plumbline.controls.tasks.queries import tasks_of
from plumbline.controls.tasks.task import Task
from plumbline.delivery.models import Notice, NoticeRound
from plumbline.delivery.waiting import commands, queries
from plumbline.delivery.webhook import commands as webhooks
from plumbline.identity import actors
from plumbline.identity.models import Grant, Person
from plumbline.kernel import clock
from plumbline.records import read_log
from plumbline.trail import log

REST = timedelta(minutes=1)
"""Between the beginnings of two rounds: what waits is derived for everybody, at some queries each."""
SHARE = 20
"""How many times the length of a round has to pass before the next one begins. With thousands of people the
stage takes a twentieth of its process's time, and they learn of something later, not the others' stages."""


class NoticeStage:
    """Looks at what waits for one person for each call, everybody once in a round."""

    name = "notices"

    def advance(self) -> bool:
        """Look at the next person; whether there may be more. A round begins when something has changed."""
        row, _ = NoticeRound.objects.get_or_create(pk=1)
        now = clock.now()
        if row.position is None and not _begin(row, now):
            return False
        person = _working().filter(pk__gt=row.position).order_by("pk").first()
        with transaction.atomic():
            # The person and the place in the round are committed together: after a crash nobody is left out,
            # and whoever is looked at again has nothing new.
            if person is None:
                _end_for_those_who_left(now)
                row.position, row.ended_at = None, now
            else:
                _compare(person, now)
                row.position = person.pk
            row.save(update_fields=["position", "ended_at"])
        return person is not None


def _begin(row: NoticeRound, now: datetime) -> bool:
    """Begin a round if anything may have changed since the last one; whether it has begun."""
    size, day = log.size(), clock.today()
    if (row.log_size, row.day) == (size, day):
        return False
    if row.started_at is not None:
        took = row.ended_at - row.started_at if row.ended_at is not None else timedelta()
        # A clock that was set back must not keep the stage waiting until it has caught up.
        if timedelta() <= now - row.started_at < max(REST, SHARE * took):
            return False
    row.log_size, row.day, row.started_at, row.ended_at, row.position = size, day, now, None, 0
    row.save()
    return True


def _compare(person: Person, now: datetime) -> None:
    """Record what newly waits for ``person`` and what no longer does, and plan the mail about it."""
    actor = actors.actor_of_person(person)
    # Nobody reads anything here: a notice holds no content, and a mail leaves out what is sensitive.
    with read_log.collected():
        found = [task for task in tasks_of(actor) if task.kind not in queries.UNTOLD]
    tasks = {queries.key_of(task): task for task in found}
    waiting = Notice.objects.filter(person=person, ended_at__isnull=True)
    waiting = waiting.exclude(kind=queries.WEBHOOK_DISABLED)
    known = set(waiting.values_list("key", flat=True))
    if gone := known - tasks.keys():
        waiting.filter(key__in=gone).update(ended_at=now)
    new = [_notice(person, task, now) for key, task in tasks.items() if key not in known]
    Notice.objects.bulk_create(new)
    webhooks.plan(new, now)
    commands.plan_mail(person, now)


def _notice(person: Person, task: Task, now: datetime) -> Notice:
    return Notice(
        person=person,
        key=queries.key_of(task),
        kind=task.kind.value,
        subject=task.subject,
        is_record=task.is_record,
        is_own=not task.deputy_for,
        due=task.due,
        created_at=now,
    )


def _end_for_those_who_left(now: datetime) -> None:
    """End the notices of accounts out of use or without a role: nothing waits for them."""
    still = _working().values("pk")
    Notice.objects.filter(ended_at__isnull=True).exclude(person__in=still).update(ended_at=now)


def _working() -> QuerySet[Person]:
    """Everybody for whom something may wait: who has no role has nothing to do."""
    holders = Grant.objects.filter(revoked_at__isnull=True).values("person")
    return Person.objects.filter(is_active=True, pk__in=holders)
