"""When two tasks are the same one, and what is no task any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.kernel.messages import say
from plumbline.records import kinds
from plumbline.records.own_work.queries import OwnRecord

TASK = Task(TaskKind.ESCALATED, "NCR-0001", "A title", say("test.reason", "A reason."), date(2026, 11, 20), 7)


def test_a_task_told_in_other_words_or_with_another_day_is_the_same_one() -> None:
    assert replace(TASK, title="Another", reason=say("test.other", "Another.")).key == TASK.key
    assert replace(TASK, due=date(2026, 12, 1)).key == TASK.key


def test_another_entry_step_subject_or_person_makes_another_task() -> None:
    others = [
        replace(TASK, entry=8),
        replace(TASK, subject="NCR-0002"),
        replace(TASK, kind=TaskKind.TAKEN_OVER),
        replace(TASK, act=TaskAct("confirm", "Confirm")),
        replace(TASK, deputy_for="per_1"),
    ]
    assert len({task.key for task in [TASK, *others]}) == len(others) + 1


def test_without_an_entry_another_day_makes_another_task() -> None:
    task = replace(TASK, entry=None)
    assert replace(task, due=date(2026, 12, 1)).key != task.key
    assert replace(task, due=None).key != task.key


@pytest.mark.parametrize(
    ("kind", "state", "renewed"),
    [
        ("nonconformity", "closed", False),
        ("nonconformity", "verified", False),
        ("attestation", "final", True),
        ("policy", "approved", True),
    ],
)
def test_closed_work_is_over_and_nobody_renews_it(kind: str, state: str, renewed: bool) -> None:
    record = OwnRecord("X-0001", "Title", kinds.get(kind), state, None, True, None, None)
    assert record.is_in_force is renewed
