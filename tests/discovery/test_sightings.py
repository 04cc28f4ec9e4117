"""What unregistered systems send is seen, told and dealt with by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from plumbline.discovery import commands, proofs, queries
from plumbline.discovery.models import Sighting
from plumbline.discovery.stage import SightingsStage
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person, actor_of_token
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands as door
from plumbline.trail import keys, log
from plumbline.trail.proofs import Proof

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def operator(tmp_path: Path, settings: Any, transactional_db: None) -> Actor:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Actor.installation()


def segment(systems: dict[str, int], source: str = "gateway") -> None:
    with transaction.atomic():
        log.append("telemetry.segment", actor="tok_0", facts={"systems": dict(systems), "source": source})


def run() -> None:
    stage = SightingsStage()
    while stage.advance():
        pass


def test_every_named_system_is_counted_once(operator: Actor) -> None:
    segment({"claims": 3, "writer": 2})
    run()
    segment({"writer": 5}, "other")
    run()
    run()
    assert {row.slug: (row.events, row.sources) for row in queries.sightings()} == {
        "claims": (3, "gateway"),
        "writer": (7, "gateway, other"),
    }


def test_registering_answers_a_sighting(operator: Actor) -> None:
    segment({"claims": 3, "writer": 2})
    run()
    door.create(operator, "ai-system", {"title": "Claims", "slug": "claims"})
    today = clock.now().date()
    assert [row.slug for row in queries.unregistered(today)] == ["writer"]
    assert {row.slug: row.reference for row in queries.sightings()}["claims"] == "SYS-0001"


@pytest.fixture
def top(operator: Actor) -> Actor:
    """Somebody of top management, who has the authority to dismiss what is major."""
    person = people.create_person(operator, email="ingrid@halden.example", full_name="Ingrid")
    people.give_grant(operator, person, "top-management")
    return actor_of_person(person)


@pytest.fixture
def manager(operator: Actor) -> Actor:
    """Somebody who may propose to set a sighting aside and has no authority to confirm it."""
    person = people.create_person(operator, email="mina@halden.example", full_name="Mina")
    people.give_grant(operator, person, "aims-manager")
    return actor_of_person(person)


def unregistered(day: date) -> list[str]:
    return [row.slug for row in queries.unregistered(day)]


def differences() -> list[Any]:
    (declared,) = [row for row in proofs.DECLARATIONS if row.table == proofs.SIGHTING]
    assert isinstance(declared, Proof)
    return [found for part in declared.passes for found in part.check(0, 1 << 40)]


def test_a_dismissal_needs_two_people_an_authority_a_reason_and_ends(
    operator: Actor, top: Actor, manager: Actor
) -> None:
    segment({"writer": 2})
    run()
    for nobody in (operator, Actor.stage("rollup")):
        with pytest.raises(NotAllowed):
            commands.propose(nobody, "writer", "a load test")
    today = clock.now().date()
    for reason, until in (
        ("  ", None),
        ("a test", today + timedelta(days=181)),
        ("a test", date(2020, 1, 1)),
    ):
        with pytest.raises(Invalid):
            commands.propose(manager, "writer", reason, until)
    with pytest.raises(NotFound):
        commands.propose(manager, "nobody", "a test")
    proposal = commands.propose(manager, "writer", "a load test")
    assert log.leaf(proposal).entry_type == "sighting.dismissal-proposed"
    assert unregistered(today) == ["writer"], "what is only proposed sets nothing aside"
    assert differences() == []
    for alone in (manager, operator):
        with pytest.raises(NotAllowed):
            commands.confirm(alone, "writer", proposal)
    entry = log.leaf(commands.confirm(top, "writer", proposal))
    assert (entry.entry_type, entry.subject_ref) == ("sighting.dismissed", "writer")
    assert entry.facts["proposal"] == proposal
    assert unregistered(today) == []
    assert unregistered(today + timedelta(days=181)) == ["writer"]
    assert differences() == []
    with pytest.raises(Conflict):
        commands.confirm(top, "writer", proposal)


def test_whoever_proposed_does_not_confirm_whatever_their_authority(top: Actor, manager: Actor) -> None:
    segment({"writer": 2})
    run()
    proposal = commands.propose(top, "writer", "a load test")
    with pytest.raises(NotAllowed, match="You proposed it"):
        commands.confirm(top, "writer", proposal)
    assert unregistered(clock.today()) == ["writer"]


def test_only_what_was_read_is_confirmed(top: Actor, manager: Actor) -> None:
    segment({"writer": 2})
    run()
    first = commands.propose(manager, "writer", "a load test", clock.today())
    second = commands.propose(manager, "writer", "it is no AI system")
    with pytest.raises(Conflict):
        commands.confirm(top, "writer", first)
    commands.confirm(top, "writer", second)
    (row,) = queries.sightings()
    assert (row.dismissed_reason, row.proposal) == ("it is no AI system", None)


def test_whoever_proposed_takes_it_back_and_nobody_else(operator: Actor, top: Actor, manager: Actor) -> None:
    segment({"writer": 2})
    run()
    first = commands.propose(manager, "writer", "a load test")
    for other in (top, operator, Actor.stage("rollup")):
        with pytest.raises(NotAllowed):
            commands.withdraw(other, "writer", first)
    entry = log.leaf(commands.withdraw(manager, "writer", first))
    assert (entry.entry_type, entry.subject_ref) == ("sighting.dismissal-withdrawn", "writer")
    assert (entry.actor, entry.facts["proposal"]) == (manager.id, first)
    assert queries.sightings()[0].proposal is None
    assert differences() == []
    for act in (commands.confirm, commands.withdraw):
        with pytest.raises(Conflict):
            act(top, "writer", first)
    with pytest.raises(NotFound):
        commands.withdraw(manager, "nobody", first)
    second = commands.propose(manager, "writer", "it is no AI system")
    with pytest.raises(Conflict):
        commands.withdraw(manager, "writer", first)
    commands.confirm(top, "writer", second)
    assert unregistered(clock.today()) == []
    assert differences() == []


def test_a_proposal_made_with_a_token_is_its_owners(operator: Actor, top: Actor) -> None:
    """The token's id is another one than its owner's, and yet they are no second person on the page."""
    segment({"writer": 2})
    run()
    expires = clock.now() + timedelta(days=1)
    owner = Person.objects.get(pk=top.person_id)
    issued = people.issue_token(operator, owner=owner, name="desk", scopes=["read", "write"], expires=expires)
    token = actor_of_token(issued.text)
    assert token.id != top.id
    proposal = commands.propose(token, "writer", "a load test")
    with pytest.raises(NotAllowed, match="You proposed it"):
        commands.confirm(top, "writer", proposal)
    commands.withdraw(top, "writer", proposal)
    assert differences() == []


def test_a_proposal_that_was_written_past_its_entry_is_found(top: Actor, manager: Actor) -> None:
    segment({"writer": 2})
    run()
    proposal = commands.propose(manager, "writer", "a load test")
    Sighting.objects.filter(slug="writer").update(proposed_by=top.id, proposed_reason="another reason")
    assert {found.field for found in differences()} == {"proposed_by", "proposed_reason"}
    Sighting.objects.filter(slug="writer").update(
        dismissed_until=clock.today(), dismissed_reason="a load test", dismissed_by=top.id
    )
    assert "dismissed_until" in {found.field for found in differences()}
    assert {found.entry for found in differences()} == {proposal}


def test_a_stage_dismisses_nothing(operator: Actor) -> None:
    segment({"writer": 2})
    run()
    with pytest.raises(NotAllowed):
        commands.propose(Actor("per_x", None, "Nobody"), "writer", "because")
