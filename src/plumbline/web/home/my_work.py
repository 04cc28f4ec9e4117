"""Pages that lead to others: my work, and all kinds of record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_noop

from plumbline.controls.tasks import queries as tasks
from plumbline.controls.tasks.task import Task, TaskGroup, TaskKind
from plumbline.identity import policy
from plumbline.identity.absences import queries as absences
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, memo
from plumbline.kernel.messages import Message, say
from plumbline.records import kinds, queries
from plumbline.records.kinds import Kind
from plumbline.records.own_work import queries as own_work
from plumbline.records.own_work.queries import OwnRecord
from plumbline.records.ownership import queries as ownership
from plumbline.records.working_copies import queries as working_copies
from plumbline.reports import applicability
from plumbline.web import task_count
from plumbline.web.home.due import due_rows
from plumbline.web.pages import Nav, page

MANY = 5
"""Approvals of one kind from which on the group leads to where they are given together."""
ROWS_SHOWN, TASKS_LISTED = 10, 500
"""Rows of a group that are shown, and tasks of the one group that somebody asks for whole."""


@dataclass(frozen=True)
class KindRow:
    """One kind of record with how many there are."""

    kind: Kind
    href: str
    count: int


@page("records/", name="records", title="All records", nav=Nav("Act", 70, "All records", "files"))
def all_records(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every kind of record, in the order of the clauses."""
    counts = queries.counts_by_kind(actor)
    rows = [
        KindRow(kind, reverse("record-list", args=[kind.plural]), counts.get(kind.slug, 0))
        for kind in kinds.all_kinds()
        if policy.may(actor, "read", kind=kind.slug, anywhere=True).allowed
    ]
    return render(
        request, "web/records/records.html", {"page": {"title": "All records", "crumbs": (), "rows": rows}}
    )


TITLES = {
    TaskGroup.MENTION: (gettext_noop("Somebody asks you"), "message-square"),
    TaskGroup.SECOND_PERSON: (gettext_noop("Approve, confirm or verify"), "user-check"),
    TaskGroup.DECISION: (gettext_noop("Suspicions to decide"), "flag"),
    TaskGroup.LAPSED: (gettext_noop("Acceptances that have lapsed"), "triangle-alert"),
    TaskGroup.OWN_WORK: (gettext_noop("Your own work"), "list-checks"),
    TaskGroup.ENDING: (gettext_noop("Ends soon"), "clock"),
}
"""The heading and the icon of each group of tasks, in the order of the page."""


@dataclass(frozen=True)
class TaskRows:
    """The tasks of one group: ``rows`` are those shown, ``more`` how many there are besides."""

    title: str
    slug: str
    icon: str
    rows: tuple[Task, ...]
    total: int
    together: tuple[tuple[Kind, int, str], ...] = ()
    """Kinds of which many wait for approval: how many, and where all of them are approved in one go."""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


def _task_groups(found: Sequence[Task], shown: str) -> tuple[TaskRows, ...]:
    """The tasks by what they ask, each group bounded, except for the one called ``shown``."""
    groups = []
    for group in TITLES:
        rows = [task for task in found if task.group is group]
        if rows:
            limit = TASKS_LISTED if shown == group.value else ROWS_SHOWN
            title, icon = TITLES[group]
            groups.append(TaskRows(title, group.value, icon, tuple(rows[:limit]), len(rows), _together(rows)))
    return tuple(groups)


def _together(found: Sequence[Task]) -> tuple[tuple[Kind, int, str], ...]:
    """Where approvals of one kind are given together, for kinds of which at least `MANY` wait."""
    counts = Counter(
        kinds.of_reference(task.subject).slug for task in found if task.kind is TaskKind.APPROVAL
    )
    return tuple(
        (kinds.get(slug), count, _approved_at(kinds.get(slug)))
        for slug, count in counts.items()
        if count >= MANY
    )


def _approved_at(kind: Kind) -> str:
    if kind.slug == applicability.KIND:
        return f"{reverse('statement')}?show=review"
    waits = next((state for move in kind.workflow.moves if move.approves for state in move.sources), "")
    return f"{reverse('record-list', args=[kind.plural])}?{urlencode({'state': waits})}"


def _headline(found: Sequence[Task]) -> Message:
    if not found:
        return say("work.nothing", "Nothing needs you.")
    late = sum(task.is_late(clock.today()) for task in found)
    if not late:
        text = "{count} thing needs you."
        return say("work.count", text, plural="{count} things need you.", count=len(found))
    return say(
        "work.count-late",
        "{count} thing needs you, {late} of it overdue.",
        plural="{count} things need you, {late} of them overdue.",
        count=len(found),
        late=late,
    )


def _other_records(actor: Actor, found: Sequence[Task]) -> list[tuple[Kind, list[OwnRecord]]]:
    """Own records that are being worked on and ask for nothing today, by kind."""
    asked = {task.subject for task in found}
    groups: dict[str, list[OwnRecord]] = {}
    for record in own_work.own_records(actor):
        if record.owned and record.is_open and record.reference not in asked:
            groups.setdefault(record.kind.slug, []).append(record)
    return [(kind, groups[kind.slug][:ROWS_SHOWN]) for kind in kinds.all_kinds() if kind.slug in groups]


@page("work/", name="my-work", title="My work", nav=Nav("", 20, "My work", "list-checks", key="m"))
def my_work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for the reader, grouped by what is asked, then their other records and what is due."""
    with memo.shared_reads():
        found = tasks.tasks_of(actor)
        other = _other_records(actor, found)
    task_count.keep(actor, len(found))
    context = {
        "title": "My work",
        "crumbs": (),
        "headline": _headline(found),
        "groups": _task_groups(found, request.GET.get("show", "")),
        "other": other,
        "due": due_rows(actor),
        "typed": working_copies.count(actor),
        "absences": absences.today_of(actor),
        "today": clock.today(),
        # Unowned work comes to whoever gives people their roles: they know who could take it.
        "unowned": ownership.count(actor) if policy.may_everywhere(actor, "grant") else 0,
    }
    return render(request, "web/home/my_work.html", {"page": context})
