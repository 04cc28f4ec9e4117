"""What can be asked of notices and of how somebody wants to be told. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext

from plumbline.controls.tasks.task import Task, TaskGroup, TaskKind
from plumbline.delivery.models import Notice, NoticePreference
from plumbline.delivery.waiting.schedule import Hours
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.imports.waiting import queries as waiting
from plumbline.records import kinds, names

PAGE = 100
IMPORT = "imp_"
"""What the ids of imports begin with."""
UNTOLD = frozenset({TaskKind.DRAFT})
"""Tasks that nobody is told of: somebody who has just begun a draft knows that it waits for them."""
WEBHOOK_DISABLED = "webhook disabled"
"""The kind of a notice that is no task: an administrator's webhook took nothing and was disabled."""


def key_of(task: Task) -> str:
    """The same for two tasks of one person exactly when they are told of them once.

    Own work goes on from step to step by its owner's own acts, which are no news to them.
    """
    if task.group not in (TaskGroup.OWN_WORK, TaskGroup.ENDING):
        return task.key
    due = task.due.isoformat() if task.due is not None else ""
    return "|".join((task.kind.value, task.subject, due, task.deputy_for))


@dataclass(frozen=True)
class NoticeView:
    """One notice as its reader sees it: ``title`` is read now, and empty for what they may no longer see."""

    handle: str
    kind: str
    subject: str
    title: str
    is_record: bool
    due: date | None
    created_at: datetime
    ended_at: datetime | None
    read_at: datetime | None

    @property
    def label(self) -> str:
        """Why it waits, in the reader's language."""
        text = self.kind[:1].upper() + self.kind[1:]
        return gettext(text)

    @property
    def path(self) -> str:
        """Where the subject is looked at; empty for what the reader may not see."""
        if not self.title:
            return ""
        if self.kind == WEBHOOK_DISABLED:
            return "/webhooks/"
        return path_of(self.subject, is_record=self.is_record)


def path_of(subject: str, *, is_record: bool) -> str:
    """The path of the page on which a subject is looked at."""
    if subject.startswith(IMPORT):
        return f"/imports/{subject}/"
    return f"/records/{subject}/" if is_record else "/sightings/"


def is_sensitive(reference: str) -> bool:
    """Whether the record is of a sensitive kind, of which nothing but the reference leaves the product."""
    prefix = reference.partition("-")[0]
    return any(kind.sensitive for kind in kinds.all_kinds() if kind.prefix == prefix)


def notices(actor: Actor, *, unread: bool = False) -> list[NoticeView]:
    """The newest notices of the person ``actor``; what they may no longer see has neither name nor title."""
    rows = Notice.objects.filter(person_id=actor.person_id or 0)
    if unread:
        rows = rows.filter(read_at__isnull=True, ended_at__isnull=True)
    return _views(actor, list(rows[:PAGE]))


def _views(actor: Actor, rows: Iterable[Notice]) -> list[NoticeView]:
    titles = names.titles(actor, [row.subject for row in rows if row.is_record])
    may_read_systems = policy.may(actor, "read", kind="ai-system", anywhere=True).allowed
    may_manage = policy.may_everywhere(replace(actor, scopes=None), "grant").allowed
    files = waiting.file_names(actor, {row.subject for row in rows if row.subject.startswith(IMPORT)})
    found = []
    for row in rows:
        may_see = may_manage if row.kind == WEBHOOK_DISABLED else may_read_systems
        title = titles.get(row.subject, "") if row.is_record else row.subject if may_see else ""
        title = files.get(row.subject, "") if row.subject.startswith(IMPORT) else title
        found.append(
            NoticeView(
                handle=row.handle,
                kind=row.kind,
                subject=row.subject if title else "",
                title=title,
                is_record=row.is_record,
                due=row.due if title else None,
                created_at=row.created_at,
                ended_at=row.ended_at,
                read_at=row.read_at,
            )
        )
    return found


def count_unread(person_id: int) -> int:
    """How many notices of a person are unread and of something that still waits: one index is read."""
    return Notice.objects.filter(person_id=person_id, read_at__isnull=True, ended_at__isnull=True).count()


def unmailed(person_id: int) -> dict[str, str]:
    """Handles of the notices that wait and that no mail has named, by the key of their task."""
    rows = Notice.objects.filter(person_id=person_id, ended_at__isnull=True, mailed_at__isnull=True)
    return dict(rows.values_list("key", "handle"))


def preference(person_id: int) -> NoticePreference:
    """How a person wants to be told; the defaults for who never chose."""
    row = NoticePreference.objects.filter(person_id=person_id).first()
    return row or NoticePreference(person_id=person_id)


def hours(person: Person, chosen: NoticePreference) -> Hours:
    """The hours by which mail to ``person`` is planned."""
    at_once = chosen.mail == NoticePreference.Mail.AT_ONCE
    digest = None if at_once else chosen.digest_hour
    return Hours(person.time_zone, digest, chosen.quiet_from, chosen.quiet_until)
