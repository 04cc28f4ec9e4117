"""What must not be, tried by page, API and a third door (a register, or one change to many records): each is
refused or named, and nothing of it is left half-written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from tests.api.conftest import Caller
from tests.authority import give_authority
from tests.lifecycle import OnItsWay, revision_of, state_of

from plumbline.bulk import commands as bulk
from plumbline.bulk.requests import BulkRequest
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import commands as imports
from plumbline.imports import plan
from plumbline.kernel.problems import Invalid
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
_OWN_TABLES = ("records", "clauses")


@dataclass(frozen=True)
class Step:
    """A step that is refused: of which record, which step, by whom, what the refusal says, and what helps."""

    reference: str
    move: str
    by: Actor
    says: str
    remedy: str
    revision: int = 0


@dataclass(frozen=True)
class New:
    """A record that is refused: its kind, its values, the field that is named, and what of it is said."""

    kind: str
    values: dict[str, Any]
    field: str
    says: str
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """A system on its way, and the people of it."""

    way: OnItsWay
    mina: Actor
    sara: Actor
    tove: Actor


@pytest.fixture
def world(mina: Actor, sara: Actor, someone: Callable[..., Actor]) -> World:
    """Nothing but people, two of them with every authority."""
    third = someone("aims-manager", "Tove")
    for one in (sara, third):
        give_authority(one)
    return World(OnItsWay(mina, sara, third), mina, sara, third)


def committee_without_members(world: World) -> Step:
    """A committee on which nobody sits."""
    reference = world.way.create("committee", members=[], owner=world.mina.id)
    return Step(reference, "submit", world.mina, "is empty", "the reference of an existing record")


def digest_that_is_live(world: World) -> Step:
    """A second release of what is in use already."""
    world.way.live()
    return Step(
        world.way.create("release", version="4.4"), "submit", world.mina, "which is live",
        "no release is needed",
    )  # fmt: skip


def rollback_to_what_never_passed(world: World) -> Step:
    """A way back that leads to a release that nobody has validated or approved."""
    deployment = world.way.live()
    draft = world.way.create("release", version="4.4")
    world.way.amend(deployment, back_to=draft)
    return Step(
        deployment, "roll-back", world.mina, "was never approved, or no longer is",
        "name a release that was approved and passed",
    )  # fmt: skip


def second_approval_of_a_plan(world: World) -> Step:
    """Two people who have one plan before them and approve it one right after the other."""
    way = world.way
    way.system()
    risk = way.create("risk", response="reduce", residual_likelihood=1, owner=world.mina.id)
    way.move(risk, "assess")
    treatment = way.approved("treatment", risks=[risk], owner=world.mina.id)
    given = {"risks": [risk], "treatments": [treatment], "owner": world.mina.id}
    reference = way.create("treatment-plan", **given)
    way.move(reference, "submit")
    seen = revision_of(reference)
    way.move(reference, "approve", world.sara)
    return Step(reference, "approve", world.tove, "", "", seen)


def retirement_while_something_waits(world: World) -> Step:
    """The end of a system about which an incident is open."""
    way = world.way
    way.system()
    incident = way.create("incident")
    reference = way.create("retirement")
    way.move(reference, "submit")
    return Step(reference, "approve", world.sara, incident, "decide them first")


def training_that_its_trainer_evaluates(world: World) -> New:
    """Whoever taught it says whether it worked."""
    competence = world.way.create("competence")
    values = {
        "title": "Reading of proposals", "competences": competence, "person": world.sara.id,
        "trainer": world.mina.id, "evaluator": world.mina.id, "method": "observed work",
        "evaluate_on": "2026-12-15",
    }  # fmt: skip
    return New("training", values, "evaluator", "Neither the trainer nor who took part")


def incident_older_than_its_system(world: World) -> New:
    """It happened before there was a system."""
    system = world.way.create("ai-system", operating_since="2026-01-15", started_on=None, released_on=None)
    values = {
        "title": "A wrong refusal", "description": "Refused twice.", "system": system,
        "happened_on": "2026-01-14", "noticed_on": "2026-02-01",
    }  # fmt: skip
    return New("incident", values, "happened_on", "The system did not exist yet")


STEPS = (
    committee_without_members,
    digest_that_is_live,
    rollback_to_what_never_passed,
    second_approval_of_a_plan,
    retirement_while_something_waits,
)
RECORDS = (training_that_its_trainer_evaluates, incident_older_than_its_system)


def left() -> tuple[dict[str, int], int]:
    """How many rows there are of records and all that hangs on them, and of entries about records."""
    models = [model for label in _OWN_TABLES for model in apps.get_app_config(label).get_models()]
    counted = {}
    with connection.cursor() as cursor:
        for model in models:
            if model._meta.managed and "working" not in model._meta.db_table:
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                counted[model._meta.db_table] = cursor.fetchone()[0]
    entries = [one for one in log.search(limit=1_000) if one.entry_type.startswith("record.")]
    return counted, len(entries)


def browser(actor: Actor) -> Client:
    """A browser in which somebody has signed in."""
    client = Client()
    client.force_login(identity.person(actor.id))
    return client


def step_by_page(world: World, step: Step, caller: Callable[..., Caller]) -> str:
    """Press the button of the step."""
    sent = {"revision": str(step.revision or revision_of(step.reference)), "reason": "As planned."}
    kind, given = kinds.of_reference(step.reference), {}
    for name in kind.step_fields.get(step.move, ()):
        value = records.find(step.by, step.reference)[0]
        said = getattr(value, name)
        given[f"step-{step.move}-{name}"] = getattr(said, "reference", said) or ""
    answer = browser(step.by).post(f"/records/{step.reference}/moves/{step.move}/", {**sent, **given})
    assert answer.status_code != 302, "the step was taken"
    return answer.content.decode()


def step_by_api(world: World, step: Step, caller: Callable[..., Caller]) -> str:
    """Ask for the step."""
    kind = kinds.of_reference(step.reference)
    answer = caller(step.by)(
        "POST", f"{kind.plural}/{step.reference}/moves", {"move": step.move, "reason": "As planned."},
        If_Match=f'"{step.revision or revision_of(step.reference)}"',
    )  # fmt: skip
    assert answer.status_code in (409, 412, 422), answer.content
    return answer.content.decode()


def step_by_many(world: World, step: Step, caller: Callable[..., Caller]) -> str:
    """Ask for the step as one change to many records: it is named beforehand, and there is nothing to do."""
    kind = kinds.of_reference(step.reference)
    request = BulkRequest("move", move=step.move, reason="As planned.")
    job = bulk.plan(step.by, kind.slug, request, references=[step.reference])
    rows = caller(step.by)("GET", f"bulk/{job.handle}/rows").json()["items"]
    with pytest.raises(Invalid, match="nothing to do"):
        bulk.run(step.by, job.handle)
    return str(rows)


@pytest.mark.parametrize("door", [step_by_page, step_by_api, step_by_many])
@pytest.mark.parametrize("case", STEPS, ids=[case.__name__ for case in STEPS])
def test_a_step_that_must_not_be_is_refused_on_every_door(
    case: Callable[[World], Step], door: Callable[..., str], world: World, caller: Callable[..., Caller]
) -> None:
    step = case(world)
    caller(step.by)
    before, state = left(), state_of(step.reference)
    said = door(world, step, caller)
    assert step.remedy in said.lower()
    assert door is step_by_many or step.says in said
    assert (left(), state_of(step.reference)) == (before, state)


def record_by_page(world: World, new: New, caller: Callable[..., Caller]) -> str:
    """Fill in the form."""
    kind = kinds.get(new.kind)
    answer = browser(world.mina).post(f"/records/{kind.plural}/new/", new.values)
    assert answer.status_code != 302, "the record was made"
    return answer.content.decode()


def record_by_api(world: World, new: New, caller: Callable[..., Caller]) -> str:
    """Send the record."""
    kind = kinds.get(new.kind)
    sent = {name: [value] if name in kind.field_names and kind.field(name).many_to_many else value
            for name, value in new.values.items()}  # fmt: skip
    answer = caller(world.mina)("POST", kind.plural, {"values": sent})
    assert answer.status_code == 422, answer.content
    assert new.field in {fault["field"] for fault in answer.json()["errors"]}
    return answer.content.decode()


@pytest.mark.parametrize("door", [record_by_page, record_by_api])
@pytest.mark.parametrize("case", RECORDS, ids=[case.__name__ for case in RECORDS])
def test_a_record_that_must_not_be_is_refused_on_page_and_api(
    case: Callable[[World], New], door: Callable[..., str], world: World, caller: Callable[..., Caller]
) -> None:
    new = case(world)
    caller(world.mina)
    before = left()
    assert new.says in door(world, new, caller)
    assert left() == before


@pytest.mark.parametrize("case", RECORDS, ids=[case.__name__ for case in RECORDS])
def test_a_register_that_says_what_must_not_be_is_named_and_that_is_not_taken(
    case: Callable[[World], New], world: World
) -> None:
    new = case(world)
    rules = ", ".join(f"{name}: {name}" for name in new.values)
    text = f"kind: {new.kind}\nkey: {{columns: [title]}}\nfields: {{{rules}}}\n"
    content = ",".join(new.values) + "\n" + ",".join(str(value) for value in new.values.values()) + "\n"
    made = plan.plan_file(world.mina, new.kind, content.encode(), text)
    (row,) = made.rows
    assert new.field in {*row.set_aside, *(fault.field for fault in row.faults)}
    imports.run(world.mina, made)
    assert all(not one[new.field] for one in records.claimed(new.kind))
