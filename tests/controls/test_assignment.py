"""What was raised goes on to somebody who is here, and whoever it went on to has it as a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.controls.conftest import approved
from tests.controls.test_triage import DAY, decisions, suspicions, told
from tests.metrics.events import put

from plumbline.controls.models import Escalation
from plumbline.controls.tasks import queries as tasks
from plumbline.controls.tasks.task import Task, TaskKind
from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Grant, Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands as door
from plumbline.records.models import Revision
from plumbline.records.ownership import commands as ownership
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log
from plumbline.trail.proofs import Proof, declarations

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

LATE = datetime(2026, 4, 3, 12, tzinfo=UTC)
"""The day after the one by which a minor suspicion of 3 March has to be decided."""
Make = Callable[..., Any]
Flow = Callable[[], None]


@pytest.fixture
def raised(store: DuckStore, flow: Flow, make: Make, sara: Actor) -> str:
    """Raised on a registered system of Sara's."""
    make("ai-system", owner=sara.id)
    put(store, decisions(DAY, 20), 0)
    flow()
    return suspicions()[0].reference


@pytest.fixture
def unregistered(store: DuckStore, flow: Flow, mina: Actor) -> str:
    """Raised on a system that nobody registered; it is Mina's, who runs the AIMS."""
    put(store, decisions(DAY, 20), 0)
    flow()
    return suspicions()[0].reference


@pytest.fixture
def ingrid(someone: Callable[[str, str], Actor]) -> Actor:
    """Of top management: whoever it goes on to after those who run the AIMS."""
    return someone("top-management", "Ingrid")


def tasks_of(actor: Actor, kind: TaskKind, reference: str) -> list[Task]:
    rows = tasks.tasks_of(actor)
    return [row for row in rows if row.kind is kind and row.subject == reference]


def owner() -> str:
    (found,) = suspicions()
    return found.owner.handle if found.owner is not None else ""


def newest() -> Revision:
    (found,) = suspicions()
    return Revision.objects.filter(record_id=found.pk).order_by("-number")[0]


def differences(*tables: str) -> list[Any]:
    declared = [row for row in declarations() if row.table in tables]
    assert len(declared) == len(tables)
    passes = [part for row in declared if isinstance(row, Proof) for part in row.passes]
    return [found for part in passes for found in part.check(0, 1 << 40)]


def leave(operator: Actor, actor: Actor) -> None:
    people.deactivate_person(operator, Person.objects.get(pk=actor.person_id))


def test_whoever_an_overdue_suspicion_goes_on_to_has_it_as_a_task_with_an_entry(
    raised: str, flow: Flow, mina: Actor, sara: Actor, ingrid: Actor
) -> None:
    assert tasks_of(mina, TaskKind.ESCALATED, raised) == []
    with clock.frozen(LATE):
        flow()
        (task,) = tasks_of(mina, TaskKind.ESCALATED, raised)
        assert task.due == date(2026, 4, 2)
        assert str(task.reason).startswith("Sara had not decided or corrected it by 2 Apr 2026")
        assert task.entry is not None
        entry = log.leaf(task.entry)
        assert (entry.entry_type, entry.subject_ref) == ("record.escalated", raised)
        assert entry.facts == {"due": "2026-04-02", "to": mina.id}
        for other in (sara, ingrid):
            assert tasks_of(other, TaskKind.ESCALATED, raised) == []
        assert differences("controls.Escalation") == []


def test_an_escalation_is_done_with_the_decision_or_a_new_day(
    raised: str, flow: Flow, mina: Actor, sara: Actor
) -> None:
    with clock.frozen(LATE):
        flow()
        (found,) = suspicions()
        door.amend(sara, raised, {"due": "2026-04-20"}, revision=found.revision)
        assert tasks_of(mina, TaskKind.ESCALATED, raised) == []
    with clock.frozen(LATE + timedelta(days=20)):
        flow()
        assert len(tasks_of(mina, TaskKind.ESCALATED, raised)) == 1, "the new day has passed too"
        (found,) = suspicions()
        door.move(sara, raised, "propose-dismissal", revision=found.revision, reason="word " * 8)
        assert tasks_of(mina, TaskKind.ESCALATED, raised) == [], "it waits for whoever decides now"


def test_what_went_on_to_somebody_who_has_left_goes_on_again(
    raised: str, flow: Flow, installation: Actor, mina: Actor, ingrid: Actor
) -> None:
    with clock.frozen(LATE):
        flow()
        leave(installation, mina)
        flow()
        flow()
        assert len(tasks_of(ingrid, TaskKind.ESCALATED, raised)) == 1
        assert [text.rpartition(" to ")[2] for text in told(suspicions()[0])] == ["Mina.", "Ingrid."]
        assert differences("controls.Escalation") == []


def test_without_anybody_to_go_on_to_it_waits_for_somebody_to_come(
    raised: str,
    flow: Flow,
    installation: Actor,
    mina: Actor,
    request: pytest.FixtureRequest,
) -> None:
    """Sara owns it and runs the AIMS alone: it is not escalated to herself."""
    people.revoke_grant(installation, Grant.objects.get(person_id=mina.person_id))
    with clock.frozen(LATE):
        flow()
        flow()
        assert told(suspicions()[0]) == ["Overdue since 2 Apr 2026. There is nobody to whom it could go on."]
        ingrid = request.getfixturevalue("ingrid")
        flow()
        assert len(tasks_of(ingrid, TaskKind.ESCALATED, raised)) == 1


def test_it_does_not_go_on_to_somebody_who_could_not_read_it(
    store: DuckStore, flow: Flow, make: Make, installation: Actor, mina: Actor, sara: Actor
) -> None:
    units = {name: people.create_unit(installation, name=name) for name in ("Sales", "Claims")}
    people.revoke_grant(installation, Grant.objects.get(person_id=mina.person_id))
    people.give_grant(
        installation, Person.objects.get(pk=mina.person_id), "aims-manager", unit=units["Sales"]
    )
    door.create(
        sara,
        "ai-system",
        {"title": "Claims", "slug": "claims-triage", "owner": sara.id, "unit": units["Claims"].slug},
    )
    put(store, decisions(DAY, 20), 0)
    flow()
    with clock.frozen(LATE):
        flow()
        (found,) = suspicions()
        assert found.unit == units["Claims"]
        assert told(found) == ["Overdue since 2 Apr 2026. There is nobody to whom it could go on."]


def test_an_escalation_that_was_written_past_its_entry_is_found(
    raised: str, flow: Flow, mina: Actor, ingrid: Actor
) -> None:
    with clock.frozen(LATE):
        flow()
        entry = Escalation.objects.get(reference=raised).leaf
        Escalation.objects.filter(reference=raised).update(person=ingrid.id)
        assert [(found.field, found.entry) for found in differences("controls.Escalation")] == [("to", entry)]
        Escalation.objects.all().delete()
        assert differences("controls.Escalation")


def test_the_owner_of_a_system_that_is_registered_later_has_it_as_a_task_with_an_entry(
    unregistered: str, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    make("ai-system", owner=sara.id)
    flow()
    (task,) = tasks_of(sara, TaskKind.TAKEN_OVER, unregistered)
    assert "You own SYS-0001, so you have taken it over" in str(task.reason)
    assert tasks_of(mina, TaskKind.TAKEN_OVER, unregistered) == []
    assert task.entry == newest().leaf
    assert log.leaf(newest().leaf).entry_type == "record.assigned"
    assert (newest().verb, newest().actor) == ("assigned", "stage:triage")
    assert "Sara, who owns it, takes this over" in newest().note
    assert differences("records.Record", "records.Revision") == []
    (found,) = suspicions()
    door.move(sara, unregistered, "confirm", revision=found.revision, reason="It is so.")
    assert len(tasks_of(sara, TaskKind.TAKEN_OVER, unregistered)) == 1, "an open one waits for its correction"
    door.amend(sara, unregistered, {"owner": mina.id}, revision=found.revision + 1)
    assert tasks_of(sara, TaskKind.TAKEN_OVER, unregistered) == []
    flow()
    assert owner() == mina.id, "whoever it was given to by hand keeps it"


def test_it_is_taken_over_whoever_it_was_given_to_meanwhile(
    unregistered: str, flow: Flow, make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    door.amend(mina, unregistered, {"owner": tove.id}, revision=1)
    make("ai-system", owner=sara.id)
    flow()
    assert owner() == sara.id


def test_a_system_without_an_owner_hands_over_once_it_has_one(
    unregistered: str, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    system = make("ai-system", owner=None)
    flow()
    flow()
    assert owner() == mina.id
    assert told(suspicions()[0]) == [
        "The system is registered now as SYS-0001. Nobody who is here owns it: name its owner."
    ]
    door.amend(mina, system.reference, {"owner": sara.id}, revision=system.revision)
    flow()
    assert owner() == sara.id
    assert len(tasks_of(sara, TaskKind.TAKEN_OVER, unregistered)) == 1


def test_a_new_owner_of_the_system_takes_over_and_a_draft_makes_nobody_one(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    saved = approved(make("ai-system", owner=sara.id), mina, sara)
    put(store, decisions(DAY, 20), 0)
    flow()
    assert owner() == sara.id
    saved = door.move(sara, saved.reference, "revise", revision=saved.revision)
    saved = door.amend(sara, saved.reference, {"owner": tove.id}, revision=saved.revision)
    flow()
    assert owner() == sara.id, "one person gives it to nobody else by a draft"
    approved(saved, sara, mina)
    flow()
    assert owner() == tove.id
    assert told(suspicions()[0]) == ["Tove owns SYS-0001 now and takes this over."]
    assert len(tasks_of(tove, TaskKind.TAKEN_OVER, suspicions()[0].reference)) == 1


def test_a_departed_owner_leaves_it_to_the_systems_new_one(
    raised: str, flow: Flow, make: Make, installation: Actor, mina: Actor, sara: Actor, tove: Actor
) -> None:
    """Also when somebody had given it to them by hand."""
    door.amend(mina, raised, {"owner": tove.id}, revision=1)
    flow()
    assert owner() == tove.id
    leave(installation, tove)
    flow()
    assert owner() == sara.id


def test_it_comes_to_the_unit_of_its_system_with_what_belongs_to_it(
    unregistered: str, flow: Flow, make: Make, installation: Actor, sara: Actor
) -> None:
    unit = people.create_unit(installation, name="Claims")
    action = make("corrective-action", nonconformity=unregistered)
    door.create(
        sara,
        "ai-system",
        {"title": "Claims", "slug": "claims-triage", "owner": sara.id, "unit": unit.slug},
    )
    flow()
    (found,) = suspicions()
    assert found.unit == unit
    assert found.corrective_actions.get(reference=action.reference).unit == unit
    assert differences("records.Record", "records.Revision") == []


def test_whoever_wrote_it_stays_its_author_when_it_is_taken_over(
    unregistered: str, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    door.amend(mina, unregistered, {"containment": "Claims went to a handler."}, revision=1)
    make("ai-system", owner=sara.id)
    flow()
    (found,) = suspicions()
    assert found.author == mina.id


def test_only_a_stage_gives_a_record_away_without_amending_it(raised: str, mina: Actor) -> None:
    for actor in (mina, Actor.installation()):
        with pytest.raises(NotAllowed):
            ownership.assign(actor, raised, owner=mina.id, note="Mine.")
        with pytest.raises(NotAllowed):
            ownership.escalate(actor, raised, date(2026, 4, 2), mina.id)


def test_a_part_of_the_installation_has_no_tasks(raised: str, installation: Actor) -> None:
    assert tasks.tasks_of(installation) == ()


def test_tasks_name_no_record_that_the_reader_may_not_see(raised: str, flow: Flow, mina: Actor) -> None:
    with clock.frozen(LATE):
        flow()
        assert tasks_of(mina, TaskKind.ESCALATED, raised)
        assert tasks.tasks_of(replace(mina, grants=())) == ()
        again = actor_of_person(identity.person(mina.id))
        assert tasks_of(again, TaskKind.ESCALATED, raised)
