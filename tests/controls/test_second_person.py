"""What waits for a second person is, for every record and everybody, what the door would let them do."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from tests.authority import give_authority

from plumbline.controls.tasks import queries as tasks
from plumbline.controls.tasks.task import TaskKind
from plumbline.identity import commands as people
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.records import commands, examples, kinds, steps
from plumbline.records.models import Record
from plumbline.records.second_person import queries

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

MOST_QUERIES = 40
"""For all tasks of a person whose role lets them take every step, however many records there are."""
BACK = {"return", "discard", "restore", "keep", "reopen", "reassess"}
REASON = "As was agreed in the meeting of all who had a part in it last week."
ROLES = ("aims-manager", "aims-manager", "top-management", "contributor", "external-auditor", "reviewer")


@pytest.fixture(autouse=True)
def no_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a step asks of the record is left out, so that records come into every state."""
    monkeypatch.setattr(steps, "pass_gates", lambda *given: [])


@pytest.fixture
def everybody(installation: Actor) -> list[Actor]:
    """People of several roles, of one unit and of all, two of whom share a mailbox; some may decide."""
    unit = people.create_unit(installation, name="Claims", slug="claims")
    found = []
    for number, role in enumerate((*ROLES, *ROLES[:3])):
        person = people.create_person(
            installation, email=f"p{number}@halden.example", full_name=f"P {number}"
        )
        last = (
            {"scope": "all", "ends": clock.today() + timedelta(days=365)}
            if role == "external-auditor"
            else {}
        )
        people.give_grant(installation, person, role, unit=unit if number in (1, 8) else None, **last)
        found.append(person)
    # As data of an older version has it: today's door refuses a second account with one mailbox.
    Person.objects.filter(pk=found[6].pk).update(mailbox=found[1].mailbox)
    actors = [actor_of_person(person) for person in found]
    give_authority(actors[0])
    give_authority(actors[7], "accept risk", "dismiss", level="low", grade="minor")
    return [actor_of_person(identity.person(actor.id)) for actor in actors]


def write(author: Actor, dice: random.Random, made: dict[str, list[str]], slug: str) -> str:
    def reference_of(other: str) -> str:
        return dice.choice(made[other]) if made.get(other) else write(author, dice, made, other)

    changed: dict[str, Any] = {"unit": dice.choice(["", "claims"])}
    kind = kinds.get(slug)
    for name in kind.unique_fields:
        if (
            kind.field(name).get_internal_type() in ("CharField", "SlugField")
            and not kind.field(name).choices
        ):
            changed[name] = f"own-{dice.randrange(10**9)}"
    if dice.random() < 0.7:
        changed["owner"] = author.id
    saved = commands.create(author, slug, examples.values_of(kind, reference_of, changed))
    made.setdefault(slug, []).append(saved.reference)
    return saved.reference


def wander(everybody: list[Actor], dice: random.Random, reference: str) -> None:
    """Take a record some steps along its workflow, and change it now and then, by whoever may."""
    for _ in range(dice.randrange(7)):
        record = Record.objects.get(reference=reference)
        kind = kinds.get(record.kind)
        onward = [step for step in steps.open_to(record, kind) if step.name not in BACK]
        step = dice.choice(onward) if onward else None
        for actor in dice.sample(everybody, len(everybody)):
            try:
                if step is None or dice.random() < 0.1:
                    title = {"title": f"{record.title} {dice.randrange(9)}"}
                    commands.amend(actor, reference, title, revision=record.revision)
                else:
                    commands.move(actor, reference, step.name, revision=record.revision, reason=REASON)
                break
            except Problem:
                continue


def expected(actor: Actor) -> set[tuple[str, str]]:
    """The same, asked of each record alone by the rules of the door."""
    found = set()
    for kind in kinds.all_kinds():
        if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
            continue
        for record in policy.visible(actor, kind.model._default_manager.all()):
            for step in queries.steps_waiting(kind.workflow, record.state):
                may = policy.may(
                    actor,
                    steps.permission(step),
                    kind=kind.slug,
                    unit_id=record.unit_id,
                    owner_id=record.owner_id,
                )
                if may and steps.four_eyes(actor, record, step):
                    found.add((record.reference, step.name))
    return found


@pytest.mark.parametrize("seed", range(2))
def test_what_waits_is_what_the_door_allows(everybody: list[Actor], seed: int) -> None:
    dice, made = random.Random(seed), dict[str, list[str]]()
    authors = [everybody[0], everybody[6], everybody[7]]
    for kind in kinds.all_kinds():
        for _ in range(8 if kind.workflow.carried else 1):
            try:
                write(dice.choice(authors), dice, made, kind.slug)
            except Problem:
                continue
    for reference in list(chain.from_iterable(made.values())):
        wander(everybody, dice, reference)
    seen = set()
    for actor in everybody:
        found = {(row.record.reference, row.step.name) for row in queries.waiting_steps(actor)}
        assert found == expected(actor), actor.name
        seen |= found
    assert len({name for _, name in seen}) >= 3, "the wanderings reach several kinds of step"


def test_what_waits_for_a_second_person_is_a_next_step_of_its_state() -> None:
    """The list of tasks and the panel of a record's page speak of the same steps."""
    for kind in kinds.all_kinds():
        for state in kind.workflow.states:
            waiting = {step.name for step in queries.steps_waiting(kind.workflow, state)}
            assert waiting <= set(kind.workflow.next_from(state)), (kind.slug, state)


def test_queries_do_not_grow_with_the_records_that_wait(
    make: Callable[..., commands.Saved], mina: Actor, sara: Actor, counted_queries: Any
) -> None:

    give_authority(sara)

    def submitted(kind: str, **changed: Any) -> None:
        saved = make(kind, **changed)
        commands.move(mina, saved.reference, "submit", revision=saved.revision)

    def count() -> tuple[int, int]:
        with counted_queries() as captured:
            found = tasks.tasks_of(sara)
        return len(captured), sum(task.kind is TaskKind.APPROVAL for task in found)

    for _ in range(2):
        submitted("limit")
        submitted("document")
    few, waiting = count()
    assert waiting == 4
    for _ in range(10):
        submitted("limit")
        submitted("document")
    many, waiting = count()
    assert waiting == 24
    assert many == few
    assert few <= MOST_QUERIES
