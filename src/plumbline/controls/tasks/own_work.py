"""Tasks from a person's own records: drafts to put forward, work that falls due, and what ends soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Word, say
from plumbline.records import steps
from plumbline.records.attachments import queries as attachments
from plumbline.records.own_work import queries
from plumbline.records.own_work.queries import OwnRecord

DAYS_AHEAD = 30
"""How long before its day a record becomes a task."""
DAYS_OVER = 30
"""How long a record that no step can change any more stays a task after its day: renewing it makes a new
record, so nothing else would ever end the task."""


def tasks(actor: Actor) -> Iterator[Task]:
    """The tasks of ``actor`` from what they own, and from what they approved that ends soon."""
    person, today = replace(actor, scopes=None), clock.today()
    for record in queries.own_records(actor):
        task = _ending(record, today) or _due(person, record, today) or _draft(person, record)
        if task is not None:
            yield task


def files(actor: Actor) -> Iterator[Task]:
    """The files of the records that ``actor`` owns, whose last valid day is near or has passed."""
    person, today = replace(actor, scopes=None), clock.today()
    for file in attachments.ending(person, today + timedelta(days=DAYS_AHEAD)):
        reason = _why_file(file, is_over=file.valid_until < today)
        yield Task(TaskKind.FILE_ENDING, file.reference, file.title, reason, file.valid_until, None, RENEW)


def _why_file(file: attachments.EndingFile, *, is_over: bool) -> Message:
    if is_over:
        text = "It is yours, and its file {file} was valid until {day}."
        return say("task.file-ended", text, file=file.name, day=file.valid_until)
    text = "It is yours, and its file {file} is valid until {day}."
    return say("task.file-ending", text, file=file.name, day=file.valid_until)


def _ending(record: OwnRecord, today: date) -> Task | None:
    """What is in force, and reaches its date."""
    day = record.day
    if not record.is_in_force or day is None or day > today + timedelta(days=DAYS_AHEAD):
        return None
    if record.state in record.kind.workflow.final and day < today - timedelta(days=DAYS_OVER):
        return None
    return Task(TaskKind.ENDING, record.reference, record.title, _why_ending(record, day), day, None, RENEW)


RENEW = TaskAct("", "Renew")


def _why_ending(record: OwnRecord, day: date) -> Message:
    what = Word(str(record.kind.field(record.kind.due).verbose_name))
    if record.owned:
        return say("task.ending", "It is yours: {what} {day}.", what=what, day=day)
    return say("task.ending-approved", "You approved it: {what} {day}.", what=what, day=day)


def _due(person: Actor, record: OwnRecord, today: date) -> Task | None:
    """Own work with a date that is near or has passed."""
    day = record.day
    if not record.owned or record.is_in_force or not record.waits_for_day:
        return None
    if day is None or day > today + timedelta(days=DAYS_AHEAD):
        return None
    text = "You own it ({state}), and it is due on {day}."
    reason = say("task.work-due", text, state=Word(record.state), day=day)
    act = _next_act(person, record) or TaskAct("", "Continue")
    return Task(TaskKind.WORK_DUE, record.reference, record.title, reason, day, None, act)


def _draft(person: Actor, record: OwnRecord) -> Task | None:
    """What nobody else sees to until its owner puts it forward."""
    act = _next_act(person, record) if record.owned and record.is_draft else None
    if act is None:
        return None
    text = "You own it, and nobody else is asked before you take the next step: {step}."
    reason = say("task.draft", text, step=Word(act.label))
    return Task(TaskKind.DRAFT, record.reference, record.title, reason, None, record.entry, act)


def _next_act(person: Actor, record: OwnRecord) -> TaskAct | None:
    step = record.next_step
    if step is None or not policy.may(
        person,
        steps.permission(step),
        kind=record.kind.slug,
        unit_id=record.unit_id,
        owner_id=person.person_id,
    ):
        return None
    return TaskAct(step.name, step.label)
